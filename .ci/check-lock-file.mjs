// Says what makes a package-lock.json unfit for a fresh machine: `node .ci/check-lock-file.mjs
// package-lock.json`. Changes nothing. Where a registry lacks a platform's package, `npm install`
// leaves it out of the lock and says nothing; `npm ci` then fails.
import { readFileSync } from 'node:fs';

const [file = 'package-lock.json'] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync(file, 'utf8'));
const problems = Object.entries(packages).flatMap(([path, entry]) => [
  ...Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !isInstalled(name, path))
    .map(
      (name) =>
        `${path || 'the project'} wants ${name}, which has no entry: choose a version whose packages are all there`,
    ),
  ...(entry.resolved === undefined || entry.link === true
    ? []
    : [`${path} names the registry it came from: see omit-lockfile-registry-resolved in .npmrc`]),
]);
for (const problem of problems) console.error(`${file}: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Looks where Node would: beside the package that wants it, then in each folder above. */
function isInstalled(name, from) {
  const inside = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[inside] !== undefined) return true;
  if (from === '') return false;
  return isInstalled(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

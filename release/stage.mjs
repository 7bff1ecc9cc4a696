// The folder that a release consists of: what runs, what an administrator needs beside it, and
// nothing that builds.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';
import { noticesOf, packagesOf } from './packages.mjs';

/** Taken as they are, without what is drawn or generated for people who change the sources. */
export const taken = [
  'bin',
  'drizzle',
  'src/http/page/assets',
  'docs',
  'examples',
  'systemd',
  '.env.example',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
];
const left = /^docs\/pictures$|^drizzle\/(schema\.txt|meta\/.*_snapshot\.json)$/;

/**
 * @param {string} root of the sources, with their packages installed
 * @param {string} folder made anew
 * @returns {Promise<import('./packages.mjs').Package[]>} whose code it holds
 * @throws {Error} something is missing, or the sources do not compile
 */
export async function stage(root, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const path of taken) copy(root, folder, path);
  const packages = packagesOf(root, await bundle(root, join(folder, 'dist')));
  writeFileSync(join(folder, 'package.json'), manifestOf(root, packages));
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES'), noticesOf(packages));
  makeSeed(root, folder);
  return packages;
}

function copy(root, folder, path) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  cpSync(join(root, path), join(folder, path), {
    recursive: true,
    filter: (source) => {
      const name = source.slice(root.length).replace(/^\/+/, '');
      return !left.test(name);
    },
  });
}

/**
 * Without scripts, so that an installation builds nothing, and without dependencies, so that it
 * fetches nothing.
 */
function manifestOf(root, packages) {
  const all = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const kept = ['name', 'version', 'description', 'license', 'homepage', 'repository', 'bugs'];
  const manifest = {
    ...Object.fromEntries(kept.map((key) => [key, all[key]])),
    type: all.type,
    engines: all.engines,
    bin: all.bin,
    exports: { './client': './dist/client.js', './package.json': './package.json' },
    bundled: versionsOf(packages),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** By name; several versions of one package stand side by side. */
function versionsOf(packages) {
  const versions = {};
  for (const { name, version } of packages)
    versions[name] = versions[name] === undefined ? version : `${versions[name]}, ${version}`;
  return versions;
}

/** By the bundle itself, so that the archive is made by the code that opens it. */
function makeSeed(root, folder) {
  const script = join(folder, 'dist', 'make-seed.js');
  const still = pathToFileURL(join(root, 'release', 'still.mjs')).href;
  const made = spawnSync(process.execPath, ['--import', still, script], {
    stdio: 'inherit',
    timeout: 300_000,
  });
  if (made.status !== 0) throw new Error('the prepared database was not made');
  rmSync(script);
}

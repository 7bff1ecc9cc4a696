// The files of a release. Everything is built once, and what wraps the archive takes that archive.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { notesOf } from './changelog.mjs';
import { packChart } from './chart.mjs';
import { sbomOf } from './sbom.mjs';
import { entriesOf, tar } from './tar.mjs';

/**
 * @param {string} root of the sources, with their packages installed
 * @param {string} out made anew
 * @param {{ hasImage: boolean }} options
 * @returns {Promise<{ name: string, bytes: number, sha256: string }[]>} by name, without the file of
 *   checksums
 * @throws {Error} a part could not be made
 */
export async function makeArtefacts(root, out, { hasImage }) {
  const text = (path) => readFileSync(join(root, path), 'utf8');
  const manifest = JSON.parse(text('package.json'));
  const { name, version, homepage } = manifest;
  clear(out);
  mkdirSync(out, { recursive: true });
  const write = (file, content) => writeFileSync(join(out, file), content);

  execFileSync(process.execPath, [join(root, 'release', 'tarball.mjs'), out], { stdio: 'ignore' });
  if (hasImage) packImage(root, out, `${name}-${version}-image.tar`);
  write(`${name}-chart-${version}.tgz`, packChart(join(root, 'k8s', 'chart'), name));
  const sbom = sbomOf(JSON.parse(text('package-lock.json')), manifest);
  assertListed(bundledIn(join(out, `${name}-${version}.tar.gz`), `${name}-${version}`), sbom);
  write(`${name}-${version}.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
  for (const file of ['openapi.json', 'tocsin.schema.json', 'public.json'])
    copyFileSync(join(root, 'docs', file), join(out, file));
  write('NOTES.md', notesOf(text('CHANGELOG.md'), version, homepage));

  const files = readdirSync(out)
    .sort()
    .map((file) => describe(out, file));
  write('SHA256SUMS', files.map((file) => `${file.sha256}  ${file.name}\n`).join(''));
  return files;
}

/** A folder that holds something other than a release is left alone. */
function clear(out) {
  const names = existsSync(out) ? readdirSync(out) : [];
  const isRelease = names.some((name) => name === 'SHA256SUMS' || name.endsWith('.tar.gz'));
  if (names.length > 0 && !isRelease) throw new Error(`${out} holds files that are no release`);
  rmSync(out, { recursive: true, force: true });
}

/** Versions by name of the packages whose code an archive holds. */
function bundledIn(archive, top) {
  const text = execFileSync('tar', ['-xzOf', archive, `${top}/package.json`]);
  return JSON.parse(text).bundled;
}

function assertListed(bundled, { components }) {
  const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl)));
  for (const [name, version] of Object.entries(bundled))
    if (!listed.has(`pkg:npm/${name}@${version}`))
      throw new Error(`${name} ${version} is in the archive and not in the bill of materials`);
}

/** The layout of the OCI in one file, as `skopeo copy oci-archive:…` and `docker load` take it. */
function packImage(root, out, file) {
  execFileSync(process.execPath, [join(root, 'release', 'image.mjs'), out], { stdio: 'inherit' });
  const layout = join(out, 'image');
  writeFileSync(join(out, file), tar(entriesOf(layout, '')));
  rmSync(layout, { recursive: true });
}

function describe(out, name) {
  const content = readFileSync(join(out, name));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, bytes: content.length, sha256 };
}

// The Helm chart as the archive that `helm install` and `helm push` take, without Helm and without
// the time at which it was made.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { entriesOf, tar } from './tar.mjs';

/**
 * @param {string} folder of the chart, with a .helmignore that names folders as `/name/`
 * @param {string} name of the chart
 * @returns {Buffer} `<name>-<version>.tgz`
 */
export function packChart(folder, name) {
  const ignored = readFileSync(join(folder, '.helmignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('/'))
    .map((line) => `${name}${line.replace(/\/$/, '')}`);
  const isIgnored = (path) => ignored.some((one) => path === one || path.startsWith(`${one}/`));
  // Helm takes neither links nor entries for folders.
  const files = entriesOf(folder, name)
    .filter((entry) => entry.kind !== 'folder' && !isIgnored(entry.name))
    .map((entry) => (entry.kind === 'link' ? followed(folder, name, entry) : entry));
  return gzipSync(tar(files), { level: 9 });
}

function followed(folder, name, entry) {
  const content = readFileSync(join(folder, entry.name.slice(name.length + 1)));
  return { name: entry.name, kind: 'file', mode: 0o644, content };
}

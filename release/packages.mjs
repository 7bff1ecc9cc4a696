// The packages whose code a bundle holds, and what their authors ask for in return.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} version
 * @property {string} licence an expression of SPDX
 * @property {readonly string[]} texts of its licence and notice files
 */

/**
 * @param {string} root
 * @param {readonly string[]} files below `root`, as the bundler names them
 * @returns {Package[]} by name and version, each once
 * @throws {Error} a package states no licence, or brings no text of it
 */
export function packagesOf(root, files) {
  const folders = new Set(
    files.flatMap((file) => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  const found = new Map();
  for (const folder of folders) {
    const one = readPackage(join(root, folder));
    found.set(`${one.name} ${one.version}`, one);
  }
  return [...found.keys()].sort().map((key) => found.get(key));
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} ${version} states no licence`);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return { name, version, licence: license, texts };
}

/**
 * @param {readonly Package[]} packages
 * @returns {string} the text of THIRD-PARTY-NOTICES. A licence that several share word by word
 *   stands once
 */
export function noticesOf(packages) {
  const byText = new Map();
  for (const one of packages) {
    const text =
      one.texts.join('\n\n') || `Licence: ${one.licence}. The package brings no text of it.`;
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const parts = [...byText].map(([text, users]) => {
    const heads = users.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    return `${'='.repeat(80)}\n${heads.join('\n')}\n\n${text}\n`;
  });
  return `Tocsin holds code of these packages, under the licences below.\n\n${parts.join('\n')}`;
}

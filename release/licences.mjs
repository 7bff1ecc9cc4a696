// Which licences a package may have whose code runs in Tocsin. Pure.
import { nameOf, runtimeEntries } from './sbom.mjs';

/** None of them asks for more than to be named. */
const allowed = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'],
  ...['MIT-0', 'Python-2.0', 'Unlicense'],
]);

/**
 * @param {{ packages: Readonly<Record<string, any>> }} lock
 * @returns {string[]} one line for each runtime package whose licence is unknown or not allowed
 */
export function licenceProblems(lock) {
  return runtimeEntries(lock)
    .filter(([, { license }]) => typeof license !== 'string' || !isAllowed(license))
    .map(([path, { version, license }]) => {
      const licence = license === undefined ? 'states no licence' : `is under ${license}`;
      return `${nameOf(path)} ${version} ${licence}: release/licences.mjs has the list`;
    });
}

/** Of an OR one side suffices, of an AND each counts. Anything else, WITH included, is refused. */
function isAllowed(expression) {
  const plain = expression.replaceAll(/[()]/g, ' ').trim();
  if (/\bAND\b/.test(plain) && /\bOR\b/.test(plain)) return false;
  if (/\bOR\b/.test(plain)) return plain.split(/\s+OR\s+/).some((one) => allowed.has(one.trim()));
  return plain.split(/\s+AND\s+/).every((one) => allowed.has(one.trim()));
}

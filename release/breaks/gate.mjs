// Whether a release may break what it breaks. Pure.
import { listBreaks } from './lists.mjs';
import { breakingChanges } from './openapi.mjs';
import { schemaBreaks } from './schema.mjs';

/**
 * @typedef {object} Surface
 * @property {any} openapi docs/openapi.json
 * @property {any} schema docs/tocsin.schema.json
 * @property {import('./lists.mjs').Public} lists docs/public.json
 */

/**
 * @param {Surface} before of the last release
 * @param {Surface} after
 * @returns {string[]} one line for each thing that is broken
 */
export function breaksBetween(before, after) {
  return [
    ...breakingChanges(before.openapi, after.openapi),
    ...schemaBreaks(before.schema, after.schema),
    ...listBreaks(before.lists, after.lists),
  ];
}

/**
 * @param {object} release
 * @param {readonly string[]} release.breaks as `breaksBetween` gives them
 * @param {string} release.from the last version
 * @param {string} release.to
 * @param {string} release.notes docs/upgrading.md, as text
 * @returns {string[]} why this may not be released under this version, in words
 */
export function breakProblems({ breaks, from, to, notes }) {
  if (!isLater(from, to)) return [`${to} does not come after ${from}, the last release`];
  const [series, before] = [seriesOf(to), seriesOf(from)];
  const section = sectionOf(notes, `From ${before} to ${series}`);
  const problems = [];
  if (series !== before && section === undefined)
    problems.push(`docs/upgrading.md has no section "From ${before} to ${series}"`);
  if (series === before)
    problems.push(...breaks.map((line) => `${line}: that needs ${nextSeries(from)}, not ${to}`));
  else
    problems.push(
      ...breaks
        .filter((line) => !plain(section ?? '').includes(plain(line)))
        .map((line) => `docs/upgrading.md: write "${line}", and what to do`),
    );
  return problems;
}

const numbersOf = (version) => version.split('-')[0].split('.').map(Number);

/** Within a series nothing breaks: `1` of 1.4.2, `0.2` of 0.2.7. */
function seriesOf(version) {
  const [major, minor] = numbersOf(version);
  return major === 0 ? `0.${minor}` : `${major}`;
}

function nextSeries(version) {
  const [major, minor] = numbersOf(version);
  return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;
}

function isLater(from, to) {
  const [one, other] = [numbersOf(from), numbersOf(to)];
  const at = one.findIndex((number, index) => number !== other[index]);
  return at !== -1 && other[at] > one[at];
}

/** Without marks of Markdown and however its lines are broken. */
function plain(text) {
  return text.replaceAll(/[`*\s]+/g, ' ').trim();
}

function sectionOf(text, heading) {
  const [, after] = `\n${text}`.split(`\n## ${heading}\n`);
  return after?.split('\n## ')[0];
}

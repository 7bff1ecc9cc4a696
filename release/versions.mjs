// That everything which states a version states the same one. Pure.
import { sectionOf } from './changelog.mjs';

/** SemVer without build metadata, which an image's tag cannot carry. */
const form = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\dA-Za-z.-]+)?$/;

/**
 * @param {object} stated
 * @param {string | undefined} stated.tag absent in a rehearsal
 * @param {string} stated.version of package.json
 * @param {string} stated.lock of package-lock.json
 * @param {string} stated.chart Chart.yaml, as text
 * @param {string} stated.openapi `info.version` of docs/openapi.json
 * @param {string} stated.changelog CHANGELOG.md, as text
 * @returns {string[]} what contradicts package.json, in words
 */
export function versionProblems({ tag, version, lock, chart, openapi, changelog }) {
  const inChart = (key) => new RegExp(`^${key}: *["']?([^"'\\s]+)["']? *$`, 'm').exec(chart)?.[1];
  const others = {
    ...(tag === undefined ? {} : { 'the tag': tag.replace(/^v/, '') }),
    'package-lock.json': lock,
    'version of Chart.yaml': inChart('version'),
    'appVersion of Chart.yaml': inChart('appVersion'),
    'info.version of docs/openapi.json': openapi,
  };
  return [
    ...(form.test(version) ? [] : [`package.json: ${version} is no version`]),
    ...(tag === undefined || tag.startsWith('v') ? [] : [`the tag ${tag} does not begin with v`]),
    ...Object.entries(others)
      .filter(([, found]) => found !== version)
      .map(([place, found]) => `${place} is ${found ?? 'missing'}, package.json has ${version}`),
    ...changelogProblems(changelog, version, tag),
  ];
}

function changelogProblems(changelog, version, tag) {
  const section = sectionOf(changelog, version);
  if (section === undefined) return [`CHANGELOG.md has no section [${version}]`];
  const problems = [];
  if (!isDate(section.date)) problems.push(`CHANGELOG.md: [${version}] has no date: YYYY-MM-DD`);
  if (section.body === '') problems.push(`CHANGELOG.md: [${version}] is empty`);
  if (tag !== undefined && sectionOf(changelog, 'Unreleased')?.body)
    problems.push(`CHANGELOG.md: move what stands under [Unreleased] to [${version}]`);
  return problems;
}

function isDate(text = '') {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

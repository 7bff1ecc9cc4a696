// What forbids a release, apart from the state of the tree: versions, licences, and what is broken
// for those who use the release before.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakProblems, breaksBetween } from './breaks/gate.mjs';
import { licenceProblems } from './licences.mjs';
import { versionProblems } from './versions.mjs';

/**
 * @param {string} root of the sources
 * @param {string} [tag] absent in a rehearsal
 * @returns {string[]} in words; none: it may be released
 */
export function releaseProblems(root, tag) {
  const text = (path) => readFileSync(join(root, path), 'utf8');
  const { version } = JSON.parse(text('package.json'));
  const lock = JSON.parse(text('package-lock.json'));
  const before = surfaceIn(join(root, 'release', 'baseline'));
  const after = surfaceIn(join(root, 'docs'));
  return [
    ...versionProblems({
      tag,
      version,
      lock: lock.version,
      chart: text('k8s/chart/Chart.yaml'),
      openapi: after.openapi.info.version,
      changelog: text('CHANGELOG.md'),
    }),
    ...licenceProblems(lock),
    ...breakProblems({
      breaks: breaksBetween(before, after),
      from: before.openapi.info.version,
      to: version,
      notes: text('docs/upgrading.md'),
    }),
  ];
}

/**
 * @param {string} folder
 * @returns {import('./breaks/gate.mjs').Surface}
 */
export function surfaceIn(folder) {
  const json = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return {
    openapi: json('openapi.json'),
    schema: json('tocsin.schema.json'),
    lists: json('public.json'),
  };
}

// One version everywhere, and each place that lags behind is named.
import { expect, test } from 'vitest';
import { manifest, projectFiles, readProjectFile } from '../tree/project-files.ts';
import { script } from './scripts.ts';

interface Stated {
  readonly tag: string | undefined;
  readonly version: string;
  readonly lock: string;
  readonly chart: string;
  readonly openapi: string;
  readonly changelog: string;
}
const { versionProblems } = await script<{ versionProblems(stated: Stated): string[] }>(
  'versions.mjs',
);

const stated: Stated = {
  tag: 'v0.2.0',
  version: '0.2.0',
  lock: '0.2.0',
  chart: 'name: bell\nversion: 0.2.0\nappVersion: "0.2.0"\n',
  openapi: '0.2.0',
  changelog: '## [Unreleased]\n\n## [0.2.0] - 2026-11-30\n\n- New.\n',
};

test('versions that agree are released', () => {
  expect(versionProblems(stated)).toEqual([]);
  expect(versionProblems({ ...stated, tag: undefined })).toEqual([]);
});

test.each<[string, Partial<Stated>, string]>([
  ['another tag', { tag: 'v0.2.1' }, 'the tag is 0.2.1, package.json has 0.2.0'],
  ['a tag without v', { tag: '0.2.0' }, 'the tag 0.2.0 does not begin with v'],
  ['no version', { version: 'next' }, 'package.json: next is no version'],
  ['another lock', { lock: '0.1.0' }, 'package-lock.json is 0.1.0, package.json has 0.2.0'],
  [
    'another chart',
    { chart: 'version: 0.1.0\nappVersion: 0.2.0' },
    'version of Chart.yaml is 0.1.0',
  ],
  ['a chart of no program', { chart: 'version: 0.2.0' }, 'appVersion of Chart.yaml is missing'],
  ['another API', { openapi: '0.0.0' }, 'info.version of docs/openapi.json is 0.0.0'],
  ['no section', { changelog: '## [0.1.0] - 2026-11-24\n\n- Old.' }, 'has no section [0.2.0]'],
  ['no date', { changelog: '## [0.2.0]\n\n- New.' }, '[0.2.0] has no date'],
  ['no such day', { changelog: '## [0.2.0] - 2026-02-30\n\n- New.' }, '[0.2.0] has no date'],
  ['nothing said', { changelog: '## [0.2.0] - 2026-11-30\n' }, '[0.2.0] is empty'],
  [
    'lines of no version',
    { changelog: `## [Unreleased]\n\n- Newer.\n\n${stated.changelog.split('\n\n')[1]}\n\n- New.` },
    'move what stands under [Unreleased]',
  ],
])('%s is refused', (_, change, words) => {
  expect(versionProblems({ ...stated, ...change }).join('\n')).toContain(words);
});

test('whatever names a release of Tocsin names this one', () => {
  const naming =
    /(?:\btocsin[-:]|\bnewTag: |\bref=v|\/blob\/v|\btags\/v|git checkout v)(\d+\.\d+\.\d+)/g;
  const others = /^(CHANGELOG\.md|bench\/|test\/|release\/baseline\/|docs\/upgrading\.md)/;
  const found = projectFiles()
    .filter((path) => !others.test(path) && !/\.(png|webp|wasm)$/.test(path))
    .flatMap((path) =>
      [...readProjectFile(path).matchAll(naming)].map(([words, version]) => ({
        path,
        words,
        version,
      })),
    );
  expect(found.length).toBeGreaterThan(8);
  expect(found.filter(({ version }) => version !== manifest.version)).toEqual([]);
});

// Each type of source that is pushed to, or polled by time, has a page with a table of its settings and
// an example that works; docs/sources.md names each, and has a row for each key that they share.
// `npx vitest run test/tree/sources-page.test.ts -u` writes the tables anew.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { pollSettings } from '../../src/kit/poll/index.ts';
import { proofSettings } from '../../src/kit/proof.ts';
import { limitSettings } from '../../src/kit/push-settings.ts';
import { sources } from '../../src/sources/index.ts';
import { odditiesOf } from '../support/example-config.ts';
import { blocksOf } from './documents.ts';
import { readProjectFile } from './project-files.ts';
import { withSettings } from './settings-table.ts';
import { root } from './source-files.ts';

const overview = readProjectFile('docs/sources.md');
const section = (heading: string) =>
  overview.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const shared = { ...limitSettings, ...proofSettings, ...pollSettings };
const isByTime = (type: string) => {
  const shape = (sources[type]!.config as unknown as z.ZodObject).shape;
  return shape.overlap === pollSettings.overlap;
};
const types = Object.keys(sources).filter((type) => sources[type]?.isPushed || isByTime(type));
const pathOf = (type: string) => `docs/sources/${type}.md`;

test('the keys that all share have a row each', () => {
  const rows = section('Keys of every source that is pushed to').matchAll(/^\| `([^`]+)` \|/gm);
  expect([...rows].map(([, key]) => key)).toEqual(
    Object.keys({ ...limitSettings, ...proofSettings }),
  );
  const polled = section('Keys of every source that is polled by time').matchAll(
    /^\| `([^`]+)` \|/gm,
  );
  expect([...polled].map(([, key]) => key)).toEqual(Object.keys(pollSettings));
});

test('each type has a page, which the overview names, and no other is there', () => {
  const pages = readdirSync(join(root, 'docs/sources')).map((name) => name.replace(/\.md$/, ''));
  expect(pages.sort()).toEqual([...types].sort());
  const rows = section('The types').matchAll(/^\| \[(\w+)\]\(sources\/\1\.md\) \|/gm);
  expect([...rows].map(([, type]) => type)).toEqual([...types].sort());
});

test.each(types)('%s: the table has every setting as the schema says it', async (type) => {
  const page = readProjectFile(pathOf(type));
  expect(page.startsWith(`# ${type}\n`)).toBe(true);
  for (const heading of ['Example', 'Settings', 'Limits'])
    expect(page).toContain(`\n## ${heading}\n`);
  const written = withSettings(page, sources[type]!, shared);
  await expect(written).toMatchFileSnapshot(join(root, pathOf(type)));
});

test.each(types)('%s: its example is a configuration about which nothing is to be said', (type) => {
  const [, text = ''] = readProjectFile(pathOf(type)).split('\n## Example\n');
  const [example] = blocksOf({ path: pathOf(type), text });
  expect(example?.text).toContain(`type: ${type}\n`);
  expect(odditiesOf(example!.text)).toEqual([]);
});

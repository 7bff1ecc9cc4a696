// Each type of sink has a page with a table of its settings and an example that works, and
// docs/sinks.md and the README say of each what it can do: as the code says it.
// `npx vitest run test/tree/sinks-page.test.ts -u` writes the tables anew.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { allScopes } from '../../simulators/slack/index.ts';
import { sinkKeys } from '../../src/config/read/schema/file.ts';
import { sinks } from '../../src/sinks/index.ts';
import { consoleSettings, odditiesOf } from '../support/example-config.ts';
import { blocksOf } from './documents.ts';
import { readProjectFile } from './project-files.ts';
import { withSettings } from './settings-table.ts';
import { factsOf, matrixOf, shortMatrixOf, withBlock } from './sink-pages.ts';
import { root } from './source-files.ts';

const types = Object.keys(sinks);
const pathOf = (type: string) => `docs/sinks/${type}.md`;
const atRoot = (path: string) => join(root, path);
const facts = () =>
  Object.fromEntries(types.map((type) => [type, factsOf(readProjectFile(pathOf(type)))]));

test('each type has a page, and no other is there', () => {
  const pages = readdirSync(atRoot('docs/sinks')).map((name) => name.replace(/\.md$/, ''));
  expect(pages.sort()).toEqual([...types].sort());
});

test.each(types)('%s: the table has every setting as the schema says it', async (type) => {
  const page = readProjectFile(pathOf(type));
  expect(page).toContain(`\n---\n\n# ${type}\n`);
  for (const heading of ['Example', 'Settings']) expect(page).toContain(`\n## ${heading}\n`);
  const written = withSettings(page, sinks[type]!);
  await expect(written).toMatchFileSnapshot(atRoot(pathOf(type)));
});

test.each(types)('%s: its example is a configuration about which nothing is to be said', (type) => {
  const page = { path: pathOf(type), text: readProjectFile(pathOf(type)) };
  const example = blocksOf(page).find(({ language }) => language === 'yaml')!.text;
  expect(example).toContain(`type: ${type}\n`);
  expect(odditiesOf(example, consoleSettings)).toEqual([]);
});

test('what each can do', async () => {
  const page = readProjectFile('docs/sinks.md');
  await expect(withBlock(page, 'sinks', matrixOf(sinks, facts()))).toMatchFileSnapshot(
    atRoot('docs/sinks.md'),
  );
  const readme = readProjectFile('README.md');
  await expect(withBlock(readme, 'sinks', shortMatrixOf(sinks, facts()))).toMatchFileSnapshot(
    atRoot('README.md'),
  );
});

test('the keys of every sink', () => {
  const [, section = ''] = readProjectFile('docs/sinks.md').split('\n## Keys of every sink\n');
  const keys = [...section.split('\n## ')[0]!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);
  expect(keys.sort()).toEqual([...sinkKeys].sort());
});

interface SlackManifest {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
}

test('the app of a bot in Slack asks for the scopes that the bot uses, and for no more', () => {
  const page = { path: pathOf('slack_bot'), text: readProjectFile(pathOf('slack_bot')) };
  const manifest = blocksOf(page).find(({ text }) => text.startsWith('display_information'))!;
  const { oauth_config: asked } = parse(manifest.text) as SlackManifest;
  expect(asked.scopes.bot.toSorted()).toEqual([...allScopes].sort());
});

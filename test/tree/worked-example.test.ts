// docs/adding-a-sink.md: its example compiles, keeps the contract of all sinks, and is configured
// as the page shows. The files are laid out as they would be in the tree, in a folder of their own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { SinkDefinition } from '../../src/kit/sink.ts';
import { describeDefinition } from '../contract/definition-suite.ts';
import { blocksOf } from './documents.ts';
import { readProjectFile } from './project-files.ts';
import { root } from './source-files.ts';
import { programsOf } from './worked-example.ts';

const page = { path: 'docs/adding-a-sink.md', text: readProjectFile('docs/adding-a-sink.md') };
const programs = programsOf(page);

// Inside the project, where packages are found; under version control is nothing of it.
mkdirSync(join(root, 'coverage'), { recursive: true });
const folder = mkdtempSync(join(root, 'coverage', 'example-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const { path, text } of programs) {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
// Whatever the suite of all sinks needs; only the folders of sinks are the example's own.
for (const top of ['src', 'test']) {
  for (const shared of readdirSync(join(root, top)).filter((name) => name !== 'sinks'))
    symlinkSync(join(root, top, shared), join(folder, top, shared));
}
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: join(root, 'tsconfig.test.json'),
    compilerOptions: { rootDir: root },
    include: ['src/sinks', 'test/sinks'],
  }),
);

const urlOf = (path: string) => pathToFileURL(join(folder, path)).href;
const { pushover } = (await import(/* @vite-ignore */ urlOf('src/sinks/pushover.ts'))) as {
  pushover: SinkDefinition;
};
// Registers the suite of all sinks, and the example's own test, as tests of this file.
await import(/* @vite-ignore */ urlOf('test/sinks/pushover.test.ts'));
describeDefinition('pushover', pushover, new URL(`${urlOf('src/sinks')}/`));

test('the example is a sink and its test, and compiles', () => {
  expect(programs.map(({ path }) => path)).toEqual([
    'src/sinks/pushover.ts',
    'test/sinks/pushover.test.ts',
  ]);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('the configuration that the page shows is one that the example takes', () => {
  const yaml = blocksOf(page).find(({ language }) => language === 'yaml');
  const { phone } = (parse(yaml?.text ?? '') as { sinks: { phone: Record<string, unknown> } })
    .sinks;
  const { type, ...settings } = phone;
  expect(type).toBe(pushover.type);
  expect(pushover.config.safeParse(settings).error).toBeUndefined();
});

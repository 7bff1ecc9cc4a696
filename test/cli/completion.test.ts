// The completion, as the shells themselves answer it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, type CommandTable, entry } from '../../src/cli/command.ts';
import { bashScript, type CompletionLevel, levelsOf, zshScript } from '../../src/cli/completion.ts';

const plain: Command = { options: {}, run: async () => 0 };
const end: Command = {
  options: {
    owner: { type: 'string', value: '<who>', help: "Whose it is: anna's" },
    file: { type: 'string', value: '<file>', help: 'A file' },
    json: { type: 'boolean', help: 'Print JSON' },
  },
  run: async () => 0,
};
const table: CommandTable = {
  serve: entry('Runs', plain),
  silence: entry('Keeps quiet', {
    subcommands: { list: entry('Lists', plain), end: entry('Ends', end) },
  }),
};

let levels: CompletionLevel[];
let directory: string;
beforeAll(async () => {
  levels = await levelsOf(table);
  directory = mkdtempSync(join(tmpdir(), 'tocsin-completion-'));
  writeFileSync(join(directory, 'draft.yaml'), '');
  mkdirSync(join(directory, 'drafts'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the levels', () => {
  it('are the program and each command, with what may stand there', () => {
    expect(levels.map(({ path }) => path)).toEqual([
      '',
      'serve',
      'silence',
      'silence list',
      'silence end',
    ]);
    expect(levels[0]).toMatchObject({
      commands: [
        { word: 'serve', summary: 'Runs' },
        { word: 'silence', summary: 'Keeps quiet' },
      ],
    });
    expect(levels.at(-1)?.options).toContainEqual({
      word: '--file',
      summary: 'A file',
      value: '<file>',
    });
  });
});

const hasBash = existsSync('/bin/bash') || existsSync('/usr/bin/bash');

describe.runIf(hasBash)('bash', () => {
  /** What it offers for the last of the words. */
  function offered(...words: string[]): string[] {
    const script = `${bashScript(levels)}
      COMP_WORDS=(tocsin "$@"); COMP_CWORD=$#; _tocsin; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.split('\n').filter((line) => line !== '');
  }

  it.each([
    [[''], ['serve', 'silence', '--env-file', '--directory', '--version', '--help']],
    [['si'], ['silence']],
    [['--'], ['--env-file', '--directory', '--version', '--help']],
    [
      ['--env-file', 'silence', ''],
      ['serve', 'silence', '--env-file', '--directory', '--version', '--help'],
    ],
    [
      ['--env-file', 'd'],
      ['draft.yaml', 'drafts'],
    ],
    [['--directory', 'drafts', 'ser'], ['serve']],
    [['serve', ''], ['--help']],
    [
      ['silence', ''],
      ['list', 'end', '--help'],
    ],
    [['silence', 'e'], ['end']],
    [
      ['silence', 'end', '--'],
      ['--owner', '--file', '--json', '--help'],
    ],
    [['silence', 'end', '--json', '3', '--o'], ['--owner']],
    [['silence', 'end', '--file', 'draft.'], ['draft.yaml']],
    [['silence', 'end', '--owner', ''], []],
    [['silence', 'end', '--owner', 'list', '--j'], ['--json']],
    [['nothing', 'such', 'sil'], ['silence']],
  ])('offers for %j: %j', (words, expected) => {
    expect(offered(...words).sort()).toEqual([...expected].sort());
  });
});

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

describe('zsh', () => {
  it('gets words with their summaries, and quotes in them harm nothing', () => {
    const script = zshScript(levels);
    expect(script).toMatch(/^_tocsin\(\) \{\n[\s\S]*\ncompdef _tocsin tocsin\n$/);
    expect(script).toContain(
      "'silence') choices=('list:Lists' 'end:Ends' '--help:Say what there is') ;;",
    );
    expect(script).toContain("'--owner:Whose it is: anna'\\''s'");
  });

  it.runIf(hasZsh)('reads the script, and offers what bash offers', () => {
    const script = `
      compdef() { : }; _describe() { print -l -- \${choices%%:*} }; _files() { print -l -- FILES }
      ${zshScript(levels)}
      words=(tocsin "$@"); CURRENT=$(($# + 1)); _tocsin`;
    const offered = (...words: string[]) =>
      spawnSync('zsh', ['-fc', script, 'zsh', ...words], { encoding: 'utf8' })
        .stdout.trim()
        .split('\n');
    expect(offered('silence', '')).toEqual(['list', 'end', '--help']);
    expect(offered('silence', 'end', '--owner', 'list', '')).toEqual([
      '--owner',
      '--file',
      '--json',
      '--help',
    ]);
    expect(offered('silence', 'end', '--file', '')).toEqual(['FILES']);
  });
});

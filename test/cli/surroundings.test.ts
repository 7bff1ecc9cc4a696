// A command beside a service: which database it works on, that it makes none, and how it finds the
// service's own.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Command, CommandIo } from '../../src/cli/command.ts';
import { withEnvironmentFile } from '../../src/cli/surroundings.ts';
import { onDatabase, runHere, runIn } from '../commands/in-process.ts';
import { createTestDatabase } from '../support/database.ts';
import { createWorld } from '../support/world.ts';
import { root } from '../tree/source-files.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-beside-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const three = {
  DEEPINSTINCT_URL: 'https://console.example.com',
  TOKENS_KEY: 'key',
  MATTERMOST_WEBHOOK_URL: 'https://chat.example.com/hooks/abc',
};
const silence = ['--owner', 'anna', '--reason', 'x', '--for', '1h', '--match', 'devices=A'];
const onStored = [
  ['dead', 'list'],
  ['dead', 'redrive', '--all'],
  ['source', 'list'],
  ['source', 'reset', 'a'],
  ['silence', 'list', '--json'],
  ['silence', 'add', ...silence],
  ['silence', 'end', '1', '--owner', 'anna'],
  ['routes', 'diff', '--config', 'draft.yaml'],
];

describe('where there is no database', () => {
  test.each(onStored.map((argv) => [argv]))('%j says so and makes none', async (argv) => {
    writeFileSync(
      join(directory, 'draft.yaml'),
      'sinks: { a: { type: stdout } }\nroutes: [{ name: a, to: [a] }]\n',
    );
    const before = readdirSync(directory);
    const { code, stdout, stderr } = await runHere(argv, three, directory);
    expect(stderr).toContain(
      `there is no database of Tocsin at DATA_DIR (${join(directory, 'data')}). Is this the folder and the environment of the service?`,
    );
    expect({ code, stdout, files: readdirSync(directory) }).toEqual({
      code: 1,
      stdout: '',
      files: before,
    });
  });

  test.each(onStored.map((argv) => [argv]))('%j says so of an empty Postgres', async (argv) => {
    writeFileSync(
      join(directory, 'draft.yaml'),
      'sinks: { a: { type: stdout } }\nroutes: [{ name: a, to: [a] }]\n',
    );
    const database = await createTestDatabase(false);
    onTestFinished(() => database.drop());
    const before = readdirSync(directory);
    const { code, stdout, stderr } = await runHere(
      argv,
      { ...three, DATABASE_URL: database.directUrl },
      directory,
    );
    expect(stderr).toMatch(
      /there is no database of Tocsin at DATABASE_URL \(127\.0\.0\.1:\d+\)\. Is this the folder/,
    );
    expect({ code, stdout, files: readdirSync(directory) }).toEqual({
      code: 1,
      stdout: '',
      files: before,
    });
  });
});

test('on Postgres a command makes no DATA_DIR', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { code, stderr } = await runHere(
    ['dead', 'list'],
    { ...three, DATABASE_URL: database.directUrl },
    directory,
  );
  expect({ code, stderr, files: readdirSync(directory) }).toEqual({
    code: 0,
    stderr: onDatabase,
    files: [],
  });
});

test('the options before the command lead to the service, from any folder', async () => {
  const world = await createWorld({ database: 'postgres' });
  const file = join(directory, 'tocsin.env');
  writeFileSync(file, `# of the service\nDATABASE_URL="${world.databaseUrl}"\n`);
  const argv = ['--env-file', file, `--directory=${directory}`, 'dead', 'list'];
  expect(await runIn(world, argv, { DATABASE_URL: '' })).toEqual({
    code: 0,
    stdout: 'nothing is dead\n',
    stderr: onDatabase,
  });
});

describe('the options before the command', () => {
  const io = { env: { A: 'own', B: 'own' }, directory: '/' } as unknown as CommandIo;

  test('give variables as systemd and Docker read them', () => {
    const file = join(directory, 'env');
    writeFileSync(file, '\uFEFF# a\n; b\n\nA=pass#word\r\nexport C="x y"\nD=\n');
    expect(withEnvironmentFile(io, file)).toMatchObject({
      env: { A: 'pass#word', B: 'own', C: '"x y"', D: '' },
    });
  });

  test('are read in their order: a file is looked for in the folder that was named before it', async () => {
    writeFileSync(join(directory, 'env'), 'A=1\n');
    const seen: CommandIo[] = [];
    const command: Command = {
      options: {},
      async run(_args, io) {
        seen.push(io);
        return 0;
      },
    };
    const argv = ['--directory', directory, '--env-file=env', 'seen'];
    expect((await runHere(argv, { A: 'own' }, '/', { seen: command })).code).toBe(0);
    expect(seen).toMatchObject([{ env: { A: '1' }, directory }]);
  });

  test.each([
    [['--env-file'], /option "--env-file <file>" needs a value/],
    [['--env-file', '--directory'], /option "--env-file" needs a value/],
    [['--env-file=', 'check'], /--env-file needs the name of a file/],
    [['--directory=', 'check'], /there is no such folder/],
    [['--env-file', '/nowhere/env', 'check'], /cannot be read \(ENOENT\)/],
    [['--env-file=/dev/zero', 'check'], /cannot be read \(not a file\)/],
    [['--directory', '/nowhere', 'check'], /there is no such folder/],
  ])('are refused as %j', async (argv, words) => {
    const { code, stdout, stderr } = await runHere(argv, {}, directory);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(words),
    });
  });
});

describe('bin/tocsin', () => {
  /** A copy with what `dist/` holds, or without it. */
  function install(hasDist: boolean): string {
    mkdirSync(join(directory, 'app'));
    cpSync(`${root}bin`, join(directory, 'app/bin'), { recursive: true });
    if (hasDist) {
      mkdirSync(join(directory, 'app/dist'));
      writeFileSync(
        join(directory, 'app/dist/main.js'),
        'console.log(process.argv.slice(2).join("|"))',
      );
    }
    symlinkSync(join(directory, 'app/bin/tocsin'), join(directory, 'tocsin'));
    return join(directory, 'tocsin');
  }

  test('runs what is built, through a link, and writes nothing', () => {
    const link = install(true);
    const before = readdirSync(directory, { recursive: true });
    expect(execFileSync(link, ['dead list', '--json'], { cwd: tmpdir(), encoding: 'utf8' })).toBe(
      'dead list|--json\n',
    );
    expect(readdirSync(directory, { recursive: true })).toEqual(before);
  });

  test('says what to do where nothing is built', () => {
    const { status, stdout, stderr } = spawnSync(install(false), ['check'], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/dist is missing\. Run `npm ci` in .*app as its owner\./);
  });
});

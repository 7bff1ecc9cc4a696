// Which database is moved where, by the configuration and the command line. The move itself:
// test/commands/move.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { moveEmbedded, moveEmbeddedBack } from '../../src/service/move.ts';

const directory = mkdtempSync(join(tmpdir(), 'tocsin-move-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const io = (env: Record<string, string> = {}) => ({
  env: { DATA_DIR: join(directory, 'data'), ...env },
  directory,
  stderr() {},
});

test('nothing says where to', async () => {
  expect(await moveEmbedded(io(), { to: undefined, isTrial: true })).toBeUndefined();
});

test('--to goes before every variable, and a wrong one is named', async () => {
  const env = {
    DATABASE_URL: 'postgres://u@127.0.0.1:1/a',
    DATABASE_URL_DIRECT: 'postgres://127.0.0.1:1/b',
  };
  await expect(
    moveEmbedded(io(env), { to: 'postgres://u@127.0.0.1:2/c', isTrial: true }),
  ).rejects.toThrow('127.0.0.1:2');
  await expect(moveEmbedded(io(), { to: 'mysql://u@h/c', isTrial: true })).rejects.toThrow();
});

test('what was not moved is not taken back', async () => {
  await expect(moveEmbeddedBack(io(), undefined)).rejects.toThrow('was not moved');
});

// A command never makes the database that it was to ask.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadForDatabase, NoDatabaseError, withOperations } from '../../src/service/operate.ts';

test('where there is no database a command says so, and leaves none behind', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-operate-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const data = join(directory, 'data');
  const io = { env: { EMBEDDED: 'yes', DATA_DIR: data }, directory, stderr() {} };
  const asked = withOperations(loadForDatabase(io), io, async () => 'asked');
  await expect(asked).rejects.toThrow(NoDatabaseError);
  expect(existsSync(data)).toBe(false);
});

// Turns with a directory: numbers that only grow, and one holder at a time.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectoryLockedError } from '../../../src/store/embedded/directory-holder.ts';
import { giveBack, takeTurn } from '../../../src/store/embedded/directory-turn.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const take = () => takeTurn(directory, join(directory, 'tocsin.sock'));

test('the next number is taken only once the last one was given back', async () => {
  const first = await take();
  expect(first.file).toBe(join(directory, 'lock.1'));
  await expect(take()).rejects.toThrow(DirectoryLockedError);
  await giveBack(first);
  expect(statSync(join(directory, 'lock.1')).isSocket()).toBe(false);
  const second = await take();
  expect(second.file).toBe(join(directory, 'lock.2'));
  await giveBack(second);
});

test('goes on from the highest number, and keeps eight', async () => {
  for (const turn of [3, 4, 12]) writeFileSync(join(directory, `lock.${turn}`), '');
  const guard = await take();
  await giveBack(guard);
  expect(readdirSync(directory).sort()).toEqual(['lock.12', 'lock.13']);
});

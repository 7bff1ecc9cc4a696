import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataDirectoryError } from '../../../src/store/embedded/data-directory.ts';
import { takeInstance } from '../../../src/store/embedded/instance.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** As one does that came to work. */
async function take() {
  const instance = await takeInstance(directory);
  await instance.remember();
  return instance;
}

describe('takeInstance', () => {
  test('names no predecessor on a first start', async () => {
    const instance = await takeInstance(directory);
    expect(instance.predecessor).toBeNull();
    expect(instance.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('names the one before, and is new each time', async () => {
    const [first, second, third] = [await take(), await take(), await take()];
    expect([second.predecessor, third.predecessor]).toEqual([first.id, second.id]);
    expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  });

  test('names the last that came to work, however many died at their start since', async () => {
    const worked = await take();
    await takeInstance(directory);
    await takeInstance(directory);
    expect((await takeInstance(directory)).predecessor).toBe(worked.id);
  });

  test('leaves its id on the disk, for its owner alone, and nothing else', async () => {
    const { id } = await take();
    expect(await readFile(join(directory, 'instance'), 'utf8')).toBe(`${id}\n`);
    expect(await readdir(directory)).toEqual(['instance']);
  });

  test.each(['', 'garbage', '00000000-0000-4000-8000-00000000000', '\0\0\0\0'])(
    'takes a damaged file for no predecessor: %j',
    async (content) => {
      await writeFile(join(directory, 'instance'), content);
      const instance = await take();
      expect(instance.predecessor).toBeNull();
      expect((await takeInstance(directory)).predecessor).toBe(instance.id);
    },
  );

  test('says which directory cannot be written', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const error = await takeInstance(file).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataDirectoryError);
    expect(String(error)).toContain(`DATA_DIR (${file})`);
    await chmod(directory, 0o700);
  });
});

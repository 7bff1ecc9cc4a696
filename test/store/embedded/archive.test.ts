// A folder as one file and back.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packFolder, unpackFolder } from '../../../src/store/embedded/archive.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tocsin-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('the archive', () => {
  test('gives back every file and folder, also empty ones, without those that were left out', async () => {
    const source = join(dataDir, 'source');
    await mkdir(join(source, 'a', 'empty'), { recursive: true });
    await writeFile(join(source, 'a', 'file'), Buffer.alloc(1025, 7));
    await writeFile(join(source, 'nothing'), '');
    await writeFile(join(source, 'left-out'), 'x');
    const archive = await packFolder(source, ['left-out']);
    await unpackFolder(archive, join(dataDir, 'target'));
    const names = (await readdir(join(dataDir, 'target'), { recursive: true })).sort();
    expect(names).toEqual(['a', 'a/empty', 'a/file', 'nothing']);
    expect((await stat(join(dataDir, 'target', 'a', 'file'))).size).toBe(1025);
  });

  test('is for its owner alone where it is unpacked', async () => {
    await mkdir(join(dataDir, 'source', 'inner'), { recursive: true });
    await writeFile(join(dataDir, 'source', 'inner', 'file'), 'x', { mode: 0o666 });
    await unpackFolder(await packFolder(join(dataDir, 'source'), []), join(dataDir, 'target'));
    for (const name of ['.', 'inner', 'inner/file'])
      expect((await stat(join(dataDir, 'target', name))).mode & 0o077, name).toBe(0);
  });

  test('is one that tar reads: its checksum is right', async () => {
    await mkdir(join(dataDir, 'source'));
    await writeFile(join(dataDir, 'source', 'file'), 'x');
    const block = gunzipSync(await packFolder(join(dataDir, 'source'), [])).subarray(0, 512);
    const blank = Buffer.from(block).fill(' ', 148, 156);
    const sum = blank.reduce((total, byte) => total + byte, 0);
    expect(Number.parseInt(block.toString('latin1', 148, 154), 8)).toBe(sum);
  });

  test('has no room for a long path, and says which', async () => {
    const name = 'x'.repeat(101);
    await mkdir(join(dataDir, 'source'));
    await writeFile(join(dataDir, 'source', name), '');
    await expect(packFolder(join(dataDir, 'source'), [])).rejects.toThrow(
      `the path is too long for the archive: ${name}`,
    );
  });

  test.each(['../outside', '/outside', 'a/../../outside'])(
    'with a file that would lie outside (%s) is refused',
    async (name) => {
      await mkdir(join(dataDir, 'source'));
      await writeFile(join(dataDir, 'source', 'file'), 'x');
      const data = gunzipSync(await packFolder(join(dataDir, 'source'), []));
      data.fill(0, 0, 100).write(name, 0);
      await expect(unpackFolder(gzipSync(data), join(dataDir, 'target'))).rejects.toThrow(
        'the archive is damaged',
      );
      expect(await readdir(dataDir)).toEqual(['source', 'target']);
      expect(await readFile(join(dataDir, 'source', 'file'), 'utf8')).toBe('x');
    },
  );

  test.each([
    ['another format', (data: Buffer) => data.fill('x', 257, 262), 'the archive is damaged'],
    ['no end', (data: Buffer) => data.subarray(0, 1024), 'the archive is cut off'],
    ['nothing at all', (data: Buffer) => data.subarray(0, 0), 'the archive is cut off'],
  ])('with %s is refused', async (_, damage, message) => {
    await mkdir(join(dataDir, 'source'));
    await writeFile(join(dataDir, 'source', 'file'), 'x');
    const data = gunzipSync(await packFolder(join(dataDir, 'source'), []));
    const damaged = gzipSync(damage(data));
    await expect(unpackFolder(damaged, join(dataDir, 'target'))).rejects.toThrow(message);
  });
});

// The lock of DATA_DIR where a plain file is no refusal: macOS and the BSDs answer ENOTSOCK, and
// Linux ECONNREFUSED.
import { lstatSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lockDirectory } from '../../../src/store/embedded/directory-lock.ts';

vi.mock('node:net', async (original) => {
  const net = await original<typeof import('node:net')>();
  const createConnection = (path: string): Socket => {
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      return net.createConnection(path);
    return new Socket().destroy(
      Object.assign(new Error(`connect ENOTSOCK ${path}`), { code: 'ENOTSOCK' }),
    );
  };
  return { ...net, createConnection };
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('a directory is free again after each clean stop', async () => {
  const directory = await makeDirectory();
  for (let start = 0; start < 3; start += 1) {
    const lock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toThrow(/is in use by process/);
    await lock.release();
  }
});

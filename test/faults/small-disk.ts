// A disk that can be filled, for databases that run out of room. Needs root.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface SmallDisk {
  readonly path: string;
  /** @returns what frees the space again */
  fill(): Promise<() => Promise<void>>;
}

/** @returns why there is none, if there is none */
export async function mountSmallDisk(): Promise<SmallDisk | string> {
  if (process.getuid?.() !== 0) return 'a small disk cannot be mounted: not root';
  const path = await mkdtemp(join(tmpdir(), 'tocsin-disk-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=1777', 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0)
    return `a small disk cannot be mounted: ${(mounted.stderr ?? '').trim()}`;
  onTestFinished(() => {
    spawnSync('umount', ['-l', path]);
  });
  const filler = join(path, 'filler');
  return {
    path,
    async fill() {
      const { bavail, bsize } = await statfs(path);
      // Two pages less than all: then the last byte of a file can still be written, and the next
      // page of a table cannot.
      await writeFile(filler, Buffer.alloc(Math.max(0, (bavail - 2) * bsize)));
      return () => rm(filler);
    },
  };
}

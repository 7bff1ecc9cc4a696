// Reads the files of a configuration and remembers what was in them, so that a later look can tell
// whether one has changed.
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Digest of the content by path; of a file that could not be read, the code of the error. */
export type FilesRead = Map<string, string>;

/** A secret alone: a key, a password, an address. */
export const secretBytesMax = 64 * 1024;
export const fileBytesMax = 16 * 1024 * 1024;

/** Does not wait for a writer where a pipe stands. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A regular file, whole, without the byte order mark that editors on Windows put before it. A pipe
 * could hang the reader, and a device has no end.
 *
 * @param files remembers it, also when it cannot be read
 * @throws what the system says; with the code `not a file` or `larger than … kB` for what is
 * refused here
 */
export function readText(
  path: string,
  files: FilesRead | undefined,
  bytesMax = fileBytesMax,
): string {
  try {
    const content = readRegular(path, bytesMax);
    files?.set(path, digestOf(content));
    return textOf(content);
  } catch (error) {
    if (codeOf(error) !== notAFile) files?.set(path, codeOf(error));
    throw error;
  }
}

/** UTF-8, as people's files are. */
export function textOf(content: Buffer): string {
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

const notAFile = 'not a file';

function readRegular(path: string, bytesMax: number): Buffer {
  const fd = openSync(path, openFlags);
  try {
    if (fstatSync(fd).isDirectory()) throw coded('EISDIR');
    if (!fstatSync(fd).isFile()) throw coded(notAFile);
    // By what comes, not by the size that is told: of files of the kernel that is 0.
    const content = Buffer.alloc(Math.min(Math.max(fstatSync(fd).size, 4096), bytesMax) + 1);
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const count = readSync(fd, content, 0, content.length, null);
      if (count === 0) return Buffer.concat(chunks);
      total += count;
      if (total > bytesMax) throw coded(`larger than ${Math.floor(bytesMax / 1024)} kB`);
      chunks.push(Buffer.from(content.subarray(0, count)));
    }
  } finally {
    closeSync(fd);
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/**
 * What a reading of the same files would remember now. Follows symbolic links, as Kubernetes swaps
 * them. Never rejects.
 */
export async function lookAgain(files: FilesRead): Promise<FilesRead> {
  const looks = [...files.keys()].map(async (path): Promise<[string, string]> => {
    try {
      const handle = await open(path, openFlags);
      try {
        const found = await handle.stat();
        return [
          path,
          found.isFile() && found.size <= fileBytesMax
            ? digestOf(await handle.readFile())
            : 'no file',
        ];
      } finally {
        await handle.close();
      }
    } catch (error) {
      return [path, codeOf(error)];
    }
  });
  return new Map(await Promise.all(looks));
}

/**
 * What other users of this machine may do with a file: as the end of a sentence that begins with
 * its name. Undefined if nothing, or if that is as it has to be: containers have one user, and
 * mount their secrets so.
 *
 * @param isSecret whether reading it does harm, too
 */
export function exposureOf(path: string, isSecret: boolean): string | undefined {
  try {
    const real = realpathSync(path);
    const { mode } = statSync(real);
    const folder = statSync(dirname(real)).mode;
    const octal = (mode & 0o777).toString(8).padStart(3, '0');
    const isSticky = (folder & 0o1000) !== 0;
    if ((folder & 0o002) !== 0 && !isSticky)
      return 'lies in a folder that every user of this machine may change. Run chmod o-w on the folder.';
    if ((folder & 0o001) === 0) return undefined;
    if ((mode & 0o002) !== 0)
      return `may be changed by every user of this machine (mode ${octal}). Run chmod 600 on it.`;
    if (!isSecret || (mode & 0o004) === 0 || mountedSecret.test(real)) return undefined;
    return `may be read by every user of this machine (mode ${octal}). Run chmod 600 on it.`;
  } catch {
    return undefined;
  }
}

/** Of Kubernetes (`..2026_02_03_…`) and of Docker. */
const mountedSecret = /\/\.\.\d{4}_[^/]*\/|^\/(var\/)?run\/secrets\//;

export function areSame(some: FilesRead, others: FilesRead): boolean {
  return (
    some.size === others.size && [...some].every(([path, digest]) => others.get(path) === digest)
  );
}

/** `ENOENT` */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

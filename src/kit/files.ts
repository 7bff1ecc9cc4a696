// Reads the files of a configuration and remembers a digest of each, so that a later look can tell
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

/** By path: a digest of the content, or the error's code if the file could not be read. */
export type FilesRead = Map<string, string>;

/** For a file that holds one secret: a key, a password, an address. */
export const secretBytesMax = 64 * 1024;
export const fileBytesMax = 16 * 1024 * 1024;

/** Opening a pipe would otherwise wait for its writer. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The whole text of a regular file, without the byte order mark that Windows editors put first.
 * Pipes and devices are refused: a pipe could block the reader, and a device has no end.
 *
 * @param files gets the digest, or the error's code if the file cannot be read
 * @throws the system's error, or one with the code `not a file` or `larger than … kB`
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

/** The text of UTF-8 bytes, without a byte order mark. */
export function textOf(content: Buffer): string {
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

const notAFile = 'not a file';

function readRegular(path: string, bytesMax: number): Buffer {
  const fd = openSync(path, openFlags);
  try {
    if (fstatSync(fd).isDirectory()) throw coded('EISDIR');
    if (!fstatSync(fd).isFile()) throw coded(notAFile);
    // Counts what arrives, because files of the kernel (/proc) report a size of 0.
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
 * What reading the same files now would remember. Follows symbolic links, which Kubernetes swaps to
 * update a mounted file. Never rejects.
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
 * What other users of this machine may do with a file, as the end of a sentence that begins with
 * its name. Undefined if they can do nothing, or if it cannot be otherwise: containers mount their
 * secrets readable, and have one user.
 *
 * @param isSecret whether reading the file does harm, too
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

/** Secrets that Kubernetes (`..2026_02_03_…`) or Docker mounts. */
const mountedSecret = /\/\.\.\d{4}_[^/]*\/|^\/(var\/)?run\/secrets\//;

export function areSame(some: FilesRead, others: FilesRead): boolean {
  return (
    some.size === others.size && [...some].every(([path, digest]) => others.get(path) === digest)
  );
}

/** The code of a system error, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

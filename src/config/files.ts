// Reads the files of a configuration and remembers what was in them, so that a later look can tell whether one has changed.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

/** Digest of the content by path; of a file that could not be read, the code of the error. Pipes, which can be read once, are not in it. */
export type FilesRead = Map<string, string>;

/** @param files remembers it, also when it cannot be read @throws what the system says */
export function readText(path: string, files: FilesRead | undefined): string {
  try {
    const content = readFileSync(path);
    if (statSync(path).isFile()) files?.set(path, digestOf(content));
    return content.toString('utf8');
  } catch (error) {
    files?.set(path, codeOf(error));
    throw error;
  }
}

/** What a reading of the same files would remember now. Follows symbolic links, as Kubernetes swaps them. Never rejects. */
export async function lookAgain(files: FilesRead): Promise<FilesRead> {
  const looks = [...files.keys()].map(async (path): Promise<[string, string]> => {
    try {
      // A pipe in its place would keep the reader for ever.
      return [path, (await stat(path)).isFile() ? digestOf(await readFile(path)) : 'no file'];
    } catch (error) {
      return [path, codeOf(error)];
    }
  });
  return new Map(await Promise.all(looks));
}

export function areSame(some: FilesRead, others: FilesRead): boolean {
  return some.size === others.size && [...some].every(([path, digest]) => others.get(path) === digest);
}

/** `ENOENT` */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('base64');
}

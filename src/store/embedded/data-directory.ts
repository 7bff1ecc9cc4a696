// DATA_DIR: made if it is missing, and checked before anything relies on it. Does not read what is
// kept inside.
import { randomBytes } from 'node:crypto';
import { access, constants, lstat, mkdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { descriptorsUsedUp } from '../../kit/descriptors.ts';
import { type Problem, problemOf } from '../../kit/error-codes.ts';

/** DATA_DIR cannot be used as it is. The message names variable, path, cause and remedy. */
export class DataDirectoryError extends Error {
  override readonly name: string = 'DataDirectoryError';
  /** Absolute. */
  readonly directory: string;

  constructor(directory: string, problemAndRemedy: string, cause?: unknown) {
    const absolute = resolve(directory);
    super(
      `DATA_DIR (${absolute}): ${problemAndRemedy}`,
      cause === undefined ? undefined : { cause },
    );
    this.directory = absolute;
  }
}

/**
 * Makes the directory (readable by its owner alone) and proves that files can be written.
 * @throws {DataDirectoryError}
 */
export async function ensureDataDirectory(directory: string): Promise<void> {
  const probe = join(directory, `.write-test-${randomBytes(6).toString('hex')}`);
  try {
    await makeDirectory(directory);
    await assertOurs(directory);
    await writeFile(probe, 'tocsin', { flag: 'wx' });
    await unlink(probe);
  } catch (error) {
    await unlink(probe).catch(() => {});
    throw dataDirectoryError(directory, error);
  }
}

/** What Tocsin makes there and later opens; a link in its place would be followed. */
const entries = [
  'postgres',
  'postgres.new',
  'instance',
  'instance.new',
  'moved',
  'moved.new',
  'tocsin.sock',
];

/**
 * Whoever owns the directory, or may write to it, decides which database Tocsin opens and where its
 * files go. A directory that every user may write to, or that holds a database of this user, only
 * gets a warning (`exposureOfDirectory`): an upgrade must not stop a service.
 * @throws {DataDirectoryError} something in it belongs to another user; or the directory does, and
 * holds no database of this user
 */
export async function assertOurs(directory: string): Promise<void> {
  if (process.getuid === undefined) return;
  const own = process.getuid();
  const { uid, mode } = await stat(directory);
  if (uid !== own && uid !== 0 && !isOpenTo(mode) && !(await holdsDatabaseOf(own, directory))) {
    const text = `it belongs to another user (id ${uid}, this one is ${own}). Run Tocsin as that user${commandOf(own, uid)}, or give the directory to this one.`;
    throw new DataDirectoryError(directory, text);
  }
  for (const name of entries) {
    const found = await lstat(join(directory, name)).catch(() => undefined);
    if (found === undefined || found.uid === own || found.uid === 0) continue;
    const kind = found.isSymbolicLink() ? 'link' : 'file';
    const text = `the ${kind} "${name}" in it belongs to another user (id ${found.uid}). Find out who put it there; run Tocsin as that user${commandOf(own, found.uid)}, or remove it.`;
    throw new DataDirectoryError(directory, text);
  }
}

/** Only root can become another user without a password. */
const commandOf = (own: number, uid: number) => (own === 0 ? ` (sudo -u '#${uid}' tocsin …)` : '');

const isOpenTo = (mode: number) => (mode & 0o002) !== 0;

async function holdsDatabaseOf(own: number, directory: string): Promise<boolean> {
  const found = await lstat(join(directory, 'postgres')).catch(() => undefined);
  return found?.uid === own && found.isDirectory();
}

/** A warning about who could put another database there; undefined if only root can. */
export async function exposureOfDirectory(directory: string): Promise<string | undefined> {
  const found = await stat(directory).catch(() => undefined);
  if (found === undefined || process.getuid === undefined) return undefined;
  const remedy = 'Outside of a container, give it to the user that runs Tocsin, with mode 700.';
  const begin = `DATA_DIR (${resolve(directory)})`;
  if (isOpenTo(found.mode))
    return `${begin} may be written by every user of this machine. ${remedy}`;
  if (found.uid === 0 || found.uid === process.getuid()) return undefined;
  return `${begin} belongs to another user (id ${found.uid}), who can put another database in its place. ${remedy}`;
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    // On a read-only file system Node reports ENOENT; the nearest folder that exists gives the
    // true reason.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      await accessNearest(dirname(resolve(directory)));
    throw error;
  }
}

async function accessNearest(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await accessNearest(dirname(directory));
  }
}

const words: Readonly<Partial<Record<Problem, string>>> = {
  no_descriptor: `${descriptorsUsedUp.meaning}. ${descriptorsUsedUp.remedy}`,
  no_directory: 'it is not a directory. Set DATA_DIR to a directory, or move the file away.',
  not_permitted:
    'this user may not write there. Give the directory to the user that runs Tocsin, or set DATA_DIR to another.',
  read_only:
    'the file system is read-only. Mount a writable volume there, or set DATA_DIR to a writable directory.',
  disk_full:
    'no space is left on the device. Free some, or set DATA_DIR to a directory on a larger device.',
  quota_used_up:
    'the disk quota is used up. Free some space, or set DATA_DIR to a directory on another device.',
  path_too_long: 'the path is too long. Set DATA_DIR to a shorter one.',
};

/**
 * Says what a failed file operation in DATA_DIR means; an error that is one already is returned as
 * it is.
 */
export function dataDirectoryError(directory: string, error: unknown): DataDirectoryError {
  if (error instanceof DataDirectoryError) return error;
  const problem = problemOf((error as NodeJS.ErrnoException).code);
  const text = error instanceof Error ? error.message : String(error);
  const known = problem && words[problem];
  return new DataDirectoryError(directory, known ?? `it cannot be used: ${text}`, error);
}

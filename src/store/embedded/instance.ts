// The identity of this process and of its predecessor: a lone instance that was killed and started
// again takes its predecessor's leases at once.
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectoryError } from './data-directory.ts';

export interface Instance {
  /** A UUID, new with each call. */
  readonly id: string;
  /**
   * The UUID of the last process on this directory that may have held a role. It is certainly dead.
   * Null if there was none.
   */
  readonly predecessor: string | null;
  /**
   * Writes the id to the disk for the next process. Call it after the predecessor's heartbeat was
   * ended and before a role is taken: if called sooner, a process that is killed at its start would
   * hide the one whose roles are to be taken over.
   */
  remember(): Promise<void>;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * To be called only while the directory's lock is held, which proves the predecessor dead.
 * @throws {DataDirectoryError}
 */
export async function takeInstance(dataDir: string): Promise<Instance> {
  const file = join(dataDir, 'instance');
  const id = randomUUID();
  try {
    const predecessor = await readInstance(file);
    return { id, predecessor, remember: () => replaceFile(file, `${id}\n`) };
  } catch (error) {
    throw dataDirectoryError(dataDir, error);
  }
}

/** Null for a file that holds no id: the leases of its writer then expire by themselves. */
async function readInstance(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim();
    return uuid.test(text) ? text : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Replaces a file whole, readable by its owner alone; on the disk when it resolves. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.new`;
  // Never written through an existing file: it may be a link.
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

// The mark in DATA_DIR that its database was moved to another one: whoever opened it again would
// send a second time what waited. Written before the other database commits, so that no moment is
// without it.
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataDirectoryError, dataDirectoryError } from './data-directory.ts';
import { replaceFile } from './instance.ts';

export interface Move {
  /** A UUID; the audit log of the other database has it as `move:<id>` once the move is made. */
  readonly id: string;
  /** `begun`: the other database may have it or not, and only that database can tell. */
  readonly state: 'begun' | 'done';
  /** `host:port` of the other database. */
  readonly address: string;
  /** ISO 8601 in UTC: when it was marked. */
  readonly at: string;
}

/** The database of DATA_DIR was moved, or may have been. */
export class MovedError extends DataDirectoryError {
  override readonly name = 'MovedError';
}

const markIn = (dataDir: string) => join(dataDir, 'moved');

/**
 * Undefined if there is no mark.
 * @throws {DataDirectoryError} it cannot be read, or is no mark
 */
export async function readMove(dataDir: string): Promise<Move | undefined> {
  const text = await readFile(markIn(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw dataDirectoryError(dataDir, error);
  });
  if (text === undefined) return undefined;
  try {
    const { id, state, address, at } = JSON.parse(text) as Move;
    if (state === 'begun' || state === 'done')
      return { id: String(id), state, address: String(address), at: String(at) };
  } catch {
    // Said below.
  }
  const damage =
    'its file "moved" is damaged, so whether its database was moved is not known. Look whether ' +
    'another database has its events; if none does, remove that file.';
  throw new DataDirectoryError(dataDir, damage);
}

/** On the disk when it resolves. @throws {DataDirectoryError} */
export async function writeMove(dataDir: string, move: Move): Promise<void> {
  try {
    await replaceFile(markIn(dataDir), `${JSON.stringify(move)}\n`);
  } catch (error) {
    throw dataDirectoryError(dataDir, error);
  }
}

/** The database may be used again. */
export async function dropMove(dataDir: string): Promise<void> {
  await rm(markIn(dataDir), { force: true });
}

/** @throws {MovedError} nothing may work on this database @throws {DataDirectoryError} */
export async function assertNotMoved(dataDir: string): Promise<void> {
  const move = await readMove(dataDir);
  if (move !== undefined) throw new MovedError(dataDir, refusalOf(move));
}

function refusalOf({ state, address, at }: Move): string {
  if (state === 'begun')
    return (
      `a move of its database to ${address} was interrupted at ${at}, when all was copied. ` +
      'Run `tocsin move` to that database again: it finds out whether the move was made, and ends it.'
    );
  return (
    `its database was moved to ${address} at ${at}. Set DATABASE_URL to go on there. ` +
    'To go back to what it was then, stop Tocsin there and run `tocsin move --back`; what was sent ' +
    'since is sent again.'
  );
}

/**
 * For a service that works elsewhere by now: undefined if there is no mark, else what to warn of.
 */
export async function lookForMove(
  dataDir: string,
): Promise<{ readonly warning: string | undefined } | undefined> {
  try {
    const move = await readMove(dataDir);
    if (move === undefined) return undefined;
    if (move.state === 'done') return { warning: undefined };
    return { warning: `DATA_DIR (${resolve(dataDir)}): ${refusalOf(move)}` };
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    return { warning: error.message };
  }
}

// Who holds DATA_DIR, and the error for a process that finds it taken.
import { sleep } from '../../kit/deadline.ts';
import { DataDirectoryError } from './data-directory.ts';
import { requestHolder } from './directory-request.ts';

/** The path at which a holder answers who it is. */
export const holderPath = '/holder';

export interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Another live process holds the directory. */
export class DirectoryLockedError extends DataDirectoryError {
  override readonly name = 'DirectoryLockedError';
  /** The holder's process id in its own container; null if it did not say within a second. */
  readonly pid: number | null;

  constructor(directory: string, holder: Holder | null) {
    const who =
      holder === null
        ? 'a process that does not answer'
        : `process ${holder.pid} on host ${holder.host}`;
    super(
      directory,
      `it is in use by ${who}. Stop that process, or set DATA_DIR to another directory.`,
    );
    this.pid = holder?.pid ?? null;
  }
}

/** Asks the holder three times, for a second in all: it may be starting, stopped or hung. */
export async function lockedError(directory: string, path: string): Promise<DirectoryLockedError> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      const { body } = await requestHolder(path, holderPath, { timeoutMs: 330 });
      return new DirectoryLockedError(directory, JSON.parse(body) as Holder);
    } catch {
      await sleep(50);
    }
  }
  return new DirectoryLockedError(directory, null);
}

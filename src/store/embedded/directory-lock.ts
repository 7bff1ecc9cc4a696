// One process owns DATA_DIR. The lock is made of sockets in the directory, so that only a user who
// may write there can take it, and the operating system releases it however the process dies. A pid
// file would not do: in a container the pid is always 1. One of the sockets also answers other
// commands. Works on file systems of one host, not over NFS and the like.
import { lstat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { DataDirectoryError, ensureDataDirectory } from './data-directory.ts';
import { type Holder, holderPath, lockedError } from './directory-holder.ts';
import {
  answerRequest,
  type HolderAnswer,
  type HolderRequest,
  requestHolder,
} from './directory-request.ts';
import {
  closeServer,
  isNobodyThere,
  isRefused,
  listen,
  socketError,
  socketPath,
} from './directory-socket.ts';
import { type Guard, giveBack, respectFormerRelease, takeTurn } from './directory-turn.ts';

export { DirectoryLockedError } from './directory-holder.ts';

/** No process holds the directory, so there is nobody to ask. */
export class NoHolderError extends Error {
  override readonly name = 'NoHolderError';
}

export type RequestHandler = (request: Request) => Promise<Response>;

export interface DirectoryLock {
  /** Absolute. */
  readonly directory: string;
  /**
   * Answers what other commands of this user ask through the directory; 503 before this is called.
   * The last call counts.
   */
  serve(handler: RequestHandler): void;
  /** Answers open requests (for up to 2 s), then frees the directory. May be called again. */
  release(): Promise<void>;
}

const releaseMsMax = 2000;

/**
 * Takes the directory for this process, and makes it if it is missing. Takes over at once what a
 * dead holder left.
 *
 * @throws {DirectoryLockedError} a live process has it
 * @throws {DataDirectoryError} it cannot be used
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await ensureDataDirectory(directory);
  const path = socketPath(directory);
  const guard = await takeTurn(directory, path);
  try {
    await respectFormerRelease(directory, path, guard);
    let handler: RequestHandler | undefined;
    const server = await takeSocket(directory, path, () => handler);
    let releasing: Promise<void> | undefined;
    return {
      directory: resolve(directory),
      serve: (next) => {
        handler = next;
      },
      release: () => {
        releasing ??= release(server, guard);
        return releasing;
      },
    };
  } catch (error) {
    await giveBack(guard);
    throw error;
  }
}

/**
 * Asks the process that holds the directory. Paths are those that it serves there; the answer is
 * read whole.
 *
 * @throws {NoHolderError} nobody holds it
 * @throws {Error} the holder did not answer in time
 */
export async function askHolder(
  directory: string,
  path: string,
  request: HolderRequest = {},
): Promise<HolderAnswer> {
  try {
    return await requestHolder(socketPath(directory), path, request);
  } catch (error) {
    if (!isNobodyThere((error as NodeJS.ErrnoException).code)) throw error;
    throw new NoHolderError(`No Tocsin service runs on DATA_DIR (${resolve(directory)}).`, {
      cause: error,
    });
  }
}

async function takeSocket(
  directory: string,
  path: string,
  handler: () => RequestHandler | undefined,
): Promise<Server> {
  const holder: Holder = { pid: process.pid, host: hostname() };
  for (let attempt = 1; ; attempt += 1) {
    await clearStale(directory, path);
    const server = createServer((request, response) => {
      if (request.url === holderPath) response.end(JSON.stringify(holder));
      else void answerRequest(request, response, handler());
    });
    try {
      await listen(server, path);
      return server;
    } catch (error) {
      // A process in another container was faster; the next round finds it alive.
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && attempt < 5) continue;
      throw socketError(directory, error);
    }
  }
}

/** Removes a socket that nobody listens on. @throws {DirectoryLockedError} somebody does */
async function clearStale(directory: string, path: string): Promise<void> {
  if (process.platform === 'win32') return; // a pipe's name ends with its process
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new DataDirectoryError(
      directory,
      'its file "tocsin.sock" is not a socket. Remove that file.',
    );
  }
  if (!(await isRefused(directory, path))) throw await lockedError(directory, path);
  const now = await lstat(path).catch(() => undefined);
  if (now?.ino === found.ino) await unlink(path).catch(() => {});
}

async function release(server: Server, guard: Guard): Promise<void> {
  const force = setTimeout(() => server.closeAllConnections(), releaseMsMax);
  server.closeIdleConnections();
  await closeServer(server); // removes the file as well
  clearTimeout(force);
  await giveBack(guard);
}

// One process owns DATA_DIR. The lock is made of sockets in the directory, so only who may write there can take it, and the operating
// system releases it whenever and however the process dies; a pid file could not tell (in a container the pid is always 1). One of them
// also answers other commands. For file systems of one host: over NFS and the like nothing can be promised.
import { createHash, randomBytes } from 'node:crypto';
import { link, lstat, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createConnection, createServer as createNetServer, type Server as NetServer } from 'node:net';
import { hostname } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { isOutOfDescriptors } from '../../kit/descriptors.ts';
import { DataDirectoryError, dataDirectoryError, ensureDataDirectory } from './data-directory.ts';
import { answerRequest, type HolderAnswer, type HolderRequest, requestHolder } from './directory-request.ts';

/** Another live process holds the directory. */
export class DirectoryLockedError extends DataDirectoryError {
  override readonly name = 'DirectoryLockedError';
  /** The holder's process id in its own container; null if it did not say within a second. */
  readonly pid: number | null;

  constructor(directory: string, holder: Holder | null) {
    const who = holder === null ? 'a process that does not answer' : `process ${holder.pid} on host ${holder.host}`;
    super(directory, `it is in use by ${who}. Stop that process, or set DATA_DIR to another directory.`);
    this.pid = holder?.pid ?? null;
  }
}

/** No process holds the directory, so there is nobody to ask. */
export class NoHolderError extends Error {
  override readonly name = 'NoHolderError';
}

export type RequestHandler = (request: Request) => Promise<Response>;

export interface DirectoryLock {
  /** Absolute. */
  readonly directory: string;
  /** Answers what other commands of this user ask through the directory; 503 before this is called. The last call counts. */
  serve(handler: RequestHandler): void;
  /** Answers what is being asked (up to 2 s), then gives the directory free. May be called again. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Longer paths do not fit into a socket's address on every system. */
const socketPathBytesMax = 100;
const holderPath = '/holder';
const releaseMsMax = 2000;
/** A plain file, as a clean stop leaves it, is no socket for macOS and the BSDs, and refuses on Linux. */
const nobodyThere = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

/**
 * Takes the directory for this process, making it if it is missing. What a dead holder left is taken over at once.
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
 * Asks the process that holds the directory. Paths are those that it serves there; the answer is read whole.
 *
 * @throws {NoHolderError} nobody holds it
 * @throws {Error} the holder did not answer in time
 */
export async function askHolder(directory: string, path: string, request: HolderRequest = {}): Promise<HolderAnswer> {
  try {
    return await requestHolder(socketPath(directory), path, request);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!nobodyThere.has(code ?? '')) throw error;
    throw new NoHolderError(`No Tocsin service runs on DATA_DIR (${resolve(directory)}).`, { cause: error });
  }
}

/** The shorter of the absolute and the relative path: an address has little room. @throws {DataDirectoryError} */
function socketPath(directory: string): string {
  const absolute = join(resolve(directory), 'tocsin.sock');
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\tocsin-${createHash('sha256').update(absolute.toLowerCase()).digest('hex').slice(0, 32)}`;
  }
  const fromHere = relative(process.cwd(), absolute);
  const path = Buffer.byteLength(fromHere) < Buffer.byteLength(absolute) ? fromHere : absolute;
  if (Buffer.byteLength(path) <= socketPathBytesMax) return path;
  throw new DataDirectoryError(
    directory,
    `the path is too long for the socket that locks it (${Buffer.byteLength(path)} bytes, at most ${socketPathBytesMax}). Set DATA_DIR to a shorter one.`,
  );
}

/** What is held besides the socket that answers. */
interface Guard {
  readonly servers: NetServer[];
  /** `data/lock.7`; undefined where the file system has no hard links, and on Windows, whose pipes need no guard. */
  file?: string;
}

/** So many are kept: who looks at the directory meanwhile finds a higher number than the one that it saw. */
const turnsKept = 8;

/**
 * Takes the next number. Only one process can, and only once the holder of the last one is dead: its socket listens before it has the
 * number, and a dead one never listens again. The highest number is never removed, so nobody takes it twice.
 */
async function takeTurn(directory: string, path: string): Promise<Guard> {
  if (process.platform === 'win32') return { servers: [] };
  const fileOf = (name: string | number) =>
    path.replace(/tocsin\.sock$/, typeof name === 'number' ? `lock.${name}` : name);
  const own = fileOf(`l${randomBytes(4).toString('hex')}`);
  const server = createNetServer((socket) => socket.destroy());
  try {
    await listen(server, own);
  } catch (error) {
    throw socketError(directory, error);
  }
  const guard: Guard = { servers: [server] };
  try {
    for (;;) {
      const last = Math.max(0, ...(await turnsOf(directory)));
      if (last > 0 && !(await isRefused(directory, fileOf(last)))) throw await lockedError(directory, path);
      const linked = await linkNew(own, fileOf(last + 1));
      if (linked === 'unsupported') return guard;
      if (linked === 'taken') continue;
      const turns = await turnsOf(directory);
      if (turns.every((turn) => turn <= last + 1)) {
        guard.file = fileOf(last + 1);
        const old = turns.filter((turn) => turn <= last + 1 - turnsKept);
        await Promise.all(old.map((turn) => unlink(fileOf(turn)).catch(() => {})));
        return guard;
      }
      await unlink(fileOf(last + 1)).catch(() => {});
    }
  } catch (error) {
    await giveBack(guard);
    throw dataDirectoryError(directory, error);
  } finally {
    await unlink(own).catch(() => {});
  }
}

async function turnsOf(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => /^lock\.(\d{1,12})$/.exec(name)?.[1] ?? []).map(Number);
}

async function linkNew(from: string, to: string): Promise<'made' | 'taken' | 'unsupported'> {
  try {
    await link(from, to);
    return 'made';
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return 'taken';
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV'].includes(code)) return 'unsupported';
    throw error;
  }
}

const formerMsMax = 1000;

/**
 * Releases up to 0.1 lock by a name without a file, which any user of the machine can take. It is taken as well where it is free, so that
 * such a release stays out. If it is not free, a release of that time is at work or about to be, and its socket shows up in the directory;
 * if none does, somebody else has taken the name, who must not keep Tocsin from starting.
 */
async function respectFormerRelease(directory: string, path: string, guard: Guard): Promise<void> {
  if (process.platform !== 'linux') return;
  const { dev, ino } = await stat(directory, { bigint: true });
  const untilMs = performance.now() + formerMsMax;
  for (;;) {
    const former = createNetServer((socket) => socket.destroy());
    try {
      await listen(former, `\0tocsin-${dev}-${ino}`);
      guard.servers.push(former);
      return;
    } catch {
      if (!(await isRefused(directory, path))) throw await lockedError(directory, path);
      if (performance.now() > untilMs) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** The number stays, without a socket: a copy of the directory then has none. */
async function giveBack({ servers, file }: Guard): Promise<void> {
  if (file !== undefined) {
    const empty = `${file}.end`;
    await writeFile(empty, '', { mode: 0o600 })
      .then(() => rename(empty, file))
      .catch(() => {});
  }
  await Promise.all(servers.map(closeServer));
}

async function takeSocket(directory: string, path: string, handler: () => RequestHandler | undefined): Promise<Server> {
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
      // Somebody in another container was faster: then it is alive now.
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
    throw new DataDirectoryError(directory, 'its file "tocsin.sock" is not a socket. Remove that file.');
  }
  if (!(await isRefused(directory, path))) throw await lockedError(directory, path);
  const now = await lstat(path).catch(() => undefined);
  if (now?.ino === found.ino) await unlink(path).catch(() => {});
}

/** True only if the operating system says that no process listens there. */
function isRefused(directory: string, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isUnknown = ['EACCES', 'EPERM'].includes(error.code ?? '') || isOutOfDescriptors(error.code);
      if (isUnknown) reject(socketError(directory, error));
      else resolve(nobodyThere.has(error.code ?? ''));
    });
  });
}

/** A holder may be starting, stopped or hung: it is asked for its name three times, for a second in all. */
async function lockedError(directory: string, path: string): Promise<DirectoryLockedError> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      const { body } = await requestHolder(path, holderPath, { timeoutMs: 330 });
      return new DirectoryLockedError(directory, JSON.parse(body) as Holder);
    } catch {
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  return new DirectoryLockedError(directory, null);
}

function socketError(directory: string, error: unknown): DataDirectoryError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EOPNOTSUPP' || code === 'ENOTSUP' || code === 'EINVAL') {
    const text =
      'its file system has no sockets, so the directory cannot be locked. Set DATA_DIR to a directory on a local disk.';
    return new DataDirectoryError(directory, text, error);
  }
  return dataDirectoryError(directory, error);
}

/** Listens, the socket readable by this user alone from its first instant, and keeps no process alive. */
function listen(server: NetServer | Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const umask = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen(path, () => {
        server.removeListener('error', reject);
        // Who cannot be let in for want of a descriptor comes again.
        server.on('error', () => {});
        server.unref();
        resolve();
      });
    } finally {
      if (umask !== undefined) process.umask(umask);
    }
  });
}

async function release(server: Server, guard: Guard): Promise<void> {
  const force = setTimeout(() => server.closeAllConnections(), releaseMsMax);
  server.closeIdleConnections();
  await closeServer(server); // removes the file as well
  clearTimeout(force);
  await giveBack(guard);
}

function closeServer(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

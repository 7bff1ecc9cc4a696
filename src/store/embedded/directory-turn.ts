// Whose turn it is to hold DATA_DIR: numbered sockets, of which only one process can make the next.
import { randomBytes } from 'node:crypto';
import { link, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { sleep } from '../../kit/deadline.ts';
import { dataDirectoryError } from './data-directory.ts';
import { lockedError } from './directory-holder.ts';
import { closeServer, isRefused, listen, socketError } from './directory-socket.ts';

/** What is held besides the socket that answers. */
export interface Guard {
  readonly servers: Server[];
  /**
   * `data/lock.7`; undefined where the file system has no hard links, and on Windows, whose pipes
   * need no guard.
   */
  file?: string;
}

/**
 * How many numbers are kept, so that a process which reads the directory meanwhile still finds a
 * number above the one that it saw.
 */
const turnsKept = 8;

/**
 * Takes the next number. Only one process can, and only once the holder of the last number is dead:
 * a holder's socket listens before it gets the number, and never again after the holder's death.
 * The highest number is never removed, so no number is taken twice.
 */
export async function takeTurn(directory: string, path: string): Promise<Guard> {
  if (process.platform === 'win32') return { servers: [] };
  const fileOf = (name: string | number) =>
    path.replace(/tocsin\.sock$/, typeof name === 'number' ? `lock.${name}` : name);
  const own = fileOf(`l${randomBytes(4).toString('hex')}`);
  const server = createServer((socket) => socket.destroy());
  try {
    await listen(server, own);
  } catch (error) {
    throw socketError(directory, error);
  }
  const guard: Guard = { servers: [server] };
  try {
    for (;;) {
      const last = Math.max(0, ...(await turnsOf(directory)));
      if (last > 0 && !(await isRefused(directory, fileOf(last))))
        throw await lockedError(directory, path);
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
 * Releases up to 0.1 lock with an abstract socket, whose name any user of the machine can take.
 * This one takes the name too, if it is free, so that such a release stays out. If the name is
 * taken, an earlier release runs or starts, and its socket appears in the directory. If none
 * appears, somebody else holds the name, which must not keep Tocsin from starting.
 */
export async function respectFormerRelease(
  directory: string,
  path: string,
  guard: Guard,
): Promise<void> {
  if (process.platform !== 'linux') return;
  const { dev, ino } = await stat(directory, { bigint: true });
  const untilMs = performance.now() + formerMsMax;
  for (;;) {
    const former = createServer((socket) => socket.destroy());
    try {
      await listen(former, `\0tocsin-${dev}-${ino}`);
      guard.servers.push(former);
      return;
    } catch {
      if (!(await isRefused(directory, path))) throw await lockedError(directory, path);
      if (performance.now() > untilMs) return;
      await sleep(50);
    }
  }
}

/** The number stays as a plain file, so that a copy of the directory holds no socket. */
export async function giveBack({ servers, file }: Guard): Promise<void> {
  if (file !== undefined) {
    const empty = `${file}.end`;
    await writeFile(empty, '', { mode: 0o600 })
      .then(() => rename(empty, file))
      .catch(() => {});
  }
  await Promise.all(servers.map(closeServer));
}

// The sockets that make up the lock of DATA_DIR: where they are, how to listen on one, and whether
// somebody does.
import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import { createConnection, type Server as NetServer } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { isOutOfDescriptors } from '../../kit/descriptors.ts';
import { DataDirectoryError, dataDirectoryError } from './data-directory.ts';

/** Longer paths do not fit into a socket's address on every system. */
const socketPathBytesMax = 100;

/**
 * A clean stop leaves a plain file. To connect to it gives ENOTSOCK on macOS and the BSDs, and
 * ECONNREFUSED on Linux.
 */
const nobodyThere = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

/** Whether the code of a failed connection says that no process listens there. */
export function isNobodyThere(code: string | undefined): boolean {
  return nobodyThere.has(code ?? '');
}

/**
 * The shorter of the absolute and the relative path, because a socket's address has little room.
 * @throws {DataDirectoryError} both are too long
 */
export function socketPath(directory: string): string {
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

/** True only if the operating system says that no process listens there. */
export function isRefused(directory: string, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isUnknown =
        ['EACCES', 'EPERM'].includes(error.code ?? '') || isOutOfDescriptors(error.code);
      if (isUnknown) reject(socketError(directory, error));
      else resolve(isNobodyThere(error.code));
    });
  });
}

export function socketError(directory: string, error: unknown): DataDirectoryError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EOPNOTSUPP' || code === 'ENOTSUP' || code === 'EINVAL') {
    const text =
      'its file system has no sockets, so the directory cannot be locked. Set DATA_DIR to a directory on a local disk.';
    return new DataDirectoryError(directory, text, error);
  }
  return dataDirectoryError(directory, error);
}

/**
 * Listens on a socket that only this user may use, from its first instant on. Keeps no process
 * alive.
 */
export function listen(server: NetServer | Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const umask = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen(path, () => {
        server.removeListener('error', reject);
        // A caller that was not let in for want of a descriptor tries again.
        server.on('error', () => {});
        server.unref();
        resolve();
      });
    } finally {
      if (umask !== undefined) process.umask(umask);
    }
  });
}

export function closeServer(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

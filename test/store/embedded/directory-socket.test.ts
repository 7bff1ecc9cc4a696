// The sockets that lock a directory: who may use one, and whether somebody listens on it.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataDirectoryError } from '../../../src/store/embedded/data-directory.ts';
import {
  closeServer,
  isNobodyThere,
  isRefused,
  listen,
  socketError,
  socketPath,
} from '../../../src/store/embedded/directory-socket.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('one that listens is for its owner alone, refuses nobody, and takes its file with it', async () => {
  const path = join(directory, 's');
  expect(await isRefused(directory, path)).toBe(true);
  const server = createServer((socket) => socket.destroy());
  await listen(server, path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await isRefused(directory, path)).toBe(false);
  await closeServer(server);
  expect([existsSync(path), await isRefused(directory, path)]).toEqual([false, true]);
});

test('a plain file in its place refuses as well', async () => {
  const path = join(directory, 's');
  writeFileSync(path, '');
  expect(await isRefused(directory, path)).toBe(true);
});

test('its path is the shorter one, and too long a path is an error that says what to do', () => {
  expect(socketPath('.')).toBe('tocsin.sock');
  expect(() => socketPath(join('/', 'a'.repeat(200)))).toThrow(
    /bytes, at most 100\)\. Set DATA_DIR to a shorter one\.$/,
  );
});

test.each([
  ['ECONNREFUSED', true],
  ['ENOENT', true],
  ['ENOTSOCK', true],
  ['EACCES', false],
  [undefined, false],
])('the code %s says that nobody is there: %s', (code, isSo) => {
  expect(isNobodyThere(code)).toBe(isSo);
});

test('a file system without sockets is called so', () => {
  const error = socketError('/data', Object.assign(new Error('listen'), { code: 'EOPNOTSUPP' }));
  expect(error).toBeInstanceOf(DataDirectoryError);
  expect(error.message).toContain(
    'its file system has no sockets, so the directory cannot be locked.',
  );
});

// DATA_DIR: made, proved to be writable, and whose it may be.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, chown, lchown, mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  assertOurs,
  DataDirectoryError,
  dataDirectoryError,
  ensureDataDirectory,
  exposureOfDirectory,
} from '../../../src/store/embedded/data-directory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const asRoot = test.runIf(process.getuid?.() === 0);

describe('ensureDataDirectory', () => {
  test('makes what is missing, for its owner alone, and leaves nothing in it', async () => {
    const made = join(directory, 'new', 'data');
    await ensureDataDirectory(made);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(readdirSync(made)).toEqual([]);
    await ensureDataDirectory(made);
  });

  test.each(['file', 'file/deeper'])('refuses %s, where a file is in its place', async (path) => {
    writeFileSync(join(directory, 'file'), '');
    const error = await ensureDataDirectory(join(directory, path)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataDirectoryError);
    expect(String(error)).toContain('it is not a directory. Set DATA_DIR to a directory');
  });

  test('refuses a name that is too long for the file system', async () => {
    await expect(ensureDataDirectory(join(directory, 'x'.repeat(300)))).rejects.toThrow(
      'the path is too long. Set DATA_DIR to a shorter one.',
    );
  });

  test.skipIf(process.getuid?.() === 0)(
    'says what to do about one that may not be written',
    async () => {
      await chmod(directory, 0o500);
      await expect(ensureDataDirectory(directory)).rejects.toThrow(
        /may not write there. Give the directory/,
      );
    },
  );
});

describe('whose the directory may be', () => {
  test('one of this user is ours', async () => {
    mkdirSync(join(directory, 'postgres'));
    await assertOurs(directory);
    expect(await exposureOfDirectory(directory)).toBeUndefined();
  });

  test('one that is missing is exposed to nobody', async () => {
    expect(await exposureOfDirectory(join(directory, 'missing'))).toBeUndefined();
  });

  test('one that everybody may write to is taken, with a warning', async () => {
    await chmod(directory, 0o777);
    await ensureDataDirectory(directory);
    expect(await exposureOfDirectory(directory)).toMatch(
      /may be written by every user of this machine.*mode 700/,
    );
  });

  asRoot('another user’s is refused, and so is another user’s link in it', async () => {
    await symlink('/etc', join(directory, 'postgres'));
    await lchown(join(directory, 'postgres'), 12_345, 12_345);
    await expect(ensureDataDirectory(directory)).rejects.toThrow(
      /the link "postgres" in it belongs to another user \(id 12345\)/,
    );
    await chmod(directory, 0o777);
    await expect(ensureDataDirectory(directory)).rejects.toThrow(
      /the link "postgres" in it belongs to another user \(id 12345\)/,
    );
    await rm(join(directory, 'postgres'));
    await chmod(directory, 0o700);
    await chown(directory, 12_345, 12_345);
    await expect(ensureDataDirectory(directory)).rejects.toThrow(
      /it belongs to another user \(id 12345, this one is 0\)\. Run Tocsin as that user \(sudo/,
    );
  });

  asRoot.each(['postgres', 'postgres.new', 'instance', 'instance.new', 'tocsin.sock'])(
    'a file "%s" of another user is refused',
    async (name) => {
      writeFileSync(join(directory, name), '');
      await chown(join(directory, name), 12_345, 12_345);
      await expect(assertOurs(directory)).rejects.toThrow(
        `the file "${name}" in it belongs to another user (id 12345).`,
      );
    },
  );

  asRoot('a file that Tocsin neither makes nor reads may be anybody’s', async () => {
    writeFileSync(join(directory, 'notes'), '');
    await chown(join(directory, 'notes'), 12_345, 12_345);
    await assertOurs(directory);
  });

  asRoot(
    'another user’s is taken if it is open, as a bind mount is, or holds a database of this user',
    async () => {
      await chown(directory, 12_345, 12_345);
      await chmod(directory, 0o777);
      await ensureDataDirectory(directory);
      await chmod(directory, 0o755);
      await expect(ensureDataDirectory(directory)).rejects.toThrow(/it belongs to another user/);
      await mkdir(join(directory, 'postgres'));
      await ensureDataDirectory(directory);
      expect(await exposureOfDirectory(directory)).toMatch(
        /belongs to another user \(id 12345\), who can put another/,
      );
    },
  );
});

describe('a failed operation', () => {
  test.each([
    ['EMFILE', 'this process has no file descriptor left'],
    ['ENFILE', 'this process has no file descriptor left'],
    ['ENOTDIR', 'it is not a directory. Set DATA_DIR to a directory, or move the file away.'],
    ['EEXIST', 'it is not a directory. Set DATA_DIR to a directory, or move the file away.'],
    ['EACCES', 'this user may not write there. Give the directory to the user that runs Tocsin'],
    ['EPERM', 'this user may not write there. Give the directory to the user that runs Tocsin'],
    ['EROFS', 'the file system is read-only. Mount a writable volume there'],
    ['ENOSPC', 'no space is left on the device. Free some'],
    ['EDQUOT', 'the disk quota is used up. Free some space'],
    ['ENAMETOOLONG', 'the path is too long. Set DATA_DIR to a shorter one.'],
    ['EIO', 'it cannot be used: words of the system'],
    ['constructor', 'it cannot be used: words of the system'],
  ])('with %s is explained', (code, words) => {
    const cause = Object.assign(new Error('words of the system'), { code });
    const error = dataDirectoryError('/data', cause);
    expect(error).toBeInstanceOf(DataDirectoryError);
    expect(error.message).toContain(`DATA_DIR (/data): ${words}`);
    expect([error.directory, error.cause]).toEqual(['/data', cause]);
  });

  test('that was explained already is left as it is', () => {
    const error = new DataDirectoryError('/data', 'words');
    expect(dataDirectoryError('/other', error)).toBe(error);
  });

  test('that is no error is said as it is', () => {
    expect(dataDirectoryError('/data', 'a text').message).toContain('it cannot be used: a text');
  });

  test('names the absolute path, however DATA_DIR is written', () => {
    const error = new DataDirectoryError(relative(process.cwd(), directory), 'words');
    expect([error.directory, error.message]).toEqual([directory, `DATA_DIR (${directory}): words`]);
  });
});

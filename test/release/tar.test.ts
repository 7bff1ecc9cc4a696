// Archives of a release: what tar itself reads out of them, and that nothing but the content decides
// their bytes.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly mode: number;
  readonly content?: Buffer;
  readonly uid?: number;
}
const { entriesOf, tar } = (await import(
  new URL('../../release/tar.mjs', import.meta.url).href
)) as {
  entriesOf(folder: string, top: string): Entry[];
  tar(entries: readonly Entry[]): Buffer;
};

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-tar-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same content, made in another order, at another time, under another umask. */
function makeContent(folder: string, isOther: boolean): void {
  const steps = [
    () => mkdirSync(join(folder, 'b')),
    () => writeFileSync(join(folder, 'a.txt'), 'one'),
    () => writeFileSync(join(folder, 'run'), '#!/bin/sh\n', { mode: 0o755 }),
    () => symlinkSync('a.txt', join(folder, 'link')),
  ];
  for (const step of isOther ? steps.reverse() : steps) step();
  writeFileSync(join(folder, 'b', 'z'), Buffer.alloc(1000, 7));
  if (!isOther) return;
  chmodSync(join(folder, 'a.txt'), 0o600);
  chmodSync(join(folder, 'b'), 0o700);
  utimesSync(join(folder, 'a.txt'), 1, 1);
}

test('only names, contents and the right to run decide the bytes', () => {
  const [one, other] = [newFolder(), newFolder()];
  makeContent(one, false);
  makeContent(other, true);
  expect(tar(entriesOf(one, 'top')).equals(tar(entriesOf(other, 'top')))).toBe(true);
  writeFileSync(join(other, 'a.txt'), 'two');
  expect(tar(entriesOf(one, 'top')).equals(tar(entriesOf(other, 'top')))).toBe(false);
});

test('tar reads the names, owners, rights, times and contents', () => {
  const folder = newFolder();
  makeContent(folder, false);
  const archive = tar(entriesOf(folder, 'top'));
  const lines = execFileSync('tar', ['--utc', '--full-time', '--numeric-owner', '-tvf', '-'], {
    input: archive,
    encoding: 'utf8',
  });
  const at = '1985-10-26 08:15:00';
  expect(
    lines
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  ).toEqual([
    `drwxr-xr-x 0/0 0 ${at} top/`,
    `-rw-r--r-- 0/0 3 ${at} top/a.txt`,
    `drwxr-xr-x 0/0 0 ${at} top/b/`,
    `-rw-r--r-- 0/0 1000 ${at} top/b/z`,
    `lrwxrwxrwx 0/0 0 ${at} top/link -> a.txt`,
    `-rwxr-xr-x 0/0 10 ${at} top/run`,
  ]);
  const text = execFileSync('tar', ['-xOf', '-', 'top/a.txt'], {
    input: archive,
    encoding: 'utf8',
  });
  expect(text).toBe('one');
});

test('a long path is split where tar can put it together, and refused where it cannot', () => {
  const long = `${'a'.repeat(90)}/${'b'.repeat(95)}`;
  const archive = tar([
    { name: long, kind: 'file', mode: 0o644, content: Buffer.from('x'), uid: 7 },
  ]);
  expect(execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' })).toBe(`${long}\n`);
  expect(() => tar([{ name: 'c'.repeat(120), kind: 'file', mode: 0o644 }])).toThrow('too long');
});

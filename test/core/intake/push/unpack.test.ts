// Packed bodies: each packing that is known, and bombs.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpacked } from '../../../../src/core/intake/push/unpack.ts';

const text = Buffer.from('{"a":1}');

test.each([
  [null, text],
  ['', text],
  ['identity', text],
  [' GZIP ', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['br', brotliCompressSync(text)],
])('%s is unpacked', (encoding, bytes) => {
  expect(Buffer.from(unpacked(bytes, encoding, 100) as Uint8Array).toString()).toBe('{"a":1}');
});

test.each([
  ['one of which more comes out than is allowed', 'gzip', gzipSync(Buffer.alloc(1_000_000)), 413],
  ['one that is damaged', 'gzip', Buffer.from('no gzip'), 400],
  ['one that is cut', 'gzip', gzipSync(text).subarray(0, 12), 400],
  ['one that nobody knows', 'zstd', text, 415],
  ['one with the name of what all objects have', 'constructor', text, 415],
])('%s is refused', (_what, encoding, bytes, status) => {
  expect(unpacked(bytes, encoding, 1000)).toBe(status);
});

// The bytes of a body: collected up to a bound, however they are cut into pieces, and made text,
// packed or not.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BodyBytes, decodeBody } from '../../../src/kit/http/body.ts';
import { startFarEnd } from '../../support/far-end.ts';
import { client, failure, post, secretPath } from './calling.ts';

describe('the bytes that were collected', () => {
  test.each([
    ['in one piece', ['hello']],
    ['in pieces of one byte', [...'hello']],
    ['with empty pieces between them', ['', 'he', '', 'llo', '']],
    ['in none', []],
  ])('are joined in their order, %s', (_, pieces) => {
    const body = new BodyBytes(100);
    for (const piece of pieces) expect(body.append(Buffer.from(piece))).toBe(true);
    expect(body.joined().toString()).toBe(pieces.join(''));
    expect(body.length).toBe(pieces.join('').length);
  });

  test.each([
    ['the first piece', ['hello'], 3, 'hel'],
    ['a later piece', ['he', 'llo'], 3, 'hel'],
    ['a piece when all room is taken', ['hel', 'lo'], 3, 'hel'],
    ['any piece where there is no room at all', ['h'], 0, ''],
  ])('end at the bound, which cuts %s and says so', (_, pieces, bytesMax, held) => {
    const body = new BodyBytes(bytesMax);
    const fitted = pieces.map((piece) => body.append(Buffer.from(piece)));
    expect(fitted.at(-1)).toBe(false);
    expect(body.joined().toString()).toBe(held);
    expect(body.length).toBe(held.length);
  });

  test('fit if they are exactly as many as may be held', () => {
    const body = new BodyBytes(5);
    expect([body.append(Buffer.from('he')), body.append(Buffer.from('llo'))]).toEqual([true, true]);
    expect(body.joined().toString()).toBe('hello');
  });

  test('grow far beyond the room that is made at first, and nothing is overwritten', () => {
    const piece = Buffer.from('0123456789'.repeat(1000));
    const body = new BodyBytes(1_000_000);
    for (let n = 0; n < 100; n += 1) body.append(piece);
    expect(body.joined().equals(Buffer.concat(Array(100).fill(piece)))).toBe(true);
    expect(piece.toString()).toBe('0123456789'.repeat(1000));
  });
});

describe('the text of a body', () => {
  const text = '{"last_id":1}';

  test.each([
    ['identity', Buffer.from(text)],
    [undefined, Buffer.from(text)],
    ['', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    [' X-GZIP ', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
  ])('comes out of the encoding %s', (encoding, bytes) => {
    expect(decodeBody(bytes, encoding, 100)).toBe(text);
  });

  test.each([
    ['that nobody knows', 'zstd', Buffer.from(text)],
    ['that every object has a property of', 'constructor', Buffer.from(text)],
    ['that it is not in', 'gzip', Buffer.from(text)],
    ['that was cut', 'br', brotliCompressSync(text).subarray(0, 5)],
    ['that unpacks to more than may be held', 'gzip', gzipSync('x'.repeat(101))],
  ])('is undefined in an encoding %s', (_, encoding, bytes) => {
    expect(decodeBody(bytes, encoding, 100)).toBeUndefined();
  });

  test('is empty where nothing came, whatever the encoding', () => {
    expect(decodeBody(Buffer.alloc(0), 'gzip', 100)).toBe('');
  });
});

describe('an answer', () => {
  test('invalid UTF-8 and a byte order mark do not disturb', async () => {
    const farEnd = await startFarEnd((_request, response) =>
      response.end(Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff])),
    );
    expect((await client().request(post(farEnd.origin))).body).toBe('a\uFFFD');
  });

  test('a compressed body that nobody asked for is unpacked', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"last_id":1}'));
    });
    expect((await client().request(post(farEnd.origin))).body).toBe('{"last_id":1}');
  });

  test.each([
    ['broken', 'gzip', gzipSync('hello').fill(7, 12)],
    ['cut', 'gzip', gzipSync('hello'.repeat(100)).subarray(0, 20)],
    ['of an unknown kind', 'zstd', Buffer.from('hello')],
    ['a bomb', 'gzip', gzipSync(Buffer.alloc(5_000_000))],
  ])(
    'a compressed body that is %s is an error, and never garbage',
    async (_name, encoding, bytes) => {
      const farEnd = await startFarEnd((_request, response) => {
        response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
      });
      const error = await failure(client().request(post(farEnd.origin + secretPath)));
      expect(error).toMatchObject({ outcome: 'retry', reason: 'malformed', status: 200 });
    },
  );

  test('a status other than 2xx counts though its compressed body cannot be read', async () => {
    const farEnd = await startFarEnd((_request, response) => {
      response.writeHead(429, { 'content-encoding': 'gzip', 'retry-after': '7' }).end('not gzip');
    });
    const answer = await client().request(post(farEnd.origin));
    expect(answer).toMatchObject({ status: 429, body: '' });
    expect(answer.headers['retry-after']).toBe('7');
  });
});

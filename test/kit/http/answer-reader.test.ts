// Reads answers in whatever pieces they come; and whatever comes, it judges as undici does.
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { afterAll, describe, expect, test } from 'vitest';
import { AnswerReader, ProtocolError } from '../../../src/kit/http/answer-reader.ts';
import { startSocketServer } from '../../support/far-end.ts';

interface Read {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
  readonly isDone: boolean;
  readonly mayGoOn: boolean;
  readonly code?: string;
}

/** @param isEnded the far end then closes the connection */
function read(pieces: readonly Buffer[], isEnded = false): Read {
  const bodies: Buffer[] = [];
  let started: Pick<Read, 'status' | 'headers'> = {};
  const reader = new AnswerReader({
    started: (status, headers) => {
      started = { status, headers };
    },
    data: (piece) => bodies.push(Buffer.from(piece)),
  });
  const seen = () => ({
    ...started,
    body: Buffer.concat(bodies).toString('latin1'),
    isDone: reader.isDone,
    mayGoOn: reader.mayGoOn,
  });
  try {
    for (const piece of pieces) reader.push(piece);
    if (isEnded) reader.end();
    return seen();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return { ...seen(), code: (error as ProtocolError).code };
  }
}

const readText = (text: string, isEnded = false) => read([Buffer.from(text, 'latin1')], isEnded);

/** Cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  const ends = [...sorted, bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const ok = 'HTTP/1.1 200 OK\r\n';

describe('an answer', () => {
  test.each([
    ['with a length', `${ok}Content-Length: 2\r\n\r\nok`],
    [
      'in chunks',
      `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;a=b\r\nk\r\n0\r\nX: y\r\n\r\n`,
    ],
  ])('%s is whole at its end, and another may follow', (_name, text) => {
    expect(readText(text)).toMatchObject({ status: 200, body: 'ok', isDone: true, mayGoOn: true });
    expect(readText(text.slice(0, -1))).toMatchObject({ isDone: false });
  });

  test('without a length lasts until the connection ends', () => {
    expect(readText(`${ok}\r\nok`)).toMatchObject({ isDone: false });
    expect(readText(`${ok}\r\nok`, true)).toMatchObject({
      body: 'ok',
      isDone: true,
      mayGoOn: false,
    });
  });

  test.each([204, 304])('of status %i has no body', (status) => {
    const text = `HTTP/1.1 ${status} Nothing\r\nContent-Length: 5\r\n\r\n`;
    expect(readText(text)).toMatchObject({ status, body: '', isDone: true, mayGoOn: true });
  });

  test('after hints is the one that counts', () => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    const read = readText(`${hint}${hint}HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n`);
    expect(read).toMatchObject({ status: 503, isDone: true });
    expect(read.headers).toEqual({ 'content-length': '0' });
  });

  test('has its names in lower case, its values without blanks around, and twice is joined', () => {
    const { headers } = readText(
      `${ok}Content-LENGTH:0\r\nSet-Cookie: \t a=1 \t\r\nset-cookie: b=2\r\nX-Empty:\r\nconstructor: c\r\n__proto__: d\r\nX-Latin: \xa0\xe9\xa0\r\n\r\n`,
    );
    expect(headers).toEqual({
      'content-length': '0',
      'set-cookie': 'a=1, b=2',
      'x-empty': '',
      constructor: 'c',
      'x-latin': '\xa0\xe9\xa0',
    });
  });

  test.each([
    ['HTTP/1.1', 'Connection: close', false],
    ['HTTP/1.1', 'Connection: Keep-Alive', true],
    ['HTTP/1.1', 'X: y', true],
    ['HTTP/1.0', 'X: y', false],
    ['HTTP/1.0', 'Connection: keep-alive', true],
  ])('of %s with %s: another may follow: %s', (version, header, mayGoOn) => {
    const text = `${version} 200 OK\r\n${header}\r\nContent-Length: 0\r\n\r\n`;
    expect(readText(text)).toMatchObject({ isDone: true, mayGoOn });
  });

  test('that is followed by what nobody asked for spoils its connection', () => {
    const text = `${ok}Content-Length: 2\r\n\r\nok`;
    expect(readText(`${text}H`)).toMatchObject({ body: 'ok', isDone: true, mayGoOn: false });
  });
});

describe('what is no HTTP', () => {
  test.each([
    ['another protocol', '220 mail.example ESMTP\r\n'],
    ['another protocol, of which one byte came', 'S'],
    ['a version that is not known', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status beyond those that there are', 'HTTP/1.1 600 Much\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a change of protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'],
    ['a header without a colon', `${ok}nonsense\r\n\r\n`],
    ['a blank before the colon', `${ok}Content-Length : 2\r\n\r\nok`],
    ['a folded header', `${ok}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
    ['a zero in a header', `${ok}X: a\0b\r\nContent-Length: 0\r\n\r\n`],
    ['two lengths', `${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\nokk`],
    ['a length that is no number', `${ok}Content-Length: +2\r\n\r\nok`],
    ['a length of a hundred digits', `${ok}Content-Length: ${'9'.repeat(100)}\r\n\r\nok`],
    [
      'a length and chunks',
      `${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a chunk without a size', `${ok}Transfer-Encoding: chunked\r\n\r\n;a\r\nok\r\n`],
    ['a chunk of a negative size', `${ok}Transfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n`],
    ['a trailer without a colon', `${ok}Transfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n\r\n`],
    ['a chunk that is longer than its size', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nok\r\n`],
  ])('%s is refused', (_name, text) => {
    expect(readText(text).code).toMatch(/^HPE_/);
  });

  test.each([
    ['a head', ok + 'X: y\r\n'.repeat(10_000)],
    ['a head in one line', `${ok}X: ${'y'.repeat(20_000)}`],
    ['a line before a chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n1;${'e'.repeat(20_000)}`],
  ])('%s without end is refused, in whatever pieces it comes', (_name, text) => {
    expect(readText(text).code).toBe('UND_ERR_HEADERS_OVERFLOW');
    const pieces = cut(
      Buffer.from(text),
      Array.from({ length: 100 }, (_, at) => at * 601),
    );
    expect(read(pieces).code).toBe('UND_ERR_HEADERS_OVERFLOW');
  });
});

const usually = (right: readonly string[], wrong: readonly string[]) =>
  fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  );

/** What servers send, and what they should not. */
const answers = fc
  .tuple(
    usually(['HTTP/1.1', 'HTTP/1.0'], ['HTTP/1.2', 'http/1.1']),
    usually(
      ['200 OK', '200', '200 ', '404 Not Found', '503 Later'],
      ['204 No', '304 Not', '99 x', '600 x'],
    ),
    fc.array(
      usually(
        [
          'X-Request-Id: abc',
          'x:y',
          'X: \t y \t',
          'Set-Cookie: a',
          'Connection: close',
          'Connection: keep-alive',
          'Keep-Alive: timeout=5',
          'X: \xe9',
        ],
        ['X-\xe9: a', 'X : y', 'X: a\x01b', ' folded', 'nonsense'],
      ),
      { maxLength: 4 },
    ),
    usually(
      [
        'Content-Length: 2\r\n\r\nok',
        'Content-Length: 0\r\n\r\n',
        'content-length:2\r\n\r\nok',
        '\r\nok',
        'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
        'Transfer-Encoding: Chunked\r\n\r\n2;ext=1;b;c="d e"\r\nok\r\n0\r\nTrailer: x\r\n\r\n',
        'Transfer-Encoding: chunked\r\n\r\n02\r\nok\r\n00\r\n\r\n',
        'Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
        'Transfer-Encoding: gzip\r\n\r\nok',
      ],
      [
        'Content-Length: 5\r\n\r\nok',
        'Content-Length: 2x\r\n\r\nok',
        'Content-Length: 2\r\nContent-Length: 2\r\n\r\nok',
        'Content-Length: \r\n\r\nok',
        'Transfer-Encoding: chunked\r\n\r\n2\r\nokk\r\n0\r\n\r\n',
        'Transfer-Encoding: chunked\r\n\r\n2\r\nok',
        'Transfer-Encoding: chunked\r\n\r\ng\r\nok\r\n0\r\n\r\n',
        'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      ],
    ),
    fc.constantFrom('', '', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'),
  )
  .map(([version, status, headers, rest, hint]) =>
    Buffer.from(
      `${hint}${version} ${status}\r\n${headers.map((header) => `${header}\r\n`).join('')}${rest}`,
      'latin1',
    ),
  );

/** One byte of it is another one, or is missing. */
const spoilt = fc
  .tuple(answers, fc.nat(), fc.option(fc.constantFrom(0, 0x0a, 0x0d, 0x20, 0x3a, 0x41, 0xff)))
  .map(([bytes, at, byte]) => {
    const place = at % bytes.length;
    const rest = bytes.subarray(place + 1);
    const instead = byte === null ? Buffer.alloc(0) : Buffer.from([byte]);
    return Buffer.concat([bytes.subarray(0, place), instead, rest]);
  });

test('how it is cut into pieces makes no difference', () => {
  fc.assert(
    fc.property(
      fc.oneof(answers, spoilt),
      fc.array(fc.nat(), { maxLength: 8 }),
      (bytes, places) => {
        const whole = read([bytes], true);
        const inPieces = read(cut(bytes, places), true);
        // What followed a fault may have been read before it was seen.
        if (whole.code !== undefined) expect(inPieces.code).toBe(whole.code);
        else expect(inPieces).toEqual(whole);
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('beside undici', () => {
  let answer = Buffer.alloc(0);
  const agent = new Agent({ connections: 1, pipelining: 0, headersTimeout: 0, bodyTimeout: 0 });
  afterAll(() => agent.destroy());

  /** Undefined: undici takes it for a fault. */
  async function asUndici(url: string): Promise<Read | undefined> {
    try {
      const { statusCode, body } = await request(url, { dispatcher: agent });
      const bytes = Buffer.from(await body.arrayBuffer());
      return { status: statusCode, body: bytes.toString('latin1'), isDone: true, mayGoOn: false };
    } catch {
      return undefined;
    }
  }

  test('what it takes, and undici as well, is the same; and it takes nothing that undici does not', async () => {
    const port = await startSocketServer((socket) => socket.once('data', () => socket.end(answer)));
    const url = `http://127.0.0.1:${port}`;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(answers, spoilt), async (bytes) => {
        answer = bytes;
        const own = read([bytes], true);
        // What follows a whole answer is a fault to undici, in which the answer is lost.
        const isFollowed = read([bytes.subarray(0, -1)]).isDone;
        if (own.code !== undefined || !own.isDone || isFollowed) return;
        taken += 1;
        const { status, body } = own;
        expect(await asUndici(url)).toMatchObject({ status, body });
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});

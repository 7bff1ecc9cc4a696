// The one policy, status by status, and what it lets out of an answer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf, retryAfterMs } from '../../../src/kit/http/status.ts';
import { createMask } from '../../../src/kit/mask.ts';

const host = 'chat.example:443';

function judged(
  status: number,
  headers: Record<string, string> = {},
  body = '',
  secrets: string[] = [],
  now = 0,
) {
  return failureOf({ status, headers, body, truncated: false }, host, secrets, now);
}

/** The whole table; what is not in it falls under its class. */
const table: Record<number, [string, string]> = {
  400: ['reject_event', 'rejected'],
  401: ['reject_sink', 'auth'],
  403: ['reject_sink', 'auth'],
  404: ['reject_sink', 'bad_config'],
  405: ['reject_sink', 'bad_config'],
  407: ['reject_sink', 'auth'],
  408: ['retry', 'server_error'],
  410: ['reject_sink', 'bad_config'],
  413: ['reject_event', 'too_large'],
  422: ['reject_event', 'rejected'],
  425: ['retry', 'server_error'],
  429: ['retry', 'rate_limited'],
  501: ['reject_sink', 'bad_config'],
  504: ['retry', 'timeout'],
};
const classes: Record<number, [string, string]> = {
  3: ['reject_sink', 'bad_config'],
  4: ['reject_event', 'rejected'],
  5: ['retry', 'server_error'],
};

describe('the policy', () => {
  test('every 2xx is no failure', () => {
    for (let status = 200; status < 300; status += 1)
      expect(judged(status), `${status}`).toBeUndefined();
  });

  test('every status from 300 to 599 has the outcome and reason of the table', () => {
    for (let status = 300; status < 600; status += 1) {
      const [outcome, reason] = table[status] ?? classes[Math.floor(status / 100)]!;
      expect(judged(status), `${status}`).toMatchObject({ outcome, reason, status });
    }
  });

  test('what is no status at all is tried again', () => {
    expect(judged(700)).toMatchObject({ outcome: 'retry' });
    expect(judged(101)).toMatchObject({ outcome: 'retry' });
  });

  test('every message names host and status, and says two things in full sentences', () => {
    for (let status = 300; status < 600; status += 1) {
      expect(judged(status)!.message).toMatch(
        new RegExp(`^chat\\.example:443 answered ${status}\\. [A-Z].*\\. [A-Z].*\\.$`),
      );
    }
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T12:00:00.000Z');

  test.each([
    ['seconds', '7', 7_000],
    ['none to wait', '0', 0],
    ['a fraction', '0.25', 250],
    ['more than is clamped here', '86400', 86_400_000],
    ['blanks around', ' 5 ', 5_000],
    ['a date', 'Sun, 01 Mar 2026 12:01:30 GMT', 90_000],
    ['a date in the form of RFC 850', 'Sunday, 01-Mar-26 12:01:30 GMT', 90_000],
    ['a date in the form of asctime', 'Sun Mar  1 12:01:30 2026', 90_000],
  ])('%s is obeyed', (_name, header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  test.each([
    undefined,
    '',
    '-5',
    'soon',
    'soon 5',
    '5 s',
    '1e9',
    'Infinity',
    '9'.repeat(400),
    '2026-03-01T12:01:30Z',
    'Sun, 01 Mar 2026 11:59:00 GMT',
    'Sun, 99 Mar 2026 12:01:30 GMT',
  ])('%s is ignored', (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  });

  test('garbage gives nothing or a number that can be waited for', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const waitMs = retryAfterMs(header, now);
        expect(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0)).toBe(true);
      }),
    );
  });

  test('is a fact of the failure, whatever the status', () => {
    expect(judged(429, { 'retry-after': '3' })).toMatchObject({ retryAfterMs: 3_000 });
    expect(judged(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' })).toMatchObject({
      retryAfterMs: 9_000,
    });
  });
});

describe('the answer that a failure keeps', () => {
  const url =
    'https://ann:pass-word@chat.example/hooks/abcdefghij0123456789?sig=%2Bsignature%2Bof%2Bit&v=1';

  test('is its first 300 characters in one line without control characters', () => {
    const answer = judged(500, {}, `first\r\nsecond\u0000\u001b[31m${'💥'.repeat(400)}`)!.answer!;
    expect(answer.startsWith('first second [31m💥')).toBe(true);
    expect([...answer]).toHaveLength(300);
    expect(answer).not.toMatch(/\p{Surrogate}/u);
  });

  test('holds no given secret, nor any telling part of a secret URL, in whatever spelling', () => {
    const body = `hook ABCDEFGHIJ0123456789 of ann:pass-word, ${url}, +signature+of+it, %2Bsignature%2Bof%2Bit, token t0ken`;
    const answer = judged(400, {}, body, [url, 't0ken'])!.answer!;
    expect(answer).toBe('hook [secret] of [secret], [secret], [secret], [secret], token [secret]');
  });

  test('a secret that begins with another one is masked whole', () => {
    expect(createMask(['abcdefghij', 'abcdefghij0123456789'])('key abcdefghij0123456789')).toBe(
      'key [secret]',
    );
  });

  test('leaves the ordinary words of a URL readable', () => {
    expect(createMask([url])('see /hooks for version 1')).toBe('see /hooks for version 1');
  });

  test('a secret across the cut is masked before the cut', () => {
    const answer = judged(400, {}, `${'x'.repeat(290)}abcdefghij0123456789`, [url])!.answer!;
    expect(answer).toBe(`${'x'.repeat(290)}[secret]`);
  });

  test('a secret is masked though NUL stands within it', () => {
    expect(judged(400, {}, 'abcdefghij\u000001234\u000056789', [url])!.answer).toBe('[secret]');
  });

  test('no secret survives in any text around it', () => {
    const secret = fc
      .string({ minLength: 12, maxLength: 40 })
      .filter((text) => text.trim().length >= 12);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (token, before, after) => {
        expect(createMask([token])(before + token + after)).not.toContain(token);
      }),
    );
  });

  test('an empty secret hides nothing', () => {
    expect(judged(400, {}, 'abc', [''])!.answer).toBe('abc');
  });
});

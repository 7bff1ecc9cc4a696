// Of a source everything is tried again; when, and why, is in the answer.
import { expect, test } from 'vitest';
import { noPage, pollFailure } from '../../../src/kit/poll/failure.ts';

const nowMs = Date.parse('2026-03-01T00:00:00Z');
const asked = { host: 'api.example.com', secrets: ['s3cret-token'], nowMs };
const failing = (status: number, headers: Record<string, string> = {}, body = '') =>
  pollFailure({ status, headers, body, truncated: false }, asked);
const inTen = nowMs / 1000 + 10;

test.each([
  [401, 'auth'],
  [403, 'auth'],
  [302, 'bad_config'],
  [404, 'bad_config'],
  [400, 'rejected'],
  [407, 'auth'],
  [413, 'rejected'],
  [429, 'rate_limited'],
  [504, 'timeout'],
  [500, 'server_error'],
])('%i is %s', (status, reason) => {
  const error = failing(status);
  expect(error).toMatchObject({ outcome: 'retry', reason, status });
  expect(error?.message).toContain(`api.example.com answered ${status}: `);
});

test('a good answer is no failure', () => expect(failing(204)).toBeUndefined());

test.each([
  [429, { 'retry-after': '7' }, 7000],
  [503, { 'retry-after': 'Sun, 01 Mar 2026 00:00:09 GMT' }, 9000],
  [429, { 'retry-after': String(inTen) }, 10_000],
  [429, { 'x-ratelimit-retryafter': String(inTen) }, 10_000],
  [429, { 'x-ratelimit-reset': String(inTen * 1000) }, 10_000],
  [429, { 'x-ratelimit-reset': '3' }, 3000],
  [429, { 'retry-after': '7', 'x-ratelimit-reset': '3' }, 7000],
  [429, { 'x-ratelimit-retryafter': '1' }, 1000],
  [429, { 'x-ratelimit-retryafter': String(nowMs / 1000 - 9) }, undefined],
  [429, { 'retry-after': 'soon' }, undefined],
  [500, { 'x-ratelimit-reset': '3' }, undefined],
])('%i with %j waits %s ms', (status, headers, waitMs) => {
  const given = Object.fromEntries(Object.entries(headers).filter(([, one]) => one !== undefined));
  expect(failing(status, given as Record<string, string>)?.retryAfterMs).toBe(waitMs);
});

test('an answer that is no page is told without what it may hold', () => {
  const of = (body: string) =>
    noPage({ status: 200, headers: {}, body, truncated: false }, asked, 'is no JSON');
  expect(of('<p>s3cret-token</p>').answer).toBe('<p>[secret]</p>');
  expect(of('{"user":"ana"').answer).toBeUndefined();
  expect(of('').message).toContain('answered 200, but the answer is no JSON.');
});

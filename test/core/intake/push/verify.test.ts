// Who may push: every proof with what is right, wrong, missing, old and repeated.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeBody, judgeHead, type PushHead } from '../../../../src/core/intake/push/verify.ts';
import type { Proof, Signature } from '../../../../src/kit/proof.ts';

const [now, old] = ['the-secret-of-today-32-characters', 'the-secret-of-before-32-characters'];
const secrets = [now, old];
const head = (headers: Record<string, string>, more: Partial<PushHead> = {}): PushHead => ({
  ...{ headers: new Headers(headers), pathSecret: undefined, isByTrustedProxy: false },
  ...more,
});
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const path: Proof = { kind: 'path', secrets };
const header: Proof = { kind: 'header', header: 'x-token', secrets };
const bearer: Proof = { kind: 'header', header: 'authorization', secrets };
const user: Proof = { kind: 'basic', username: 'wazuh', secrets };
const own: Proof = { kind: 'own', secrets, judge: async () => undefined };
const certificate: Proof = { kind: 'certificate', header: 'x-client', names: ['CN=falco'] };

describe('before the body', () => {
  test('one that the source judges needs the path first', () => {
    expect(judgeHead(own, head({}, { pathSecret: now }))).toBe('later');
    expect(judgeHead(own, head({}))).toMatchObject({ why: expect.stringMatching(/missing/) });
    expect(judgeHead(own, head({}, { pathSecret: 'x' }))).toMatchObject({
      why: expect.any(String),
    });
  });

  test.each<[string, Proof, PushHead]>([
    ['a secret in the path', path, head({}, { pathSecret: now })],
    ['the secret before it', path, head({}, { pathSecret: old })],
    ['a header', header, head({ 'x-token': now })],
    ['Bearer', bearer, head({ authorization: `Bearer ${now}` })],
    ['bearer in small letters', bearer, head({ authorization: `bearer ${now}` })],
    ['Basic', user, head({ authorization: basic(`wazuh:${now}`) })],
    [
      'basic in small letters',
      user,
      head({ authorization: basic(`wazuh:${now}`).replace('B', 'b') }),
    ],
    ['a certificate', certificate, head({ 'x-client': 'CN=falco' }, { isByTrustedProxy: true })],
  ])('%s proves it', (_what, proof, given) => expect(judgeHead(proof, given)).toBe('proved'));

  test.each<[string, Proof, PushHead, RegExp]>([
    ['no path', path, head({}), /path is missing/],
    ['another path', path, head({}, { pathSecret: `${now}x` }), /not the one/],
    ['an empty path', path, head({}, { pathSecret: '' }), /not the one/],
    ['the beginning of the secret', header, head({ 'x-token': now.slice(0, -1) }), /not the one/],
    ['the secret in another header', header, head({ authorization: now }), /x-token is missing/],
    ['Bearer in another header', header, head({ 'x-token': `Bearer ${now}` }), /not the one/],
    ['both secrets', header, head({ 'x-token': `${now}, ${old}` }), /not the one/],
    ['another user', user, head({ authorization: basic(`root:${now}`) }), /not the one/],
    ['Basic without base64', user, head({ authorization: 'Basic ???' }), /missing/],
    [
      'a certificate from anybody',
      certificate,
      head({ 'x-client': 'CN=falco' }),
      /TRUSTED_PROXIES/,
    ],
    [
      'another certificate',
      certificate,
      head({ 'x-client': 'CN=other' }, { isByTrustedProxy: true }),
      /not the one/,
    ],
  ])('%s does not, and the reason holds no secret', (_what, proof, given, reason) => {
    const verdict = judgeHead(proof, given);
    expect(verdict).toEqual({ why: expect.stringMatching(reason) });
    expect(JSON.stringify(verdict)).not.toContain('the-secret');
  });
});

const body = Buffer.from('{"a":"ก"}');
const usual: Signature = {
  ...{ header: 'x-sig', algorithm: 'sha256', encoding: 'hex', prefix: '', signed: '{body}' },
  ...{ toleranceMs: 300_000, key: 'text' },
};
const nowMs = Date.UTC(2026, 2, 1);
const seconds = String(nowMs / 1000);
const hmac = (text: string | Buffer, key: string | Buffer = now) =>
  createHmac('sha256', key).update(text);
const signedBy = (
  more: Partial<Signature>,
  given: Record<string, string>,
  bytes = body,
  key = secrets,
) =>
  judgeBody(
    { kind: 'signature', signature: { ...usual, ...more }, secrets: key },
    { headers: new Headers(given), body: bytes },
    nowMs,
  );

describe('a signature', () => {
  const raw = Buffer.alloc(24, 7);
  test.each<[string, Partial<Signature>, Record<string, string>, string[]?]>([
    ['of the body', {}, { 'x-sig': hmac(body).digest('hex') }],
    ['in capital letters', {}, { 'x-sig': hmac(body).digest('hex').toUpperCase() }],
    ['by the secret before', {}, { 'x-sig': hmac(body, old).digest('hex') }],
    ['of GitHub', { prefix: 'sha256=' }, { 'x-sig': `sha256=${hmac(body).digest('hex')}` }],
    [
      'of PagerDuty, one of two',
      { prefix: 'v1=', separator: ',' },
      { 'x-sig': `v1=${'0'.repeat(64)}, v1=${hmac(body).digest('hex')}` },
    ],
    [
      'of Grafana',
      { signed: '{timestamp}:{body}', timestampHeader: 'x-time' },
      { 'x-time': seconds, 'x-sig': hmac(`${seconds}:${body}`).digest('hex') },
    ],
    [
      'of Standard Webhooks',
      {
        ...{ signed: '{id}.{timestamp}.{body}', idHeader: 'webhook-id', prefix: 'v1,' },
        ...{
          timestampHeader: 'webhook-timestamp',
          separator: ' ',
          encoding: 'base64',
          key: 'whsec',
        },
      },
      {
        ...{ 'webhook-id': 'msg_1', 'webhook-timestamp': seconds },
        'x-sig': `v1a,zz v1,${hmac(`msg_1.${seconds}.${body}`, raw).digest('base64')}`,
      },
      [`whsec_${raw.toString('base64')}`],
    ],
    [
      'by a key in hexadecimal digits',
      { key: 'hex' },
      { 'x-sig': hmac(body, raw).digest('hex') },
      [raw.toString('hex')],
    ],
    [
      'in base64 without its end',
      { encoding: 'base64', algorithm: 'sha512' },
      { 'x-sig': createHmac('sha512', now).update(body).digest('base64').replace(/=+$/, '') },
    ],
    [
      'with a time in milliseconds',
      { signed: '{timestamp}{body}', timestampHeader: 'x-time' },
      { 'x-time': String(nowMs), 'x-sig': hmac(`${nowMs}${body}`).digest('hex') },
    ],
    [
      'of CrowdStrike, with a time in words',
      { signed: '{body}{timestamp}', timestampHeader: 'x-time', encoding: 'base64' },
      {
        'x-time': '2026-03-01T00:01:00Z',
        'x-sig': hmac(`${body}2026-03-01T00:01:00Z`).digest('base64'),
      },
    ],
  ])('%s proves it', (_what, form, given, key = secrets) => {
    expect(signedBy(form, given, body, key)).toBe('proved');
    expect(signedBy(form, given, Buffer.from(`${body} `), key)).toMatchObject({
      why: expect.stringContaining('fits'),
    });
    expect(signedBy(form, given, body, ['another-secret-of-32-characters!'])).toMatchObject({
      why: expect.stringContaining('fits'),
    });
  });

  const timed = { signed: '{timestamp}.{body}', timestampHeader: 'x-time' };
  const at = (time: string) => ({ 'x-time': time, 'x-sig': hmac(`${time}.${body}`).digest('hex') });
  test.each([
    ['as old as is allowed', String(nowMs / 1000 - 300), undefined],
    ['a second older', String(nowMs / 1000 - 301), /more than 300 s from ours/],
    ['from the future', String(nowMs / 1000 + 301), /more than 300 s from ours/],
    ['without a time', 'soon', /holds no time/],
  ])('%s is judged by its time', (_what, time, reason) => {
    const verdict = signedBy(timed, at(time));
    expect(verdict).toEqual(reason ? { why: expect.stringMatching(reason) } : 'proved');
  });

  test('without the header of its time or its id is refused', () => {
    expect(signedBy(timed, { 'x-sig': 'aa' })).toEqual({ why: 'the header x-time is missing' });
    const named = { signed: '{id}{body}', idHeader: 'x-id' };
    expect(signedBy(named, { 'x-sig': 'aa' })).toEqual({ why: 'the header x-id is missing' });
  });

  test('with another prefix is refused', () => {
    const given = { 'x-sig': `sha512=${hmac(body).digest('hex')}` };
    expect(signedBy({ prefix: 'sha256=' }, given)).not.toBe('proved');
  });

  test('is looked for among the first ten', () => {
    const right = hmac(body).digest('hex');
    const behind = (count: number) => ({ 'x-sig': `${'aa,'.repeat(count)}${right}` });
    expect(signedBy({ separator: ',' }, behind(9))).toBe('proved');
    expect(signedBy({ separator: ',' }, behind(10))).not.toBe('proved');
  });

  test('is looked for in the head', () => {
    const proof: Proof = { kind: 'signature', signature: usual, secrets };
    expect(judgeHead(proof, head({}))).toEqual({ why: expect.stringContaining('x-sig') });
    expect(judgeHead(proof, head({ 'x-sig': '' }))).toBe('later');
    for (const text of ['', 'v1=', '💥', '\u00ff'.repeat(8)])
      expect(signedBy({ separator: ',' }, { 'x-sig': encodeURIComponent(text) })).not.toBe(
        'proved',
      );
  });
});

test('what is secret is compared in constant time alone', () => {
  const source = readFileSync(
    new URL('../../../../src/core/intake/push/verify.ts', import.meta.url),
    'utf8',
  );
  expect(source.match(/timingSafeEqual\(/g)).toHaveLength(1);
});

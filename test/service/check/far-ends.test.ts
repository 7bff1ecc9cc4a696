// What check finds out by asking a source or a sink, and that it is always an answer.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { tryOutSink, tryOutSource } from '../../../src/service/check/far-ends.ts';

const nowMs = Date.parse('2026-03-01T00:00:00Z');
const accepts = 'answers, and accepts what it is configured with';

const timeout = Object.assign(new Error('aborted'), { name: 'TimeoutError' });
const refusals: [string, Error, string][] = [
  ['an adapter', new AdapterError('reject_sink', 'auth', 'the key is wrong'), 'the key is wrong'],
  ['a time-out', timeout, 'gave no answer within 20 seconds'],
  ['a defect', new TypeError('x is undefined'), 'x is undefined'],
];

describe('a source', () => {
  const found = (source: Parameters<typeof tryOutSource>[0]['source']) =>
    tryOutSource({ id: 'a', source }, nowMs);

  test('that has no check is fine, as nothing can be tried', async () => {
    expect(await found({})).toEqual([
      { status: 'ok', kind: 'source', id: 'a', text: 'has nothing to try out' },
    ]);
  });

  test('that answers is fine, and a remark of it is a warning', async () => {
    expect(await found({ check: async () => undefined })).toEqual([
      { status: 'ok', kind: 'source', id: 'a', text: accepts },
    ]);
    expect(await found({ check: async () => 'one stream is off' })).toEqual([
      { status: 'warn', kind: 'source', id: 'a', text: 'answers, but one stream is off' },
    ]);
  });

  test.each(refusals)('that fails says it in the words of %s', async (_title, error, text) => {
    expect(await found({ check: () => Promise.reject(error) })).toEqual([
      { status: 'failed', kind: 'source', id: 'a', text },
    ]);
  });

  test('is called as its own method', async () => {
    class Real {
      #remark = 'that is mine';
      async check() {
        return this.#remark;
      }
    }
    expect(await found(new Real())).toMatchObject([{ text: 'answers, but that is mine' }]);
  });

  const day = 86_400_000;
  test.each<[string, number, string | undefined, string | undefined]>([
    ['15 days', nowMs + 15 * day, undefined, undefined],
    ['14 days to the millisecond', nowMs + 14 * day, undefined, undefined],
    ['a millisecond less', nowMs + 14 * day - 1, 'warn', 'ends on 2026-03-14, in 13 days'],
    ['a millisecond', nowMs + 1, 'warn', 'ends on 2026-03-01, in 0 days'],
    ['no time at all', nowMs, 'failed', 'ended on 2026-03-01'],
    ['less than none', nowMs - day, 'failed', 'ended on 2026-02-28'],
  ])('whose credential has %s left', async (_title, endsAtMs, status, text) => {
    const [, expiry] = await found({
      check: async () => undefined,
      credentialExpiresAt: () => endsAtMs,
    });
    expect(expiry?.status).toBe(status);
    expect(expiry?.text).toBe(text && `its credential ${text}. Create a new one and replace it.`);
  });

  test('whose credential has ended is tried out all the same', async () => {
    const check = () => Promise.reject(new AdapterError('reject_sink', 'auth', 'refused'));
    const findings = await found({ check, credentialExpiresAt: () => nowMs });
    expect(findings.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });
});

describe('a sink', () => {
  const found = (sink: Parameters<typeof tryOutSink>[0]['sink'], settings: unknown[] = []) =>
    tryOutSink({ id: 'soc', sink }, settings);

  test('that cannot look at itself in detail is asked for its check', async () => {
    expect(await found({ check: async () => {} })).toEqual([
      { status: 'ok', kind: 'sink', id: 'soc', text: accepts },
    ]);
    expect(await found({})).toMatchObject([{ status: 'ok', text: 'has nothing to try out' }]);
  });

  test('that can is not asked twice, and each remark is a warning of its own', async () => {
    const sink = {
      check: () => Promise.reject(new Error('asked twice')),
      inspect: async (_signal: AbortSignal, settings: readonly unknown[]) => ({
        tested: 'answers',
        remarks: settings.map((one) => `has no channel ${one}`),
      }),
    };
    expect(await found(sink, ['x', 'y'])).toEqual([
      { status: 'ok', kind: 'sink', id: 'soc', text: 'answers' },
      { status: 'warn', kind: 'sink', id: 'soc', text: 'has no channel x' },
      { status: 'warn', kind: 'sink', id: 'soc', text: 'has no channel y' },
    ]);
  });

  test.each(refusals)('that fails says it in the words of %s', async (_title, error, text) => {
    const failed = [{ status: 'failed', kind: 'sink', id: 'soc', text }];
    expect(await found({ check: () => Promise.reject(error) })).toEqual(failed);
    expect(await found({ inspect: () => Promise.reject(error) })).toEqual(failed);
  });
});

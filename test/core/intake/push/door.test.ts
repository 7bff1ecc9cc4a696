// The door of a source on a real Postgres: nothing is answered 2xx that is not stored, and whatever is
// wrong has its own answer.
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type PushDependencies, SourceDoor } from '../../../../src/core/intake/push/door.ts';
import { AdapterError } from '../../../../src/kit/errors.ts';
import type { Proof, Signature } from '../../../../src/kit/proof.ts';
import type { PushCall } from '../../../../src/kit/push-door.ts';
import { unrecognisedItem } from '../../../../src/kit/pushed-item.ts';
import type { PushedAct, PushSource } from '../../../../src/kit/source.ts';
import { createMetrics } from '../../../../src/observe/metrics/index.ts';
import { resetSource } from '../../../../src/store/cursors.ts';
import type { Database } from '../../../../src/store/database.ts';
import { draft, quiet, toSoc, useDatabase } from '../../../store/stored.ts';

const database = useDatabase();
const secret = 'a-secret-of-32-random-characters';
const noSilences = { current: async () => ({ silences: [], atMs: 0 }) };

/** Of each line an event; `!` is an item that nobody understands, `#` an act, `broken` no body. */
const source: PushSource = {
  ...{ kind: 'push', proof: { kind: 'path', secrets: [secret] }, bodyBytesMax: 1000 },
  perSecond: 1000,
  answer: ({ method, query }) =>
    method === 'GET' && query.has('hello')
      ? { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hello' }
      : undefined,
  parse({ body }) {
    const text = new TextDecoder().decode(body);
    if (text === 'broken')
      throw new AdapterError('reject_event', 'malformed', 'The body is no list.');
    if (text === 'defect') throw new TypeError('x is undefined');
    const lines = text.split('\n').filter(Boolean);
    const acts = lines
      .filter((line) => line.startsWith('#'))
      .map(
        (line): PushedAct => ({
          kind: 'resolved',
          id: line,
          event: Number(line.slice(1)),
          person: 'ana',
        }),
      );
    const events = lines
      .filter((line) => !line.startsWith('#'))
      .map((line) => (line === '!' ? unrecognisedItem('"!"', 'event') : draft(line)));
    return { events, acts };
  },
};

function doorOn(db: Database, more: Partial<PushDependencies> = {}) {
  const metrics = createMetrics({
    ...{ version: '1', sinks: [], roles: [] },
    sources: [{ id: 'siem', isPushed: true }],
  });
  const door = new SourceDoor({
    ...{ id: 'siem', source, db, routes: toSoc, silences: noSilences, metrics, log: quiet },
    ...{ now: Date.now, isTrustedProxy: () => false, isReady: () => true },
    ...more,
  });
  const call = (
    body: string | Awaited<ReturnType<PushCall['body']>>,
    more: Partial<PushCall> = {},
  ) =>
    door.take({
      ...{ method: 'POST', headers: new Headers(), query: new URLSearchParams() },
      ...{ pathSecret: secret, peer: '192.0.2.1', address: '192.0.2.1' },
      body: async () =>
        typeof body === 'string' && body !== 'too_large' && body !== 'broken off'
          ? Buffer.from(body)
          : (body as never),
      ...more,
    });
  const counted = async (outcome: string) => {
    const [, count] =
      new RegExp(`tocsin_source_pushes_total.source="siem",outcome="${outcome}". (\\d+)`).exec(
        await metrics.expose(),
      ) ?? [];
    return Number(count);
  };
  return { door, call, counted, metrics };
}

const stored = async () =>
  (
    await database().$client`select external_id, type from events where source = 'siem' order by id`
  ).map((row) => [row.external_id, row.type]);
const usual = (id: string) => [id, 'STATIC_ANALYSIS'];

describe('what is pushed', () => {
  test('is stored with its deliveries when it is answered', async () => {
    const offered: string[] = [];
    const lanes = {
      offer: (fresh: ReadonlyMap<string, unknown>) => void offered.push(...fresh.keys()),
    };
    const { call, door, counted } = doorOn(database(), { lanes });
    expect(await call('1\n2')).toEqual({ status: 202 });
    expect(await stored()).toEqual([usual('1'), usual('2')]);
    const due = await database().$client`select sink from deliveries where state = 'pending'`;
    expect(due).toHaveLength(2);
    expect(offered).toEqual(['soc']);
    expect(door.facts()).toMatchObject({ lastSuccessAt: expect.any(String), lastError: null });
    expect(await counted('accepted')).toBe(1);
  });

  test('again is answered alike, and stored once', async () => {
    const [first, second] = [doorOn(database()), doorOn(database())];
    const calls = Array.from({ length: 20 }, (_, n) => (n % 2 ? first : second).call('1\n1\n2'));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(await stored()).toEqual([usual('1'), usual('2')]);
  });

  test('has its bad items kept beside the good ones', async () => {
    expect(await doorOn(database()).call('1\n!\n2')).toEqual({ status: 202 });
    expect((await stored()).map(([, type]) => type)).toEqual([
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
      'STATIC_ANALYSIS',
    ]);
  });

  test('may be nothing, for which nobody asks the database', async () => {
    expect(await doorOn({} as Database).call('')).toEqual({ status: 202 });
  });

  test('may be as much as one transaction takes, and may be put', async () => {
    const { call } = doorOn(database());
    expect(await call('1\n'.repeat(10_000).slice(0, 999), { method: 'PUT' })).toEqual({
      status: 202,
    });
    const most = Buffer.from('1\n'.repeat(10_000));
    const larger = { ...source, bodyBytesMax: most.length };
    const whole = doorOn(database(), { source: larger });
    expect(await whole.call('', { body: async () => most })).toEqual({ status: 202 });
    expect(await stored()).toEqual([usual('1')]);
  });

  test('after a reset is new again', async () => {
    const { call } = doorOn(database());
    await call('1');
    await resetSource(database(), 'siem', 'siem');
    await resetSource(database(), 'siem');
    expect(await call('1')).toEqual({ status: 202 });
    expect(await stored()).toEqual([usual('1'), usual('g2/1')]);
  });

  test('that somebody did is done after the events are stored', async () => {
    const acts: unknown[] = [];
    const act: PushDependencies['act'] = async (from, one) => {
      acts.push([from, one.event, (await stored()).length]);
    };
    expect(await doorOn(database(), { act }).call('1\n#17')).toEqual({ status: 202 });
    expect(acts).toEqual([['siem', 17, 1]]);
  });
});

describe('a request', () => {
  const refused = (status: number) => expect.objectContaining({ status });
  test.each<[string, string, Partial<PushCall>, number, string]>([
    ['without its proof', '1', { pathSecret: undefined }, 401, 'unproved'],
    ['with a wrong proof', '1', { pathSecret: 'x' }, 401, 'unproved'],
    ['too large', 'too_large', {}, 413, 'too_large'],
    [
      'too large once it is unpacked',
      '',
      {
        headers: new Headers({ 'content-encoding': 'gzip' }),
        body: async () => gzipSync(Buffer.alloc(1001)),
      },
      413,
      'too_large',
    ],
    ['that breaks off', '', { body: async () => 'broken' }, 400, 'malformed'],
    [
      'packed in an unknown way',
      '1',
      { headers: new Headers({ 'content-encoding': 'zstd' }) },
      415,
      'malformed',
    ],
    ['with more events than one transaction takes', 'x\n'.repeat(10_001), {}, 413, 'too_large'],
    ['that is not what the product sends', 'broken', {}, 400, 'malformed'],
    ['on which our code fails', 'defect', {}, 503, 'unavailable'],
  ])(
    '%s is refused, stores nothing, and is counted',
    async (_what, body, more, status, outcome) => {
      const { call, counted, door } = doorOn(database());
      const reply = await call(body, more);
      expect(reply).toEqual(refused(status));
      expect(await stored()).toEqual([]);
      expect(await counted(outcome)).toBe(1);
      expect(door.facts().lastError).toMatchObject({ message: expect.any(String) });
      if (status === 413) expect(door.facts().lastError).toMatchObject({ reason: 'too_large' });
      expect(JSON.stringify([reply, door.facts()])).not.toContain(secret);
      expect(reply.headers?.['retry-after'] !== undefined).toBe(status === 503);
    },
  );

  test('that asks something is answered, once it has proved who asks', async () => {
    const { call } = doorOn(database());
    const query = new URLSearchParams('hello');
    expect(await call('', { method: 'GET', query })).toMatchObject({ status: 200, body: 'hello' });
    expect(await call('', { method: 'GET', query, pathSecret: 'x' })).toEqual(refused(401));
    expect(await call('', { method: 'GET' })).toEqual({
      status: 405,
      headers: { allow: 'POST, PUT' },
    });
  });

  test('with a signature is stored if that fits its body', async () => {
    const signature: Signature = {
      ...{ header: 'x-sig', algorithm: 'sha256', encoding: 'hex', prefix: '', signed: '{body}' },
      ...{ toleranceMs: 300_000, key: 'text' },
    };
    const proof: Proof = { kind: 'signature', signature, secrets: [secret] };
    const { call, counted } = doorOn(database(), { source: { ...source, proof } });
    const signed = (text: string) => ({
      headers: new Headers({ 'x-sig': createHmac('sha256', secret).update(text).digest('hex') }),
    });
    expect(await call('1', signed('2'))).toMatchObject({
      ...{ status: 401, headers: { 'www-authenticate': expect.any(String) } },
    });
    expect([await stored(), await counted('unproved')]).toEqual([[], 1]);
    expect(await call('1', signed('1'))).toEqual({ status: 202 });
  });

  test('with a certificate is believed from the proxy that calls, whoever that names', async () => {
    const proof = { kind: 'certificate', header: 'x-client', names: ['CN=falco'] } as const;
    const isTrustedProxy = (address: string) => address === '192.0.2.1';
    const { call } = doorOn(database(), { source: { ...source, proof }, isTrustedProxy });
    const headers = new Headers({ 'x-client': 'CN=falco' });
    const [proxy, other] = ['192.0.2.1', '203.0.113.9'];
    expect(await call('1', { headers, peer: proxy, address: other })).toEqual({ status: 202 });
    expect(await call('1', { headers, peer: other, address: proxy })).toEqual(refused(401));
  });

  test.each(['GET', 'HEAD'])('%s has no body, and nobody waits for one', async (method) => {
    const body = () => Promise.reject(new Error('read'));
    expect(await doorOn(database()).call('', { method, body })).toEqual(refused(405));
  });

  test('from elsewhere than the networks of the source is refused', async () => {
    const { call } = doorOn(database(), { source: { ...source, from: ['198.51.100.0/24'] } });
    expect(await call('1')).toEqual(refused(401));
    expect(await call('1', { address: '198.51.100.7' })).toEqual({ status: 202 });
  });

  test('beyond the rate comes back later', async () => {
    const { call, counted } = doorOn(database(), { source: { ...source, perSecond: 0.5 } });
    expect(await call('1')).toEqual({ status: 202 });
    expect(await call('2')).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
    expect(await counted('rate_limited')).toBe(1);
    // Whoever proves nothing takes none of it.
    expect(await call('2', { pathSecret: 'x' })).toEqual(refused(401));
  });

  test.each([
    [90_500, '91'],
    [86_400_000, '3600'],
  ])('while the source is paused for %i ms comes back after %s s', async (ms, seconds) => {
    const controls = {
      of: () => ({ pausedMs: () => ms, pollAskedAt: () => null, watch: () => () => {} }),
    };
    expect(await doorOn(database(), { controls }).call('1')).toMatchObject({
      status: 503,
      headers: { 'retry-after': seconds },
    });
  });
});

describe('a proof that the source judges', () => {
  const ownDoor = (judge: () => Promise<string | undefined>) =>
    doorOn(database(), { source: { ...source, proof: { kind: 'own', secrets: [secret], judge } } });

  test('lets in what it finds right, and what has the path alone', async () => {
    let judged = 0;
    const { call } = ownDoor(async () => {
      judged += 1;
      return undefined;
    });
    expect(await call('1')).toEqual({ status: 202 });
    expect(await call('2', { pathSecret: 'x' })).toMatchObject({ status: 401 });
    expect(judged).toBe(1);
    expect(await stored()).toEqual([usual('1')]);
  });

  test.each<[string, () => Promise<string>, number]>([
    ['wrong', async () => 'its signature is wrong', 401],
    [
      'of nobody, for now',
      async () => Promise.reject(new AdapterError('retry', 'timeout', 'No key came.')),
      503,
    ],
    [
      'of no message',
      async () => Promise.reject(new AdapterError('reject_event', 'malformed', 'It is none.')),
      400,
    ],
    ['of a defect', async () => Promise.reject(new TypeError('x is undefined')), 503],
  ])('stores nothing of what is %s', async (_, judge, status) => {
    const reply = await ownDoor(judge).call('1');
    expect(reply).toMatchObject({ status });
    expect(reply.headers?.['retry-after'] !== undefined).toBe(status === 503);
    expect(await stored()).toEqual([]);
  });

  test('an answer that fails makes the sender come back', async () => {
    const answer = async () => Promise.reject(new AdapterError('retry', 'timeout', 'It hung.'));
    const { call } = doorOn(database(), { source: { ...source, answer } });
    expect(await call('1')).toMatchObject({ status: 503 });
    expect(await stored()).toEqual([]);
  });
});

describe('a database', () => {
  test('that is not ready, or fails, is a 503, and nothing is half-stored', async () => {
    expect(await doorOn(database(), { isReady: () => false }).call('1')).toMatchObject({
      status: 503,
      headers: { 'retry-after': '30' },
    });
    const trace = { read() {}, storing() {}, stored() {}, failed: vi.fn(), parent: undefined };
    const tracing = { page: () => trace } as unknown as NonNullable<PushDependencies['tracing']>;
    const { call, counted } = doorOn(database(), { tracing });
    const { $client: client } = database();
    await client.unsafe(`create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'No space left' using errcode = 'disk_full'; end $$`);
    await client.unsafe(
      'create trigger refuse before insert on deliveries for each row execute function refuse()',
    );
    try {
      expect(await call('1\n2')).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
      expect(await stored()).toEqual([]);
    } finally {
      await client.unsafe('drop function refuse cascade');
    }
    expect(trace.failed).toHaveBeenCalledExactlyOnceWith({ reason: 'database' });
    expect(await call('1\n2')).toEqual({ status: 202 });
    expect(await counted('unavailable')).toBe(1);
  });

  test('in which an act fails makes the sender come back', async () => {
    let fails = true;
    const act: PushDependencies['act'] = async () => {
      if (fails) throw new Error('gone');
    };
    const told: string[] = [];
    const writes = {
      failed: (writer: string) => void told.push(`${writer} failed`),
      passed: (writer: string) => void told.push(`${writer} passed`),
      problem: () => undefined,
    };
    const { call } = doorOn(database(), { act, writes });
    expect(await call('1\n#17')).toMatchObject({ status: 503 });
    fails = false;
    expect(await call('1\n#17')).toEqual({ status: 202 });
    expect(await stored()).toEqual([usual('1')]);
    expect(told).toEqual(['source:siem failed', 'source:siem passed']);
  });

  test('that does not answer in time makes the sender come back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const act: PushDependencies['act'] = () => {
      setImmediate(() => vi.advanceTimersByTime(8000));
      return new Promise(() => {});
    };
    expect(await doorOn(database(), { act }).call('#17')).toEqual(
      expect.objectContaining({ status: 503 }),
    );
  });
});

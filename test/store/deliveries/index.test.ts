// What is due, what became of it, what is dead, on a real Postgres.

import { describe, expect, test } from 'vitest';
import { deliveryBackoff } from '../../../src/core/loops/backoff.ts';
import type { Severity } from '../../../src/kit/event.ts';
import type { FailedAttempt } from '../../../src/kit/records/delivery.ts';
import {
  countDeliveries,
  recordDelivered,
  recordFailed,
  redriveDead,
  restoreDeliveries,
  takeDue,
  takeRandomDue,
} from '../../../src/store/deliveries/index.ts';
import { draft, drafts, hold, storePage, useDatabase } from '../stored.ts';

const database = useDatabase();
const both = [{ name: 'default', minSeverity: 1 as const, to: ['soc', 'boss'] }];

/** Stores these for both sinks. @returns their ids, in order */
async function stored(events = drafts(1, 3)): Promise<number[]> {
  const page = await storePage(database(), { routes: both, events });
  return page!.events.map(({ id }) => id);
}

const failure = (eventId: number, more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  eventId,
  attempts: 1,
  state: 'pending',
  delayMs: 0,
  form: 'full',
  outcome: 'retry',
  reason: 'server_error',
  status: 500,
  durationMs: 12,
  answer: 'oops',
  ...more,
});
const success = (eventId: number, afterFailure = false) => ({
  eventId,
  afterFailure,
  durationMs: 7.6,
});
const dueIds = async (sink = 'soc', limit = 100, excluded: Iterable<number> = []) =>
  (await takeDue(database(), { sink, limit, excluded })).map(({ event }) => event.id);
const randomId = async (excluded: Iterable<number> = []) =>
  (await takeRandomDue(database(), 'soc', excluded))?.event.id;
const statesOf = async (sink: string) =>
  (
    await database().$client`select state from deliveries where sink = ${sink} order by event_id`
  ).map((row) => row.state);

describe('what is due', () => {
  test('comes most urgent first and oldest first within a severity, also when there is more than asked for', async () => {
    const severities: Severity[] = [2, 5, 3, 5, 4, 0, 1];
    const [low, critical, medium, critical2, high, unknown, info] = await stored(
      severities.map((severity, n) => draft(n, { severity })),
    );
    const inOrder = [critical, critical2, high, unknown, medium, low, info];
    for (const limit of [1, 2, 3, 4, 7])
      expect(await dueIds('soc', limit)).toEqual(inOrder.slice(0, limit));
  });

  test('is also what is further ahead than anything waits, for the clock went back', async () => {
    const [waits, ahead] = await stored(drafts(1, 2));
    const lease = await hold(database(), 'sink:x');
    const longestMs = deliveryBackoff.maxMs * 1.2;
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: [waits!, ahead!].map((id) => failure(id, { delayMs: longestMs })),
    });
    expect([await dueIds(), await randomId()]).toEqual([[], undefined]);
    await database()
      .$client`update deliveries set scheduled_at = scheduled_at + interval '1 hour' where event_id = ${ahead!}`;
    expect([await dueIds(), await randomId()]).toEqual([[ahead], ahead]);
  });

  test('is never written further ahead than that', async () => {
    const [id] = await stored(drafts(1, 1));
    const lease = await hold(database(), 'sink:x');
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: [failure(id!, { delayMs: 86_400_000 })],
    });
    expect(await dueIds()).toEqual([]);
  });

  test('leaves out what is excluded, what is later, and other sinks', async () => {
    const [first, second, third] = await stored();
    const lease = await hold(database(), 'sink:x');
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: [failure(second!, { delayMs: 3_600_000 })],
    });
    expect(await dueIds()).toEqual([first, third]);
    expect(await dueIds('soc', 100, [first!])).toEqual([third]);
    expect(await dueIds('boss')).toEqual([first, second, third]);
    const counts = await countDeliveries(database());
    expect(counts.sort((a, b) => a.sink.localeCompare(b.sink))).toMatchObject([
      { sink: 'boss', pending: 3, grouped: 0 },
      { sink: 'soc', pending: 3, grouped: 0 },
    ]);
  });

  test('is counted, and what waits in a group; the age of the oldest and of the oldest urgent one leaves that out', async () => {
    const severities: Severity[] = [2, 4, 4, 5];
    const ids = await stored(severities.map((severity, n) => draft(n, { severity })));
    const [, held, high, critical] = ids;
    const { $client: sql } = database();
    for (const [n, id] of ids.entries())
      await sql`update events set received_at = now() - make_interval(hours => ${4 - n}) where id = ${id}`;
    await sql`update deliveries set priority = 11, group_key = 'g' where event_id = ${held!}`;
    const hours = async () => {
      const soc = (await countDeliveries(database())).find(({ sink }) => sink === 'soc')!;
      return [soc.oldestPendingSeconds, soc.oldestUrgentSeconds].map((seconds) =>
        Math.round(seconds / 3600),
      );
    };
    const deliver = (id: number) =>
      sql`update deliveries set state = 'delivered', finalized_at = now() where event_id = ${id}`;
    expect(await hours()).toEqual([4, 2]);
    await deliver(high!);
    expect(await hours()).toEqual([4, 1]);
    await deliver(critical!);
    expect(await hours()).toEqual([4, 0]);
    await deliver(ids[0]!);
    expect(await hours()).toEqual([0, 0]);
    expect(
      (await countDeliveries(database()))
        .map(({ sink, pending, grouped }) => [sink, pending, grouped])
        .sort(),
    ).toEqual([
      ['boss', 1, 1],
      ['soc', 1, 1],
    ]);
  });

  test('at a random place is rather one that was never tried, and now and then another one', async () => {
    const all = await stored(drafts(1, 12));
    const lease = await hold(database(), 'sink:x');
    const tried = all.slice(0, 11);
    await recordFailed(database(), lease, { sink: 'soc', failed: tried.map((id) => failure(id)) });
    for (let n = 0; n < 5; n += 1) expect(await randomId()).toBe(all[11]);
    const found = new Set<number | undefined>();
    for (let n = 0; n < 40; n += 1) found.add(await randomId(all.slice(11)));
    expect(found.size).toBeGreaterThan(2);
  });

  test('at a random place is of any severity, and is none that is excluded, held or of another sink', async () => {
    const [low, high] = await stored([draft(1, { severity: 2 }), draft(2, { severity: 4 })]);
    await database()
      .$client`update deliveries set priority = 13, digest_id = 7 where event_id = ${low!} and sink = 'soc'`;
    for (let n = 0; n < 5; n += 1) expect(await randomId()).toBe(high);
    expect(await randomId([high!])).toBeUndefined();
    await database()
      .$client`update deliveries set priority = 3, digest_id = null where sink = 'soc'`;
    const found = new Set<number | undefined>();
    for (let n = 0; n < 30; n += 1) found.add(await randomId());
    expect(found).toEqual(new Set([low, high]));
  });

  test('is nothing that is held', async () => {
    const [first, second] = await stored(drafts(1, 2));
    await database()
      .$client`update deliveries set priority = 12, group_key = 'g' where event_id = ${first!} and sink = 'soc'`;
    expect(await dueIds()).toEqual([second]);
  });
});

describe('what was delivered', () => {
  test('counts once, whoever reports it, and for its sink alone', async () => {
    const [first, second] = await stored();
    expect(await recordDelivered(database(), 'soc', [success(first!), success(second!)])).toBe(2);
    expect(await recordDelivered(database(), 'soc', [success(first!), success(second!)])).toBe(0);
    expect(await statesOf('soc')).toEqual(['delivered', 'delivered', 'pending']);
    expect(await statesOf('boss')).toEqual(['pending', 'pending', 'pending']);
  });

  test('is delivered also if it was given up meanwhile', async () => {
    const [first] = await stored();
    const lease = await hold(database(), 'sink:x');
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: [failure(first!, { state: 'dead' })],
    });
    expect(await recordDelivered(database(), 'soc', [success(first!)])).toBe(1);
    expect(
      await database()
        .$client`select state, reason from deliveries where event_id = ${first!} and sink = 'soc'`,
    ).toEqual([{ state: 'delivered', reason: null }]);
  });

  test('is noted among the attempts only if some had failed', async () => {
    const [first, second] = await stored();
    await recordDelivered(database(), 'soc', [success(first!), success(second!, true)]);
    const rows = await database()
      .$client`select event_id, sink, outcome, duration_ms from delivery_attempts`;
    expect(rows).toEqual([{ event_id: second, sink: 'soc', outcome: 'delivered', duration_ms: 8 }]);
  });
});

describe('what failed', () => {
  test('is noted with the answer, counts for its sink alone, and comes back in its new form', async () => {
    const [first] = await stored();
    const lease = await hold(database(), 'sink:x');
    expect(
      await recordFailed(database(), lease, {
        sink: 'soc',
        failed: [failure(first!, { form: 'bare', attempts: 4 })],
      }),
    ).toEqual([]);
    const [due] = await takeDue(database(), { sink: 'soc', limit: 1 });
    expect(due).toMatchObject({ event: { id: first }, attempts: 4, form: 'bare' });
    expect((await takeDue(database(), { sink: 'boss', limit: 1 }))[0]).toMatchObject({
      attempts: 0,
      form: 'full',
    });
    expect(
      await database()
        .$client`select event_id, sink, outcome, reason, status, answer from delivery_attempts`,
    ).toEqual([
      {
        event_id: first,
        sink: 'soc',
        outcome: 'retry',
        reason: 'server_error',
        status: 500,
        answer: 'oops',
      },
    ]);
  });

  test('changes nothing of what was delivered meanwhile', async () => {
    const [first] = await stored();
    const lease = await hold(database(), 'sink:x');
    await recordDelivered(database(), 'soc', [success(first!)]);
    for (const state of ['pending', 'dead'] as const)
      expect(
        await recordFailed(database(), lease, {
          sink: 'soc',
          failed: [failure(first!, { state })],
        }),
      ).toEqual([]);
    expect(await statesOf('soc')).toEqual(['delivered', 'pending', 'pending']);
  });

  test('writes nothing at all for a holder that lost its role', async () => {
    const [first] = await stored();
    const lease = await hold(database(), 'sink:x');
    const others = await hold(database(), 'sink:y');
    for (const fence of [
      { ...lease, epoch: lease.epoch + 1 },
      { ...lease, holder: others.holder },
    ])
      expect(
        await recordFailed(database(), fence, {
          sink: 'soc',
          failed: [failure(first!, { state: 'dead' })],
        }),
      ).toBeNull();
    expect(await statesOf('soc')).toEqual(['pending', 'pending', 'pending']);
    expect(await database().$client`select 1 from delivery_attempts`).toEqual([]);
  });
});

test('what is whole again is due now, but not what got no answer again and again', async () => {
  const ids = await stored();
  const fence = await hold(database(), 'sink:x');
  const unanswered = (eventId: number) =>
    failure(eventId, {
      form: 'short',
      reason: 'interrupted',
      status: null,
      delayMs: 600_000,
      attempts: 4,
    });
  for (let n = 0; n < 2; n += 1)
    await recordFailed(database(), fence, { sink: 'soc', failed: ids.slice(0, 2).map(unanswered) });
  await recordFailed(database(), fence, { sink: 'soc', failed: [unanswered(ids[0]!)] });
  const before = ids.map((eventId) => ({ eventId, attempts: 1 }));
  await restoreDeliveries(database(), fence, { sink: 'soc', deliveries: before, unansweredMax: 3 });
  expect(await dueIds()).toEqual(ids.slice(1));
  const rows = await database().$client`select form, attempts from deliveries where sink = 'soc'`;
  expect(rows.map(({ form, attempts }) => [form, attempts])).toEqual(ids.map(() => ['full', 1]));
});

test('dead ones are put back by sink and by event, whole and due at once', async () => {
  const [first, second] = await stored();
  const lease = await hold(database(), 'sink:x');
  const dead = { state: 'dead', attempts: 9, form: 'bare', delayMs: 3_600_000 } as const;
  for (const sink of ['soc', 'boss'])
    await recordFailed(database(), lease, {
      sink,
      failed: [failure(first!, dead), failure(second!, dead)],
    });
  expect(await redriveDead(database(), 'soc', [second!])).toBe(1);
  expect([await statesOf('soc'), await statesOf('boss')]).toEqual([
    ['dead', 'pending', 'pending'],
    ['dead', 'dead', 'pending'],
  ]);
  expect((await takeDue(database(), { sink: 'soc', limit: 1 }))[0]).toMatchObject({
    event: { id: second },
    attempts: 0,
    form: 'full',
  });
  expect(await redriveDead(database(), 'soc', null)).toBe(1);
  expect(await statesOf('boss')).toEqual(['dead', 'dead', 'pending']);
  expect(await redriveDead(database(), null, null)).toBe(2);
});

// What became of attempts, recorded: facts whoever reports them, failures only by who holds the role.
import { describe, expect, test } from 'vitest';
import { recordDelivered, recordFailed, takeDue } from '../../../src/store/deliveries/index.ts';
import { change } from '../../support/changed.ts';
import { drafts, hold, storePage, useDatabase } from '../stored.ts';
import {
  failure,
  listDead,
  putIntoDigest,
  redriveDead,
  statesOf,
  storeForBoth,
  success,
} from './attempts.ts';

const database = useDatabase();

describe('what was delivered', () => {
  test('counts once, whoever reports it, and for its sink alone', async () => {
    const [first, second] = await storeForBoth(database());
    expect(await recordDelivered(database(), 'soc', [success(first!), success(second!)])).toBe(2);
    expect(await recordDelivered(database(), 'soc', [success(first!), success(second!)])).toBe(0);
    expect(await statesOf(database(), 'soc')).toEqual(['delivered', 'delivered', 'pending']);
    expect(await statesOf(database(), 'boss')).toEqual(['pending', 'pending', 'pending']);
  });

  test('is delivered also if it was given up meanwhile', async () => {
    const [first] = await storeForBoth(database());
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
    const [first, second] = await storeForBoth(database());
    await recordDelivered(database(), 'soc', [
      success(first!),
      success(second!, { afterFailure: true }),
    ]);
    const rows = await database()
      .$client`select event_id, sink, outcome, duration_ms from delivery_attempts`;
    expect(rows).toEqual([{ event_id: second, sink: 'soc', outcome: 'delivered', duration_ms: 8 }]);
  });

  test('takes the members of its digest with it, but no others of the sink', async () => {
    const [digest, member] = await storeForBoth(database());
    await putIntoDigest(database(), digest!, [member!]);
    const delivered = [success(digest!, { isDigest: true })];
    expect(await recordDelivered(database(), 'soc', delivered)).toBe(2);
    expect(await statesOf(database(), 'soc')).toEqual(['delivered', 'delivered', 'pending']);
    expect(await statesOf(database(), 'boss')).toEqual(['pending', 'pending', 'pending']);
  });
});

describe('the far end’s own id of a message', () => {
  const idsOf = async (sink: string) =>
    (
      await database()
        .$client`select remote_id from deliveries where sink = ${sink} order by event_id`
    ).map((row) => row.remote_id);

  test('is kept with its delivery alone, among others that have none', async () => {
    const [first, second, third] = await storeForBoth(database());
    const remoteId = `a"b'c\\u0000 ${'é'.repeat(190)}`;
    const delivered = [success(first!), success(second!, { remoteId }), success(third!)];
    expect(await recordDelivered(database(), 'soc', delivered)).toBe(3);
    expect(await idsOf('soc')).toEqual([null, remoteId, null]);
    expect(await idsOf('boss')).toEqual([null, null, null]);
  });

  test('of a digest is not that of its members', async () => {
    const [digest, member] = await storeForBoth(database());
    await putIntoDigest(database(), digest!, [member!]);
    const delivered = [success(digest!, { isDigest: true, remoteId: 'm1' })];
    expect(await recordDelivered(database(), 'soc', delivered)).toBe(2);
    expect(await idsOf('soc')).toEqual(['m1', null, null]);
  });

  test('stays as it is when the same success is reported again', async () => {
    const [first] = await storeForBoth(database());
    await recordDelivered(database(), 'soc', [success(first!, { remoteId: 'm1' })]);
    await recordDelivered(database(), 'soc', [success(first!, { remoteId: 'm2' })]);
    expect((await idsOf('soc'))[0]).toBe('m1');
  });
});

test('a message that shows what became of its event needs no edit for that, and one for more', async () => {
  const [first, second] = await storeForBoth(database());
  for (const id of [first!, second!]) await change(database(), id);
  await change(database(), second!, { kind: 'resolved' });
  const delivered = [success(first!, { version: 1 }), success(second!, { version: 1 })];
  await recordDelivered(database(), 'soc', delivered);
  await recordDelivered(database(), 'soc', [success(second!, { version: 2 })]);
  const rows = await database().$client`
    select sink, wanted, done from message_edits order by sink, event_id`;
  expect(rows.map(({ sink, wanted, done }) => [sink, wanted, done])).toEqual([
    ['boss', 1, 0],
    ['boss', 2, 0],
    ['soc', 1, 1],
    ['soc', 2, 1],
  ]);
});

describe('what failed', () => {
  test('is noted with the answer, counts for its sink alone, and comes back in its new form', async () => {
    const [first] = await storeForBoth(database());
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
    const [first] = await storeForBoth(database());
    const lease = await hold(database(), 'sink:x');
    await recordDelivered(database(), 'soc', [success(first!)]);
    for (const state of ['pending', 'dead'] as const)
      expect(
        await recordFailed(database(), lease, {
          sink: 'soc',
          failed: [failure(first!, { state })],
        }),
      ).toEqual([]);
    expect(await statesOf(database(), 'soc')).toEqual(['delivered', 'pending', 'pending']);
  });

  test('writes nothing at all for a holder that lost its role', async () => {
    const [first] = await storeForBoth(database());
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
    expect(await statesOf(database(), 'soc')).toEqual(['pending', 'pending', 'pending']);
    expect(await database().$client`select 1 from delivery_attempts`).toEqual([]);
  });

  test('is rescheduled or ended only by the holder of the role, and can be put back once dead', async () => {
    const lease = await hold(database(), 'sink:x');
    await storePage(database(), { events: drafts(1, 1), cursor: 'c' });
    const [due] = await takeDue(database(), { sink: 'soc', limit: 1 });
    const failed = {
      eventId: due!.event.id,
      attempts: 1,
      state: 'dead' as const,
      delayMs: 0,
      form: 'bare' as const,
      outcome: 'reject_event',
      reason: 'rejected',
      status: 400,
      durationMs: 1,
      answer: null,
    };
    expect(
      await recordFailed(
        database(),
        { ...lease, epoch: lease.epoch - 1 },
        { sink: 'soc', failed: [failed] },
      ),
    ).toBeNull();
    expect(await takeDue(database(), { sink: 'soc', limit: 1 })).toHaveLength(1);
    expect(await recordFailed(database(), lease, { sink: 'soc', failed: [failed] })).toEqual([
      due!.event.id,
    ]);
    expect(await listDead(database(), null, 10)).toMatchObject([
      { reason: 'rejected', lastStatus: 400, attempts: 1 },
    ]);
    expect(await redriveDead(database(), 'soc', null)).toBe(1);
    expect(await takeDue(database(), { sink: 'soc', limit: 1 })).toMatchObject([
      { attempts: 0, form: 'full' },
    ]);
  });

  test('ends the members of its digest with its own reason', async () => {
    const [digest, member, other] = await storeForBoth(database());
    const lease = await hold(database(), 'sink:x');
    await putIntoDigest(database(), digest!, [member!]);
    const failed = [failure(digest!, { state: 'dead', reason: 'too_large' }), failure(other!)];
    const dead = await recordFailed(database(), lease, { sink: 'soc', failed });
    expect(dead?.sort()).toEqual([digest, member]);
    expect(await statesOf(database(), 'soc')).toEqual(['dead', 'dead', 'pending']);
    expect((await listDead(database(), 'soc', 9)).map(({ reason }) => reason)).toEqual([
      'too_large',
      'too_large',
    ]);
  });
});

// What people do to deliveries: whatever somebody else changes at that moment is left alone.
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/store/database.ts';
import {
  type Choice,
  chooseDeliveries,
  dropDeliveries,
  recordDelivered,
  recordFailed,
  redriveDeliveries,
  takeDue,
} from '../../../src/store/deliveries/index.ts';
import { drafts, hold, inTransaction, useDatabase } from '../stored.ts';
import {
  dueIds,
  failure,
  putIntoDigest,
  redriveDead,
  statesOf,
  storeForBoth,
  success,
} from './attempts.ts';

const database = useDatabase();

test('dead deliveries are put back by sink and by event, as whole cards that are due now', async () => {
  const [first, second] = await storeForBoth(database());
  const lease = await hold(database(), 'sink:x');
  const dead = { state: 'dead', attempts: 9, form: 'bare', delayMs: 3_600_000 } as const;
  for (const sink of ['soc', 'boss'])
    await recordFailed(database(), lease, {
      sink,
      failed: [failure(first!, dead), failure(second!, dead)],
    });
  expect(await redriveDead(database(), 'soc', [second!])).toBe(1);
  expect([await statesOf(database(), 'soc'), await statesOf(database(), 'boss')]).toEqual([
    ['dead', 'pending', 'pending'],
    ['dead', 'dead', 'pending'],
  ]);
  expect((await takeDue(database(), { sink: 'soc', limit: 1 }))[0]).toMatchObject({
    event: { id: second },
    attempts: 0,
    form: 'full',
  });
  expect(await redriveDead(database(), 'soc', null)).toBe(1);
  expect(await statesOf(database(), 'boss')).toEqual(['dead', 'dead', 'pending']);
  expect(await redriveDead(database(), null, null)).toBe(2);
});

describe('a digest that is dead', () => {
  async function deadDigest() {
    const [digest, member] = await storeForBoth(database());
    const lease = await hold(database(), 'sink:x');
    await putIntoDigest(database(), digest!, [member!]);
    const failed = [failure(digest!, { state: 'dead' })];
    await recordFailed(database(), lease, { sink: 'soc', failed });
    return { digest: digest!, member: member! };
  }
  const held = async (id: number) => {
    const [row] = await database().$client`
      select priority, group_key, digest_id from deliveries
      where sink = 'soc' and event_id = ${id}`;
    return row;
  };

  test('comes back with its members', async () => {
    const { digest, member } = await deadDigest();
    expect(await redriveDead(database(), 'soc', [digest])).toBe(2);
    expect(await dueIds(database())).not.toContain(member);
    expect(await held(member)).toMatchObject({ group_key: 'g', digest_id: digest });
  });

  test('stays when a member is put back alone, as a card of its own', async () => {
    const { digest, member } = await deadDigest();
    expect(await redriveDead(database(), 'soc', [member])).toBe(1);
    expect(await dueIds(database())).toContain(member);
    expect(await dueIds(database())).not.toContain(digest);
    expect(await held(member)).toMatchObject({ group_key: null, digest_id: null });
  });
});

/** Deliveries of `soc` that are dead. */
async function dead(count: number): Promise<number[]> {
  const ids = await storeForBoth(database(), drafts(1, count));
  const lease = await hold(database(), 'sink:x');
  const failed = ids.map((id) => failure(id, { state: 'dead' }));
  await recordFailed(database(), lease, { sink: 'soc', failed });
  return ids;
}

async function chosen(states: Choice['states'], more: Partial<Choice> = {}, db = database()) {
  return (await chooseDeliveries(db, { sink: 'soc', ...more, states }, 100)).deliveries;
}

describe('two people at once', () => {
  test('put back each delivery once, and nobody waits', async () => {
    await dead(5);
    const both = await chosen(['dead']);
    await inTransaction(database(), async (ann: Database) => {
      expect(await redriveDeliveries(ann, both.slice(0, 3))).toBe(3);
      expect(await redriveDeliveries(database(), both)).toBe(2);
    });
    expect(await redriveDeliveries(database(), both)).toBe(0);
    expect(new Set(await statesOf(database(), 'soc'))).toEqual(new Set(['pending']));
  });

  test('do not send again what was delivered since it was looked at', async () => {
    const ids = await dead(2);
    const both = await chosen(['dead']);
    await redriveDeliveries(database(), both);
    await recordDelivered(database(), 'soc', [success(ids[0]!)]);
    expect(await redriveDeliveries(database(), both)).toBe(0);
    expect(await dropDeliveries(database(), both)).toBe(1);
    expect(await statesOf(database(), 'soc')).toEqual(['delivered', 'suppressed']);
  });

  test('never leave a member behind that waits for a digest which the other has dropped', async () => {
    const [digest = 0, member = 0] = await dead(2);
    await putIntoDigest(database(), digest, [member]);
    const family = await chosen(['dead']);
    expect(family.find(({ eventId }) => eventId === member)?.digestId).toBe(digest);
    await inTransaction(database(), async (ann: Database) => {
      const own = family.filter(({ eventId }) => eventId === digest);
      expect(await dropDeliveries(ann, own)).toBe(1);
      expect(await redriveDeliveries(database(), family)).toBe(1);
    });
    expect(await dueIds(database())).toEqual([member]);
  });
});

describe('what is dropped', () => {
  test('stays as suppressed with that reason, and is not due', async () => {
    await dead(2);
    const open = await chosen(['dead']);
    expect(await dropDeliveries(database(), open)).toBe(2);
    expect(await dueIds(database())).toEqual([]);
    const rows = await database().$client`
      select state, reason, finalized_at is not null as is_final from deliveries where sink = 'soc'`;
    expect(rows).toEqual(Array(2).fill({ state: 'suppressed', reason: 'dropped', is_final: true }));
    expect(await statesOf(database(), 'boss')).toEqual(['pending', 'pending']);
  });

  test('takes the waiting members of a pending digest with it, and never one of them alone', async () => {
    const [digest = 0, member = 0, grouped = 0] = await storeForBoth(database(), drafts(1, 3));
    await putIntoDigest(database(), digest, [member]);
    await database().$client`
      update deliveries set group_key = 'g', priority = priority + 10
      where sink = 'soc' and event_id = ${grouped}`;
    expect(await chosen(['pending'], { eventIds: [String(member)] })).toEqual([]);
    const alone = [{ eventId: member, sink: 'soc', severity: 3, digestId: null }] as const;
    expect(await dropDeliveries(database(), alone)).toBe(0);
    expect(await dropDeliveries(database(), await chosen(['pending']))).toBe(3);
    const rows = await database().$client`
      select priority < 10 as is_single, group_key, digest_id from deliveries where sink = 'soc'`;
    expect(rows).toEqual(Array(3).fill({ is_single: true, group_key: null, digest_id: null }));
  });

  test('is recorded as delivered if it was on its way, and a failure brings it not back', async () => {
    const [first = 0, second = 0] = await storeForBoth(database(), drafts(1, 2));
    const lease = await hold(database(), 'sink:x');
    expect(await dropDeliveries(database(), await chosen(['pending']))).toBe(2);
    await recordDelivered(database(), 'soc', [success(first)]);
    await recordFailed(database(), lease, { sink: 'soc', failed: [failure(second)] });
    expect(await statesOf(database(), 'soc')).toEqual(['delivered', 'suppressed']);
  });
});

test('thousands are changed in statements of which none locks all', async () => {
  const ids = await storeForBoth(database(), drafts(1, 2500));
  const open = await chooseDeliveries(database(), { states: ['pending'], sink: 'boss' }, 5000);
  const sizes: number[] = [];
  const { $client } = database();
  const counting = Object.assign((...given: Parameters<typeof $client>) => {
    const text = JSON.stringify(given);
    if (text.includes('skip locked')) sizes.push(1);
    return $client(...given);
  }, $client);
  expect(await dropDeliveries({ $client: counting } as never, open.deliveries)).toBe(ids.length);
  expect(sizes.length).toBeGreaterThanOrEqual(3);
});

// Deliveries that were given up: the list of them, and their way back.
import { describe, expect, test } from 'vitest';
import {
  listDead,
  recordFailed,
  redriveDead,
  takeDue,
} from '../../../src/store/deliveries/index.ts';
import { drafts, hold, storePage, useDatabase } from '../stored.ts';
import { dueIds, failure, putIntoDigest, statesOf, storeForBoth } from './attempts.ts';

const database = useDatabase();

describe('the list of the dead', () => {
  test('shows the last answer that there was, also the one to the digest that held it', async () => {
    const lease = await hold(database(), 'sink:x');
    await storePage(database(), { events: drafts(1, 3), cursor: 'c' });
    const [digest = 0, member = 0, silent = 0] = (
      await takeDue(database(), { sink: 'soc', limit: 3 })
    ).map(({ event }) => event.id);
    await database()
      .$client`update deliveries set digest_id = ${digest}, group_key = 'g', priority = priority + 10 where event_id = ${member}`;
    const attempt = (eventId: number, status: number | null, answer: string | null) => ({
      ...{ eventId, attempts: 1, state: 'pending' as const, delayMs: 0, form: 'full' as const },
      ...{ outcome: 'retry', reason: 'unknown', status, durationMs: 1, answer },
    });
    for (const [status, answer] of [
      [500, 'first'],
      [413, 'too long'],
      [null, null],
    ] as const)
      expect(
        await recordFailed(database(), lease, {
          sink: 'soc',
          failed: [attempt(digest, status, answer)],
        }),
      ).toEqual([]);
    const last = [attempt(digest, null, null), attempt(silent, null, null)];
    await recordFailed(database(), lease, {
      sink: 'soc',
      failed: last.map((one) => ({ ...one, state: 'dead' as const })),
    });
    const none = { lastStatus: null, lastAnswer: null };
    const given = { lastStatus: 413, lastAnswer: 'too long' };
    expect(await listDead(database(), null, 10)).toMatchObject([
      { eventId: silent, ...none },
      { eventId: member, ...given },
      { eventId: digest, ...given },
    ]);
  });

  test('is of one sink or of all, newest first, and no longer than was asked for', async () => {
    const ids = await storeForBoth(database());
    const lease = await hold(database(), 'sink:x');
    const failed = ids.map((id) => failure(id, { state: 'dead' }));
    for (const sink of ['soc', 'boss']) await recordFailed(database(), lease, { sink, failed });
    const listed = async (sink: string | null, limit: number) =>
      (await listDead(database(), sink, limit)).map(({ eventId }) => eventId);
    expect(await listed('soc', 10)).toEqual(ids.toReversed());
    expect(await listed('soc', 2)).toEqual(ids.toReversed().slice(0, 2));
    expect(await listed(null, 10)).toHaveLength(6);
    expect(await listed('nobody', 10)).toEqual([]);
  });
});

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

// Which deliveries of a sink are read, and in what order.
import { describe, expect, test } from 'vitest';
import type { Severity } from '../../../src/kit/event.ts';
import {
  countDeliveries,
  recordFailed,
  takeDue,
  takeRandomDue,
} from '../../../src/store/deliveries/index.ts';
import { change, posted, storeStep } from '../../support/changed.ts';
import { draft, drafts, hold, storePage, useDatabase } from '../stored.ts';
import { failure, storeForBoth } from './attempts.ts';

const database = useDatabase();
const dueIds = async (sink = 'soc', limit = 100, excluded: Iterable<number> = []) =>
  (await takeDue(database(), { sink, limit, excluded })).map(({ event }) => event.id);
const randomId = async (excluded: Iterable<number> = []) =>
  (await takeRandomDue(database(), 'soc', excluded))?.event.id;

describe('a due delivery', () => {
  test('comes most urgent first and oldest first within a severity, also when there is more than asked for', async () => {
    const severities: Severity[] = [2, 5, 3, 5, 4, 0, 1];
    const [low, critical, medium, critical2, high, unknown, info] = await storeForBoth(
      database(),
      severities.map((severity, n) => draft(n, { severity })),
    );
    const inOrder = [critical, critical2, high, unknown, medium, low, info];
    for (const limit of [1, 2, 3, 4, 7])
      expect(await dueIds('soc', limit)).toEqual(inOrder.slice(0, limit));
  });

  test('comes in that order also from a page that the holder of a role stored', async () => {
    const lease = await hold(database(), 'source:a');
    const severities = [2, 5, 3, 5, 4] as const;
    await storePage(database(), {
      fence: lease,
      events: severities.map((severity, n) => draft(n, { severity })),
      cursor: 'c',
    });
    expect(
      (await takeDue(database(), { sink: 'soc', limit: 10 })).map(({ event }) => event.externalId),
    ).toEqual(['1', '3', '4', '2', '0']);
  });

  test('is neither excluded, nor later, nor of another sink', async () => {
    const [first, second, third] = await storeForBoth(database());
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

  test('is not held in a group', async () => {
    const [first, second] = await storeForBoth(database(), drafts(1, 2));
    await database()
      .$client`update deliveries set priority = 12, group_key = 'g' where event_id = ${first!} and sink = 'soc'`;
    expect(await dueIds()).toEqual([second]);
  });

  test('is the delivery of one event, where only that is asked for', async () => {
    const [first, second] = await storeForBoth(database());
    const only = async (id: number, excluded: number[] = []) =>
      (await takeDue(database(), { sink: 'soc', limit: 5, excluded, only: id })).map(
        ({ event }) => event.id,
      );
    expect(await only(second!)).toEqual([second]);
    expect(await only(second!, [second!])).toEqual([]);
    const lease = await hold(database(), 'sink:x');
    const later = failure(first!, { delayMs: 60_000 });
    await recordFailed(database(), lease, { sink: 'soc', failed: [later] });
    expect(await only(first!)).toEqual([]);
  });
});

describe('a due delivery from a random place', () => {
  test('is preferably one that was never tried, and now and then another one', async () => {
    const all = await storeForBoth(database(), drafts(1, 12));
    const lease = await hold(database(), 'sink:x');
    const tried = all.slice(0, 11);
    await recordFailed(database(), lease, { sink: 'soc', failed: tried.map((id) => failure(id)) });
    for (let n = 0; n < 5; n += 1) expect(await randomId()).toBe(all[11]);
    const found = new Set<number | undefined>();
    for (let n = 0; n < 40; n += 1) found.add(await randomId(all.slice(11)));
    expect(found.size).toBeGreaterThan(2);
  });

  test('is of any severity, but neither excluded, nor held, nor of another sink', async () => {
    const [low, high] = await storeForBoth(database(), [
      draft(1, { severity: 2 }),
      draft(2, { severity: 4 }),
    ]);
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

  test('is none where nothing is due', async () => {
    expect(await randomId()).toBeUndefined();
    const [only] = await storeForBoth(database(), drafts(1, 1));
    const lease = await hold(database(), 'sink:x');
    const later = failure(only!, { delayMs: 60_000 });
    await recordFailed(database(), lease, { sink: 'soc', failed: [later] });
    expect(await randomId()).toBeUndefined();
  });
});

test('a reply comes with the id of the message that it belongs to, and a step without', async () => {
  const [root] = (await posted(database())) as [number];
  await storeStep(database(), root);
  await change(database(), root, { kind: 'noted' });
  const [step] = await takeDue(database(), { sink: 'soc', limit: 10 });
  expect([step?.kind, step?.threadId]).toEqual(['step', undefined]);
  await change(database(), root);
  const due = await takeDue(database(), { sink: 'soc', limit: 10 });
  expect(due.map(({ kind, threadId }) => [kind, threadId])).toEqual([['reply', `post-${root}`]]);
  await database().$client`update deliveries set remote_id = null`;
  const [reply] = await takeDue(database(), { sink: 'soc', limit: 10 });
  expect([reply?.kind, reply?.threadId]).toEqual(['reply', undefined]);
});

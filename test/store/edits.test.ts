// Which posted messages are due to be edited, and what is written of each edit.
import { beforeEach, describe, expect, it, test } from 'vitest';
import {
  countEdits,
  readPosted,
  recordEdited,
  recordEditFailed,
  recordShown,
  settleEdits,
  takeDueEdits,
} from '../../src/store/edits.ts';
import { change, posted, resolve } from '../support/changed.ts';
import { draft, hold, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
let root: number;

beforeEach(async () => {
  [root] = (await posted(db())) as [number];
});

const due = () => takeDueEdits(db(), { sink: 'soc', limit: 10 });
const dueIds = async () => (await due()).map(({ event }) => event.id);
const row = async () => {
  const [first] = await db().$client`
    select wanted, done, attempts, state, reason, edited_at is not null as is_edited,
      extract(epoch from scheduled_at - now())::float8 as due_in
    from message_edits`;
  return first!;
};

describe('a posted message is due', () => {
  it('once its incident changed, with the incident as it is by then', async () => {
    expect(await due()).toEqual([]);
    await change(db(), root);
    await change(db(), root, resolve);
    expect(await due()).toMatchObject([
      {
        event: { id: root, body: { device: { name: 'DC01' } } },
        incident: { state: 'resolved', version: 2, by: 'ana', via: 'chat' },
        ...{ remoteId: `post-${root}`, form: 'full', attempts: 0 },
      },
    ]);
    expect(await takeDueEdits(db(), { sink: 'other', limit: 10 })).toEqual([]);
  });

  it('the longest due first, and no more than was asked for', async () => {
    const page = await storePage(db(), { events: [draft('other')] });
    const other = page!.events[0]!.id;
    await db().$client`
      update deliveries set state = 'delivered', finalized_at = now(), remote_id = 'x'`;
    await change(db(), root);
    await change(db(), other);
    await db().$client`
      update message_edits set scheduled_at = now() - interval '1 minute'
      where event_id = ${other}`;
    expect(await dueIds()).toEqual([other, root]);
    const [first, ...more] = await takeDueEdits(db(), { sink: 'soc', limit: 1 });
    expect([first?.event.id, more]).toEqual([other, []]);
  });

  test.each([
    ['is still to be sent', "state = 'pending', remote_id = null, finalized_at = null"],
    ['was given up', "state = 'dead', reason = 'rejected'"],
    ['has no id', 'remote_id = null'],
  ])('not while it %s', async (_, columns) => {
    await change(db(), root);
    await db().$client.unsafe(`update deliveries set ${columns} where kind = 'card'`);
    expect(await due()).toEqual([]);
  });

  it('not before its time, but at a time that a clock has made impossible', async () => {
    await change(db(), root);
    await db().$client`update message_edits set scheduled_at = now() + interval '1 minute'`;
    expect(await due()).toEqual([]);
    await db().$client`update message_edits set scheduled_at = now() + interval '1 day'`;
    expect(await dueIds()).toEqual([root]);
  });
});

describe('an edit that passed', () => {
  it('is done, and what comes later waits ten seconds', async () => {
    const lease = await hold(db(), 'sink:x');
    await change(db(), root);
    const shown = { sink: 'soc', eventId: root, version: 1 };
    expect(await recordEdited(db(), lease, shown)).toBe(true);
    expect(await row()).toMatchObject({ wanted: 1, done: 1, is_edited: true });
    await change(db(), root, resolve);
    expect(await due()).toEqual([]);
    expect(Number((await row()).due_in)).toBeGreaterThan(8);
  });

  it('leaves pending what happened while it was under way', async () => {
    const lease = await hold(db(), 'sink:x');
    await change(db(), root);
    await change(db(), root, resolve);
    await recordEdited(db(), lease, { sink: 'soc', eventId: root, version: 1 });
    expect(await row()).toMatchObject({ wanted: 2, done: 1 });
    expect(Number((await row()).due_in)).toBeGreaterThan(8);
    await db().$client`update message_edits set scheduled_at = now()`;
    expect(await dueIds()).toEqual([root]);
  });
});

describe('an edit that failed', () => {
  it('comes again later, with its count', async () => {
    const lease = await hold(db(), 'sink:x');
    await change(db(), root);
    const failed = { attempts: 3, state: 'current', reason: 'timeout', delayMs: 60_000 } as const;
    await recordEditFailed(db(), lease, { sink: 'soc', eventId: root, ...failed });
    expect(await row()).toMatchObject({ attempts: 3, reason: 'timeout', wanted: 1, done: 0 });
    expect(Number((await row()).due_in)).toBeGreaterThan(50);
    await db().$client`update message_edits set scheduled_at = now()`;
    expect(await due()).toMatchObject([{ attempts: 3 }]);
  });

  test('never comes again once its message is gone, and once given up with the next change', async () => {
    const lease = await hold(db(), 'sink:x');
    await change(db(), root);
    const failed = { attempts: 9, reason: 'auth', delayMs: 0 };
    const fail = (state: 'gone' | 'dead') =>
      recordEditFailed(db(), lease, { sink: 'soc', eventId: root, state, ...failed });
    await fail('dead');
    expect(await due()).toEqual([]);
    expect(await countEdits(db())).toEqual(new Map());
    await change(db(), root, resolve);
    await db().$client`update message_edits set scheduled_at = now()`;
    expect(await due()).toMatchObject([{ attempts: 9 }]);
    await fail('gone');
    await change(db(), root, { kind: 'reopened' });
    expect(await due()).toEqual([]);
    expect(await countEdits(db())).toEqual(new Map());
  });
});

it('writes nothing for who lost the role', async () => {
  const lease = await hold(db(), 'sink:x');
  await change(db(), root);
  await hold(db(), 'sink:x');
  const shown = { sink: 'soc', eventId: root, version: 1 };
  expect(await recordEdited(db(), lease, shown)).toBe(false);
  const failed = { attempts: 1, state: 'dead', reason: 'x', delayMs: 0 } as const;
  expect(await recordEditFailed(db(), lease, { ...shown, ...failed })).toBe(false);
  expect(await row()).toMatchObject({ done: 0, state: 'current', attempts: 0 });
});

it('forgets the edits that no message can take, and keeps the others', async () => {
  const page = await storePage(db(), { events: [draft('late'), draft('dead'), draft('dumb')] });
  const [late, dead, dumb] = page!.events.map(({ id }) => id);
  await db().$client`
    update deliveries set state = 'dead', reason = 'x', finalized_at = now()
    where event_id = ${dead!}`;
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now() where event_id = ${dumb!}`;
  for (const id of [root, late, dead, dumb]) await change(db(), id!);
  await settleEdits(db(), 'soc');
  const left = await db().$client`
    select event_id from message_edits where wanted > done order by event_id`;
  expect(left.map(({ event_id }) => Number(event_id))).toEqual([root, late]);
});

it('counts the messages of each sink that are not true', async () => {
  await change(db(), root);
  const page = await storePage(db(), { events: [draft('late')] });
  await change(db(), page!.events[0]!.id);
  expect(await countEdits(db())).toEqual(new Map([['soc', 1]]));
});

describe('a message that only the answer to a press can change', () => {
  const place = () => ({ eventId: root, sink: 'soc' });

  it('is read as its incident is now', async () => {
    expect(await readPosted(db(), place())).toBeNull();
    await change(db(), root);
    expect(await readPosted(db(), place())).toMatchObject({
      ...{ event: { id: root }, incident: { state: 'acknowledged', version: 1 } },
      ...{ remoteId: `post-${root}`, form: 'full' },
    });
    expect(await readPosted(db(), { ...place(), sink: 'other' })).toBeNull();
  });

  it('counts as shown from the answer on, and never as an older version', async () => {
    await change(db(), root);
    await recordShown(db(), { ...place(), version: 1 });
    expect(await row()).toMatchObject({ wanted: 1, done: 1, is_edited: true });
    await change(db(), root, resolve);
    await recordShown(db(), { ...place(), version: 2 });
    await recordShown(db(), { ...place(), version: 1 });
    expect(await row()).toMatchObject({ wanted: 2, done: 2 });
  });
});

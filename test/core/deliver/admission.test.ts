// Replies and steps in the lane of their sink, on a real Postgres: which are sent where, and which
// are not sent at all.
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import type { WrittenMatcher } from '../../../src/core/silences/index.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import { plainText } from '../../../src/kit/card.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { claimedStep } from '../../../src/store/incident-changes.ts';
import { endSilence, extendSilence, insertSilences } from '../../../src/store/silences.ts';
import { drafts, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { acknowledge, change, posted, storeStep } from '../../support/changed.ts';
import { startLaneOf } from './lane-setup.ts';
import { expectSoon, turns } from './origin-setup.ts';

const db = useDatabase();

interface Begin {
  /** Called for each call, after it was noted. */
  call?(): Promise<void> | undefined;
  readonly canReply?: boolean;
  /** What the sink finds of what a process sent that died; absent: it cannot look. */
  find?(): Promise<string | undefined>;
  readonly routes?: readonly Route[];
}

const hourMs = 3_600_000;
/** Begins an hour ago, and ends so many milliseconds from now. @returns its id */
async function silenced(endsInMs = hourMs, matcher: WrittenMatcher = {}): Promise<number> {
  const now = Date.now();
  const about = { matcher, owner: 'ana', reason: 'maintenance' };
  const times = { startsAtMs: now - hourMs, endsAtMs: now + endsInMs };
  const [id] = await insertSilences(db(), [{ ...about, ...times }]);
  return id!;
}

async function begin({ call, canReply = true, find, routes = [] }: Begin = {}) {
  const said: string[] = [];
  const metrics = createMetrics({ version: 't', sources: [], sinks: [{ id: 'soc' }], roles: [] });
  const sink: Omit<Sink, 'origin'> = {
    async send({ card }) {
      said.push(`card ${card.kind}: ${plainText(card.headline)}`);
      await call?.();
      return { remoteId: `m${said.length}` };
    },
    ...(find && { find }),
    ...(canReply && {
      async reply(remoteId: string, { card }: Parameters<Sink['send']>[0]) {
        said.push(`to ${remoteId} ${card.kind}: ${plainText(card.headline)}`);
        await call?.();
        return { remoteId: `m${said.length}` };
      },
    }),
  };
  const policy = { rereadMs: 30, backoff: { firstMs: 10, maxMs: 20 } };
  const lane = startLaneOf(sink, await hold(db(), 'sink:x'), {
    ...{ db: db(), metrics, routes, silences: new SilenceReader(db(), quiet) },
    policy: { ...defaultPolicy, ...policy },
  });
  onTestFinished(() => lane.stop());
  return { said, metrics, lane };
}

const deliveries = async () => {
  const rows = await db().$client`
    select kind, state, reason from deliveries where kind <> 'card' order by event_id, sink`;
  return rows.map(({ kind, state, reason }) => `${kind} ${state} ${reason}`);
};
const isSaid = (expected: string) => async () => (await deliveries()).join() === expected;

describe('a reply', () => {
  it('goes below the message of its root event, in one line', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { said } = await begin();
    await expectSoon(isSaid('reply delivered null'));
    expect(said).toEqual([
      expect.stringMatching(
        new RegExp(`^to post-${root} news: .* on DC01: acknowledged by ana via chat`),
      ),
    ]);
  });

  it('is not sent where the sink cannot reply, nor to a message without an id', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { said, metrics, lane } = await begin({ canReply: false });
    await expectSoon(isSaid('reply suppressed no_thread'));
    await lane.stop();
    await db().$client`update deliveries set remote_id = null`;
    await change(db(), root, { kind: 'resolved' });
    const other = await begin();
    await expectSoon(isSaid('reply suppressed no_thread,reply suppressed no_thread'));
    expect([...said, ...other.said]).toEqual([]);
    const { values } = await metrics.deliveriesSuppressed.get();
    expect(values.find(({ labels }) => labels.reason === 'no_thread')?.value).toBe(1);
  });

  it('is a message of its own there if the route posts changes', async () => {
    const [root] = (await posted(db())) as [number];
    await db().$client`update deliveries set route = 'all'`;
    await change(db(), root);
    const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'], areChangesPosted: true }];
    const { said } = await begin({ canReply: false, routes });
    await expectSoon(isSaid('reply delivered null'));
    expect(said).toEqual([expect.stringMatching(/^card news: .* on DC01: acknowledged/)]);
  });

  it('to a message that somebody removed is not sent again', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    const { said } = await begin({
      call: async () => Promise.reject(new AdapterError('reject_event', 'gone', 'deleted')),
    });
    await expectSoon(isSaid('reply suppressed gone'));
    expect(said).toHaveLength(1);
  });

  it('that fails is sent again, like any delivery', async () => {
    const [root] = (await posted(db())) as [number];
    await change(db(), root);
    let failures = 2;
    const { said } = await begin({
      async call() {
        failures -= 1;
        if (failures >= 0) throw new AdapterError('retry', 'connection', 'broke');
      },
    });
    await expectSoon(isSaid('reply delivered null'));
    expect(said).toHaveLength(3);
  });

  it('comes after every card, and makes no storm', async () => {
    const ids = await posted(db(), 30);
    for (const id of ids) await change(db(), id);
    await storePage(db(), {
      events: drafts(100, 10).map((draft) => ({ ...draft, severity: 1 as const })),
    });
    const { said, lane } = await begin();
    await expectSoon(() => said.length === 40);
    const isCard = said.map((one) => one.startsWith('card'));
    expect(isCard.lastIndexOf(true)).toBe(9);
    expect(lane.isInStorm()).toBe(false);
  });
});

describe('a step', () => {
  it('is a message of its own, and goes out once', async () => {
    const [root] = (await posted(db())) as [number];
    await storeStep(db(), root);
    const { said } = await begin();
    await expectSoon(isSaid('step delivered null'));
    await turns();
    expect(said).toEqual(['card news: X on DC01: escalated to tier 2']);
  });

  it('is not sent once somebody took its incident', async () => {
    const [root] = (await posted(db())) as [number];
    await storeStep(db(), root);
    await change(db(), root, acknowledge);
    const { said } = await begin();
    await expectSoon(isSaid('step suppressed acknowledged,reply delivered null'));
    expect(said.filter((one) => one.includes('escalated'))).toEqual([]);
  });

  it.each([
    ['was told is delivered, and its message is edited', 'm7', 'step delivered null'],
    ['told nobody is stopped', undefined, 'step suppressed acknowledged'],
  ])('that a process claimed which died, and which %s', async (_what, found, expected) => {
    const [root] = (await posted(db())) as [number];
    const step = await storeStep(db(), root);
    await db().$client`
      update deliveries set reason = ${claimedStep} where event_id = ${step}`;
    await change(db(), root, acknowledge);
    const { said } = await begin({ find: async () => found });
    await expectSoon(async () => (await deliveries())[0] === expected);
    expect(said.filter((one) => one.includes('escalated'))).toEqual([]);
    const [row] = await db().$client`
      select d.remote_id, m.wanted > m.done as is_due from deliveries d
        left join message_edits m on m.event_id = d.event_id and m.sink = d.sink
      where d.event_id = ${step}`;
    if (found !== undefined) expect({ ...row }).toEqual({ remote_id: 'm7', is_due: true });
  });

  it('that was taken between its reading and its sending is not sent either', async () => {
    const [root] = (await posted(db())) as [number];
    await storePage(db(), {
      events: drafts(100, 1).map((one) => ({ ...one, severity: 5 as const })),
    });
    await storeStep(db(), root);
    // The card goes first, and the step is in memory by then.
    const { said } = await begin({
      async call() {
        if (said.length === 1) await change(db(), root, acknowledge);
      },
    });
    await expectSoon(async () => (await deliveries())[0] === 'step suppressed acknowledged');
    await turns();
    expect(said.filter((one) => one.includes('escalated'))).toEqual([]);
  });

  it('is stopped by a silence that was made after it, with the silence as its reason', async () => {
    const [root] = (await posted(db())) as [number];
    await storePage(db(), {
      events: drafts(100, 1).map((one) => ({ ...one, severity: 5 as const })),
    });
    await storeStep(db(), root);
    // The card goes first, and the step is in memory by then; so may be the silences.
    let id: number | undefined;
    const { said, metrics } = await begin({
      async call() {
        id ??= await silenced(hourMs, { devices: ['DC*'] });
      },
    });
    await expectSoon(isSaid('step suppressed silenced'));
    await turns();
    expect(said.filter((one) => one.includes('escalated'))).toEqual([]);
    const [row] = await db().$client`
      select silence_id::int as id, finalized_at is not null as is_final from deliveries
      where kind = 'step'`;
    expect(row).toEqual({ id, is_final: true });
    const { values } = await metrics.deliveriesSuppressed.get();
    expect(values.find(({ labels }) => labels.reason === 'silenced')?.value).toBe(1);
  });

  it.each<[string, number, WrittenMatcher]>([
    ['that ended before', -1, {}],
    ['of other sinks', hourMs, { sinks: ['pager'] }],
    ['of other devices', hourMs, { devices: ['LAB*'] }],
  ])('goes out under a silence %s', async (_, endsInMs, matcher) => {
    const [root] = (await posted(db())) as [number];
    await storeStep(db(), root);
    await silenced(endsInMs, matcher);
    await begin();
    await expectSoon(isSaid('step delivered null'));
  });

  it('is stopped by a silence that was extended, and not by one that was ended', async () => {
    const [first, second] = (await posted(db(), 2)) as [number, number];
    const extended = await silenced(200, { devices: ['DC01'] });
    const ended = await silenced();
    const guard = { owner: null, version: null };
    await extendSilence(db(), extended, { ...guard, endsAtMs: Date.now() + hourMs });
    await endSilence(db(), ended, guard);
    await expectSoon(async () => {
      const [row] = await db().$client`
        select now() > starts_at + interval '1 hour 200 ms' as is_later from silences
        where id = ${extended}`;
      return row!.is_later === true;
    });
    await storeStep(db(), first);
    await begin();
    await expectSoon(isSaid('step suppressed silenced'));
    await endSilence(db(), extended, guard);
    await storeStep(db(), second);
    await expectSoon(isSaid('step suppressed silenced,step delivered null'));
  });

  it('that somebody asked for goes out whatever is silenced', async () => {
    const [root] = (await posted(db())) as [number];
    await storeStep(db(), root, 'chat');
    await silenced();
    await begin();
    await expectSoon(isSaid('step delivered null'));
  });

  it('of an earlier process that claimed it is sent by the next', async () => {
    const [root] = (await posted(db())) as [number];
    await storeStep(db(), root);
    await db().$client`update deliveries set reason = 'sending' where kind = 'step'`;
    await begin();
    await expectSoon(isSaid('step delivered null'));
  });
});

// Storms of one sink on a real Postgres: what goes out singly, what goes out together, and how it
// is announced.
import { describe, expect, test } from 'vitest';
import type { Route } from '../../../src/core/routing/index.ts';
import { compileGlob } from '../../../src/core/rules/glob.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { draft, drafts, storePage } from '../../store/stored.ts';
import { storedEvent } from '../../support/events.ts';
import { voiceOf } from '../../support/voice.ts';
import { all, expectSoon, pause, storm, useDigests } from './digests-setup.ts';

const { database, begin, states, isSettled } = useDigests();

describe('a storm', () => {
  const lows = (from: number, count: number) =>
    drafts(from, count).map((one) => ({ ...one, severity: 2 as const }));

  test('begins when more is due at once than may be, and then only what is urgent comes singly', async () => {
    const { store, cards, digests, notices, metrics } = await begin({ policy: { storm } });
    await store([...lows(1, 30), draft(31, { severity: 5 }), draft(32, { severity: 4 })]);
    await expectSoon(() => cards().length === 1);
    expect(cards()).toEqual(['31']);
    await expectSoon(() => digests().length === 1);
    expect(digests()).toMatchObject([{ kind: 'storm', count: 31, by: [] }]);
    await store(lows(40, 10));
    await expectSoon(() => digests().length === 2);
    expect((await metrics.sinkStorm.get()).values).toMatchObject([{ value: 1 }]);
    await expectSoon(() => notices().includes('storm_over'));
    expect(notices()).toEqual(['storm_begun', 'storm_over']);
    expect(cards()).toEqual(['31']);
    await expectSoon(isSettled);
    // 32 and 10, two digests, two notices.
    expect(await states()).toEqual({ delivered: 46 });
    expect((await metrics.sinkStorm.get()).values).toMatchObject([{ value: 0 }]);
  });

  test('leaves nothing of its digests in memory, however seldom the database is looked at', async () => {
    const { store, cards, digests, notices } = await begin({ policy: { storm, rereadMs: 60_000 } });
    await store(lows(1, 30));
    await expectSoon(() => notices().includes('storm_over'));
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ kind: 'storm', count: 30 }]);
    expect(cards()).toEqual([]);
  });

  test('leaves out of its digests what is on its way singly', async () => {
    let go = () => {};
    let begun = 0;
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { store, cards, digests } = await begin({
      policy: { storm },
      send({ event }) {
        if (event.source !== 'a') return undefined;
        begun += 1;
        return gone;
      },
    });
    await store(lows(1, 3));
    await expectSoon(() => begun === 3);
    await store(lows(10, 9));
    await expectSoon(() => digests().length === 1);
    go();
    await expectSoon(isSettled);
    expect(digests().map(({ count }) => count)).toEqual([9]);
    expect(cards()).toEqual(['1', '2', '3']);
  });

  test('does not begin for as many as may be', async () => {
    const { store, cards, sent } = await begin({ policy: { storm } });
    await store(lows(1, 5));
    await expectSoon(isSettled);
    expect(cards()).toHaveLength(5);
    expect(sent).toHaveLength(5);
  });

  test('begins for a backlog in the database, however slow the sink may be asked', async () => {
    await storePage(database(), { routes: [all], events: lows(1, 300) });
    const { cards, digests } = await begin({ policy: { storm } });
    await expectSoon(isSettled);
    expect(cards()).toEqual([]);
    expect(digests().map(({ count }) => count)).toEqual([300]);
  });

  test('at its end leaves singly what is no more than may be', async () => {
    const { store, cards, digests, notices } = await begin({ policy: { storm } });
    await store(lows(1, 10));
    await expectSoon(() => digests().length === 1);
    await store(lows(20, 3));
    await expectSoon(isSettled);
    expect(cards()).toEqual(['20', '21', '22']);
    expect(notices()).toEqual(['storm_begun', 'storm_over']);
  });

  test('goes on where the last holder was: begun once, over once, and the count is that of all of it', async () => {
    const first = await begin({ policy: { storm } });
    await first.store(lows(1, 30));
    await expectSoon(() => first.digests().length === 1);
    await first.worker.stop();
    await storePage(database(), { routes: [all], events: lows(40, 10) });
    const second = await begin({ policy: { storm } });
    await expectSoon(() => second.notices().includes('storm_over'));
    await expectSoon(isSettled);
    expect([...first.notices(), ...second.notices()]).toEqual(['storm_begun', 'storm_over']);
    expect(second.digests()).toMatchObject([{ count: 10, before: 30 }]);
    const over = second.sent.find(({ event }) => event.body.notice?.kind === 'storm_over');
    expect(over?.event.body.notice?.values).toMatchObject({ count: '40', digests: '2' });
    await second.worker.stop();
    const third = await begin({ policy: { storm } });
    await third.store(lows(60, 1));
    await expectSoon(() => third.cards().length === 1);
    expect(third.notices()).toEqual([]);
  });

  test('is over when the next configuration knows no storms', async () => {
    const first = await begin({ policy: { storm } });
    await first.store(lows(1, 30));
    await expectSoon(() => first.digests().length === 1);
    await first.worker.stop();
    const second = await begin();
    await second.store(lows(40, 10));
    await expectSoon(() => second.notices().length > 0);
    await expectSoon(isSettled);
    expect(second.notices()).toEqual(['storm_over']);
    expect(second.cards()).toHaveLength(10);
  });

  test('counts each event once, also while it goes on arriving and the sink fails now and then', async () => {
    let calls = 0;
    const { store, cards, digests } = await begin({
      policy: { storm, outageFailures: 100, poisonFailures: 100 },
      send() {
        calls += 1;
        if (calls % 3 === 0) throw new AdapterError('retry', 'connection', 'failed');
      },
    });
    for (let page = 0; page < 12; page += 1) {
      await store(drafts(page * 50, 50).map((one, n) => ({ ...one, severity: n === 7 ? 5 : 3 })));
      await pause(40);
    }
    await expectSoon(isSettled);
    const counted = digests().reduce((sum, { count }) => sum + count, 0);
    expect(counted + cards().length).toBe(600);
    const [row] = await database()
      .$client`select count(*)::int as n from deliveries where digest_id is not null`;
    expect(row!.n).toBe(counted);
  });

  test('makes a digest for each route that has its own way to the sink', async () => {
    const settings = new Map([['soc', { channel: 'night' }]]);
    const routes: Route[] = [
      { ...all, name: 'night', types: [compileGlob('NIGHT')], settings },
      all,
    ];
    const { store, sent } = await begin({ routes, policy: { storm } });
    await store([...lows(1, 10), ...lows(11, 4).map((one) => ({ ...one, type: 'NIGHT' }))]);
    await expectSoon(isSettled);
    const digests = sent.filter(({ event }) => event.body.digest);
    expect(digests.map((one) => [one.event.body.digest!.count, one.settings])).toEqual([
      [10, undefined],
      [4, { channel: 'night' }],
    ]);
  });

  test('sends the only event of a route as a card, which says why it is alone', async () => {
    const remark = voiceOf().message(storedEvent(), {
      ...{ form: 'full', showTenant: false, held: { by: 'storm' } },
    }).card.remarks[0];
    const settings = new Map([['soc', { channel: 'night' }]]);
    const routes: Route[] = [
      { ...all, name: 'night', types: [compileGlob('NIGHT')], settings },
      all,
    ];
    const { store, sent, cards, digests } = await begin({ routes, policy: { storm } });
    await store([...lows(1, 10), ...lows(11, 1).map((one) => ({ ...one, type: 'NIGHT' }))]);
    await expectSoon(isSettled);
    expect(digests()).toMatchObject([{ kind: 'storm', count: 10 }]);
    expect(cards()).toEqual(['11']);
    const alone = sent.find(({ event }) => event.externalId === '11')!;
    expect(alone.settings).toEqual({ channel: 'night' });
    expect(alone.card).toMatchObject({ kind: 'event', remarks: [remark] });
  });
});

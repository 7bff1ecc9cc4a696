// Digests that are not accepted, on a real Postgres: they are split until the one event is found.
import { describe, expect, test, vi } from 'vitest';
import { composeDigest, digestEvent } from '../../../src/core/deliver/digest.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { Message } from '../../../src/kit/sink.ts';
import { freezeDigest, readMembers, splitDigest } from '../../../src/store/groups/index.ts';
import { drafts, hold, storePage } from '../../store/stored.ts';
import { expectSoon, grouped, storm, useDigests } from './digests-setup.ts';

const { database, begin, states } = useDigests();

describe('a digest that is not accepted for the text of one of its events', () => {
  const poison = 'union select';
  /** As the far end sees it: a bare card holds no text. */
  const isPoisonous = ({ event, form }: Message) =>
    form !== 'bare' && JSON.stringify(event.body.digest ?? event.body).includes(poison);
  const lows = (count: number) => drafts(1, count).map((one) => ({ ...one, severity: 2 as const }));
  const page = (count: number, guilty: readonly number[]) =>
    lows(count).map((one, n) =>
      guilty.includes(n) ? { ...one, body: { file: { name: `${poison}${n}` } } } : one,
    );

  const refusals = [
    ['refused', new AdapterError('reject_sink', 'auth', 'status 403')],
    ['reset', new AdapterError('retry', 'connection', 'reset')],
  ] as const;
  const kinds = [
    ['group', { routes: [grouped({ waitMs: 100 })] }],
    ['storm', { policy: { storm: { ...storm, betweenMs: 60_000, betweenMaxMs: 60_000 } } }],
  ] as const;
  const cases = kinds.flatMap(([kind, setUp]) =>
    refusals.map(([how, error]) => [kind, how, setUp, error] as const),
  );

  test.each(cases)(
    'of a %s, %s, is split until the others are out, and that one is a bare card',
    async (kind, _, setUp, error) => {
      const { store, sent, cards } = await begin({
        ...setUp,
        check: async () => {},
        send(message) {
          if (isPoisonous(message)) throw error;
        },
      });
      await store(page(40, [3, 20]));
      await expectSoon(
        async () =>
          (
            await database().$client`select 1 from deliveries d join events e on e.id = d.event_id
      where e.source = 'a' and d.state <> 'delivered'`
          ).length === 0,
      );
      const digests = sent.filter(({ event }) => event.body.digest);
      for (const { event, form } of digests)
        expect([event.body.digest!.kind, form]).toEqual([kind, 'full']);
      const singles = sent.filter(({ event }) => event.source === 'a');
      const bare = singles
        .filter(({ form }) => form === 'bare')
        .map(({ event }) => event.externalId);
      expect(bare.sort()).toEqual(['21', '4']);
      const counted = digests.reduce(
        (sum, { event }) => sum + event.body.digest!.count,
        cards().length,
      );
      expect(counted).toBe(40);
      expect((await states()).suppressed).toBeGreaterThan(0);
      expect(
        await database().$client`select distinct reason from deliveries where state = 'suppressed'`,
      ).toEqual([{ reason: 'split' }]);
    },
  );

  test('whose events are all refused does not look like an outage, though nothing else passes', async () => {
    const { store, sent, metrics } = await begin({
      routes: [grouped({ waitMs: 100 })],
      check: async () => {},
      send(message) {
        if (isPoisonous(message)) throw new AdapterError('reject_event', 'rejected', 'status 400');
      },
    });
    const states = vi.spyOn(metrics, 'setSinkState');
    await store(page(8, [0, 1, 2, 3, 4, 5, 6, 7]));
    await expectSoon(() => sent.filter(({ form }) => form === 'bare').length === 8);
    expect(states.mock.calls.filter(([, state]) => state === 'backing_off')).toEqual([]);
  });

  test('is not split by who lost the role, and then nothing is changed', async () => {
    const db = database();
    await storePage(db, { routes: [grouped({})], events: page(4, []) });
    const lease = await hold(db, 'sink:x');
    const ids = (await db.$client`select event_id::int as id from deliveries order by 1`).map(
      ({ id }) => Number(id),
    );
    const [row] = await db.$client`select group_key from deliveries limit 1`;
    const members = await readMembers(db, {
      sink: 'soc',
      choice: { group: String(row!.group_key) },
      limit: 10,
    });
    const whole = digestEvent(
      composeDigest(members, { kind: 'group', before: 0, by: [] }),
      'x',
      'soc',
    );
    expect(await freezeDigest(db, lease, { sink: 'soc', event: whole, members: ids })).toBe(
      'frozen',
    );
    const [digest] =
      await db.$client`select event_id::int as id from deliveries where priority < 10`;
    const id = Number(digest!.id);
    expect(
      await splitDigest(
        db,
        { ...lease, epoch: lease.epoch + 1 },
        { sink: 'soc', digestId: id, parts: [], cards: ids },
      ),
    ).toBe('lost');
    expect(
      await splitDigest(db, lease, { sink: 'soc', digestId: id + 1000, parts: [], cards: ids }),
    ).toBe('changed');
    expect(await states()).toEqual({ pending: 5 });
    expect(
      await splitDigest(db, lease, { sink: 'soc', digestId: id, parts: [], cards: ids }),
    ).toEqual([]);
    expect(await states()).toEqual({ pending: 4, suppressed: 1 });
    expect(await splitDigest(db, lease, { sink: 'soc', digestId: id, parts: [], cards: ids })).toBe(
      'changed',
    );
  });
});

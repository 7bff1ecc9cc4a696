// Incidents that people take around the very moment at which somebody else is to be called, while one
// of two replicas is killed and their clocks jump: each step was either told or stopped, never both,
// never neither, and none comes before its time.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { until } from '../support/world.ts';
import { sink } from './checker.ts';
import { acknowledged, act, open, rootsOf, setUp } from './conversing.ts';
import { faultCase, isLong } from './fault-case.ts';

const batches = isLong ? 40 : 8;
const ofBatch = 8;
const incidents = batches * ofBatch + 1;
const afterMs = 10_000;
/** Of the acknowledgement, around the moment of the step. */
const offsetsMs = [-1000, 0, 1000, 4000];
const hourMs = 3_600_000;
const preload = `--import=${new URL('./clock-jump.mjs', import.meta.url).href}`;

faultCase(
  'acknowledged before, at and after a step, across a kill and jumping clocks',
  { timeoutMs: 240_000 },
  async (fault) => {
    const steps = [{ after: `${afterMs / 1000}s`, to: [sink] }];
    const { world, db } = await setUp(steps, { NODE_OPTIONS: preload });
    const { mattermost, tenant } = world;
    const start = (home: string, offset: number) =>
      world.start(home, { CLOCK_OFFSET_MS: String(offset) });
    const replicas = [start('home-0', -hourMs), start('home-1', hourMs)];
    for (const replica of replicas) await replica.ready();
    const taking: Promise<void>[] = [];
    const takeNew = async () => {
      for (const { eventId, inMs } of (await dueOf(db)).slice(taking.length)) {
        const offsetMs = offsetsMs[taking.length % offsetsMs.length]!;
        const waitMs = Math.max(0, inMs + offsetMs);
        taking.push(sleep(waitMs).then(() => act(db, eventId, acknowledged)));
      }
    };
    for (let batch = 0; batch < batches; batch += 1) {
      tenant.add('events', ofBatch, { severity: 'HIGH' });
      const isThere = async () => (await rootsOf(db)).length === (batch + 1) * ofBatch;
      expect(await until(isThere, 60_000)).toBe(true);
      await takeNew();
      await sleep(fault.between(0, 2000));
      if (batch !== batches >> 1) continue;
      for (const { child } of replicas) child.kill('SIGUSR2');
      const killed = fault.between(0, 1);
      await replicas[killed]!.end('SIGKILL');
      fault.struck();
      replicas[killed] = start(`home-${killed}`, killed === 0 ? -hourMs : hourMs);
    }
    await Promise.all(taking);
    // Nobody takes the last one before somebody is called.
    tenant.add('events', 1, { severity: 'HIGH' });
    const isCalled = async () => (await outcomesOf(db))[incidents - 1]?.state === 'delivered';
    expect(await until(isCalled, 90_000)).toBe(true);
    await act(db, (await rootsOf(db)).at(-1)!, acknowledged);
    expect(await until(async () => (await open(db)) === 0, 90_000), `${await open(db)} open`).toBe(
      true,
    );

    const all = await outcomesOf(db);
    expect(all).toHaveLength(incidents);
    const postedAt = new Map(mattermost.posts.map((post) => [post.deliveryId, post.atMs]));
    const judged = all.map((one) => ({ ...one, atMs: postedAt.get(`${sink}-${one.step}`) }));
    const isWrong = (one: (typeof judged)[number]) => {
      const isTold = one.atMs !== undefined;
      if (one.step === null) return !one.isTaken;
      if (one.state === 'delivered') return !isTold || !one.isInTime;
      return one.state !== 'suppressed' || isTold;
    };
    expect(judged.filter(isWrong)).toEqual([]);
    expect([...mattermost.deliveries].filter(([, times]) => times > 1)).toEqual([]);
    const told = judged.filter(({ state }) => state === 'delivered').length;
    const stopped = judged.filter(({ state }) => state === 'suppressed').length;
    console.info(`${told} told, ${stopped} stopped, ${incidents - told - stopped} not made`);
    for (const replica of replicas) expect(await replica.end('SIGTERM')).toBe(0);
  },
);

/** How long it is, by the database's clock, until the step of each incident. */
async function dueOf(db: Database) {
  const rows = await db.$client`
    select d.event_id::int as "eventId",
      extract(epoch from d.finalized_at - clock_timestamp())::float8 * 1000 as ago
    from deliveries d join events e on e.id = d.event_id where e.source = 'soc' and d.kind = 'card'
    order by d.event_id`;
  return rows.map((row) => ({ eventId: Number(row.eventId), inMs: Number(row.ago) + afterMs }));
}

interface Outcome {
  /** Of the event of the step; null: none was made. */
  readonly step: number | null;
  readonly state: string | null;
  readonly isTaken: boolean;
  /** It was made after its time, and before somebody took the incident. */
  readonly isInTime: boolean;
}

async function outcomesOf(db: Database): Promise<readonly Outcome[]> {
  const rows = await db.$client`
    select s.event_id::int as step, s.state, i.state = 'acknowledged' as "isTaken",
      coalesce(made.at >= c.finalized_at + ${afterMs}::float8 * interval '1 millisecond'
        and made.at <= i.acknowledged_at, false) as "isInTime"
    from incidents i join deliveries c on c.event_id = i.event_id and c.kind = 'card'
      left join deliveries s on s.to_event = i.event_id and s.kind = 'step'
      left join incident_changes made on made.incident_id = i.id and made.kind = 'escalated'
    order by i.event_id`;
  return rows as unknown as readonly Outcome[];
}

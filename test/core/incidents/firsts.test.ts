// What people did is counted once, by whoever holds the role, in the hours in which it began.
import { expect, test } from 'vitest';
import { changeIncident } from '../../../src/core/incidents/change.ts';
import { Firsts } from '../../../src/core/incidents/firsts.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { drafts, storePage, useDatabase } from '../../store/stored.ts';

const db = useDatabase();
const always = [parseInterval({ timeZone: 'UTC' })];
const job = { ask: <Result>(query: () => Promise<Result>) => query(), isOver: () => false };

function counter(businessHours = always) {
  const metrics = createMetrics({ version: '1', sources: [], sinks: [], roles: [] });
  const counted = async () =>
    (await metrics.expose())
      .split('\n')
      .filter((line) => /^tocsin_(acknowledge|resolve)_seconds_count.* [1-9]/.test(line));
  return { firsts: new Firsts({ db: db(), metrics, businessHours }), counted };
}

const settle = () => db().$client`update incident_changes set at = at - interval '10 seconds'`;

async function delivered(count: number): Promise<number[]> {
  const page = await storePage(db(), { events: drafts(1, count) });
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now() - interval '1 minute'`;
  return page!.events.map(({ id }) => id);
}

const acknowledge = (eventId: number) =>
  changeIncident(db(), {
    ...{ eventId, wanted: { kind: 'acknowledged', forMs: null }, actor: 'ana', via: 'cli' },
  });

test('each is counted once, by one holder after another, and nothing from before the first', async () => {
  const [before, during, after] = await delivered(3);
  await acknowledge(before!);
  await settle();
  const first = counter();
  await first.firsts.look(job);
  expect(await first.counted()).toEqual([]);
  await acknowledge(during!);
  await first.firsts.look(job);
  expect(await first.counted()).toEqual([]);
  await settle();
  await first.firsts.look(job);
  await first.firsts.look(job);
  const once = [expect.stringMatching(/acknowledge_.*hours="business"\} 1$/)];
  expect(await first.counted()).toEqual(once);
  const second = counter([]);
  await second.firsts.look(job);
  await acknowledge(after!);
  await settle();
  await second.firsts.look(job);
  expect(await second.counted()).toEqual([expect.stringMatching(/hours="other"\} 1$/)]);
});

test('whoever loses the role while it reads counts nothing of it', async () => {
  const [one] = await delivered(1);
  const { firsts, counted } = counter();
  await firsts.look(job);
  await acknowledge(one!);
  await settle();
  let isHeld = true;
  const losing = {
    ask: async <Result>(query: () => Promise<Result>) => {
      const result = await query();
      isHeld = false;
      return result;
    },
    isOver: () => !isHeld,
  };
  await firsts.look(losing);
  expect(await counted()).toEqual([]);
  await firsts.look(job);
  expect(await counted()).toHaveLength(1);
});

test('hundreds at once are counted in one look', async () => {
  const ids = await delivered(600);
  const { firsts, counted } = counter();
  await firsts.look(job);
  await db().$client`
    insert into incidents (source, subject, event_id, state, severity)
    select 'a', 's' || id, id, 'acknowledged', severity from events`;
  await db().$client`
    insert into incident_changes (incident_id, kind, from_state, to_state, actor, via, at)
    select id, 'acknowledged', 'open', 'acknowledged', 'ana', 'api', now() - interval '20 seconds'
    from incidents`;
  await firsts.look(job);
  expect(ids).toHaveLength(600);
  const sum = (await counted()).reduce((all, line) => all + Number(line.split(' ').at(-1)), 0);
  expect(sum).toBe(600);
});

test('a page of changes of which none counts is passed', async () => {
  const [one] = await delivered(1);
  const { firsts, counted } = counter();
  await firsts.look(job);
  const note = { eventId: one!, wanted: { kind: 'noted' }, actor: 'ana', via: 'cli' } as const;
  await changeIncident(db(), note);
  await db().$client`
    insert into incident_changes (incident_id, kind, from_state, to_state, actor, via)
    select id, 'noted', 'open', 'open', 'ana', 'cli' from incidents, generate_series(1, 600)`;
  await acknowledge(one!);
  await settle();
  await firsts.look(job);
  expect(await counted()).toHaveLength(1);
});

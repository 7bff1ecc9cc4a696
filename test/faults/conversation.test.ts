// Incidents that the console and people change while one of two replicas is killed again and again:
// each card ends as its incident is, none comes twice, no edit is lost, and each reply comes once.
// Long form: 1,000 incidents, 41 kills, 9,064 changes in 4,258 edits; nothing came twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Wanted } from '../../src/core/incidents/decide.ts';
import type { Database } from '../../src/store/database.ts';
import { until, type World } from '../support/world.ts';
import { sink } from './checker.ts';
import { acknowledged, act, cardsOf, open, rootsOf, setUp, stepsOf, textOf } from './conversing.ts';
import { faultCase, isLong } from './fault-case.ts';

const incidents = Number(process.env.INCIDENTS ?? (isLong ? 1000 : 60));
/** Of the console, for each incident. */
const rounds = 5;
/** In each round; in the long form the console is read between them. */
const killsOfRound = isLong ? 8 : 1;
/** Between two kills at least. */
const killEveryMs = 3000;
/** Of each of 50 items: 10,000 in all in the long form. */
const recurrencesOfEach = isLong ? 200 : 40;

faultCase(
  'incidents change while replicas are killed',
  { timeoutMs: 240_000 + incidents * 600 },
  async (fault) => {
    const { world, db } = await setUp();
    const { tenant } = world;
    const ids = tenant.add('events', incidents, { severity: 'HIGH' });
    const replicas = [world.start('home-0'), world.start('home-1')];
    for (const replica of replicas) await replica.ready();
    expect(await until(async () => (await rootsOf(db)).length === incidents, 120_000)).toBe(true);
    const roots = await rootsOf(db);

    for (let round = 0; round < rounds; round += 1) {
      for (const id of ids) changeAtConsole(world, id, round);
      for (const [index, eventId] of roots.entries())
        await act(db, eventId, index % rounds === round ? acknowledged : { kind: 'noted' });
      for (let kill = 0; kill < killsOfRound; kill += 1) {
        await sleep(killEveryMs + fault.between(0, 2000));
        const killed = (round + kill) % 2;
        await replicas[killed]!.end('SIGKILL');
        fault.struck();
        replicas[killed] = world.start(`home-${killed}`);
      }
    }
    for (const replica of replicas) await replica.ready();
    const isSeen = async () => (await known(db)).every(isSeenOf(world));
    expect(await until(isSeen, 180_000), 'not every change was seen').toBe(true);
    for (const [index, eventId] of roots.entries()) {
      await act(db, eventId, { kind: 'resolved' });
      if (index === incidents >> 1) {
        await replicas[0]!.end('SIGKILL');
        fault.struck();
        replicas[0] = world.start('home-0');
      }
    }
    const isDone = async () => (await open(db)) === 0;
    expect(await until(isDone, 180_000 + incidents * 200), `${await open(db)} open`).toBe(true);
    await judge(world, db);
    for (const replica of replicas) expect(await replica.end('SIGTERM')).toBe(0);
  },
);

faultCase('cards go before edits after an outage', { timeoutMs: 240_000 }, async (fault) => {
  const { world, db } = await setUp();
  const { mattermost, tenant } = world;
  tenant.add('events', 20, { severity: 'HIGH' });
  const before = world.start();
  await before.ready();
  expect(await until(async () => (await rootsOf(db)).length === 20, 60_000)).toBe(true);
  mattermost.fail(503, Number.POSITIVE_INFINITY);
  tenant.add('events', 40, { severity: 'HIGH' });
  for (const eventId of await rootsOf(db)) await act(db, eventId, { kind: 'resolved' });
  // Cards of these wait, and edits and replies of those that came before.
  // On a slow machine so does a notice about the sink.
  const isWaiting = async () => (await known(db)).length === 60 && (await open(db)) >= 80;
  expect(await until(isWaiting, 60_000), `${await open(db)} wait`).toBe(true);
  await before.end('SIGKILL');
  fault.struck();
  // One that was being sent stays claimed for a while, and edits go meanwhile.
  const rows = await db.$client`
    select event_id from deliveries where state = 'pending' and reason is distinct from 'sending'`;
  const waiting = new Set(rows.map((row) => `${sink}-${row.event_id}`));
  mattermost.heal();
  const from = mattermost.requests.total;
  const after = world.start();
  expect(await until(async () => (await open(db)) === 0, 60_000), `${await open(db)} wait`).toBe(
    true,
  );
  const calls = mattermost.requests.log.slice(from - mattermost.requests.total);
  const [firstEdit, lastPost] = [
    calls.findIndex(({ call }) => /patch$/.test(call ?? '')),
    calls.findLastIndex(
      ({ call, deliveryId = '' }) => /^POST .*\/posts$/.test(call ?? '') && waiting.has(deliveryId),
    ),
  ];
  expect(lastPost).toBeGreaterThan(0);
  expect(firstEdit).toBeGreaterThan(lastPost);
  expect(await after.end('SIGTERM')).toBe(0);
});

faultCase(
  'who sent a step is killed, and others take it',
  { timeoutMs: 180_000 },
  async (fault) => {
    const { world, db } = await setUp([{ after: '10s', to: [sink], mention: '@oncall' }]);
    const { mattermost, tenant } = world;
    tenant.add('events', 5, { severity: 'HIGH' });
    const before = world.start();
    await before.ready();
    expect(await until(async () => (await rootsOf(db)).length === 5, 60_000)).toBe(true);
    // From here on a message gets no answer.
    mattermost.fail('hang', Number.POSITIVE_INFINITY);
    const areClaimed = async () => {
      const all = await stepsOf(db);
      return all.length === 5 && all.some(({ reason }) => reason === 'sending');
    };
    expect(await until(areClaimed, 60_000), JSON.stringify(await stepsOf(db))).toBe(true);
    await before.end('SIGKILL');
    fault.struck();
    for (const eventId of await rootsOf(db)) await act(db, eventId, acknowledged);
    mattermost.heal();
    const after = world.start();
    expect(await until(async () => (await open(db)) === 0, 60_000), `${await open(db)} wait`).toBe(
      true,
    );
    const stopped = { state: 'suppressed', reason: 'acknowledged' };
    const steps = await stepsOf(db);
    expect(steps).toEqual(steps.map(({ id }) => ({ id, ...stopped })));
    expect(steps.filter(({ id }) => mattermost.deliveries.has(`${sink}-${id}`))).toEqual([]);
    expect(await after.end('SIGTERM')).toBe(0);
  },
);

faultCase('50 items happen again and again', { timeoutMs: 300_000 }, async (fault) => {
  const { world, db } = await setUp();
  const { mattermost, tenant } = world;
  tenant.add('events', 50, { severity: 'HIGH' });
  const service = world.start();
  await service.ready();
  expect(await until(async () => (await rootsOf(db)).length === 50, 60_000)).toBe(true);
  const roots = await rootsOf(db);
  const startedAt = performance.now();
  for (let time = 0; time < recurrencesOfEach; time += 1)
    for (const eventId of roots) await act(db, eventId, happenedAgain(eventId));
  fault.struck();
  expect(await until(async () => (await open(db)) === 0, 60_000)).toBe(true);
  const editsMax = Math.ceil((performance.now() - startedAt) / 10_000) + 1;
  const untrue = (await known(db)).filter(({ eventId, item, occurrences }) => {
    const atFirst = Number(tenant.item('events', item).reoccurrence_count ?? 1);
    const card = cardsOf(world).get(`${sink}-${eventId}`)!;
    const isShown = textOf(card).includes(`Seen ${occurrences} times`);
    return occurrences !== Math.max(1, atFirst) + recurrencesOfEach || !isShown;
  });
  expect(untrue).toEqual([]);
  expect([...mattermost.deliveries].filter(([, times]) => times > 1)).toEqual([]);
  const edits = [...cardsOf(world).values()].map(({ edits: made = 0 }) => made);
  expect(Math.max(...edits)).toBeLessThanOrEqual(editsMax);
  console.info(`${50 * recurrencesOfEach} recurrences, ${edits.reduce((a, b) => a + b)} edits`);
  expect(await service.end('SIGTERM')).toBe(0);
});

/** As intake does with what the console says. */
function happenedAgain(eventId: number): Wanted {
  const change = { source: 'soc', externalId: `${eventId}`, fields: [], seenAgain: 1 };
  return { kind: 'vendor', change, severity: 4, seenAt: null };
}

function changeAtConsole({ tenant }: World, id: number, round: number): void {
  if (round === 0 || round === 3) tenant.recur('events', id);
  else if (round === 1) tenant.change('events', id, { last_action: 'QUARANTINED' });
  else if (round === 2) tenant.change('events', id, { comment: `looked at ${id}` });
  else tenant.change('events', id, { file_status: 'DELETED' });
}

interface Known {
  readonly eventId: number;
  readonly item: number;
  readonly state: string;
  readonly by: string | null;
  readonly occurrences: number;
  /** By the changes that are stored. */
  readonly seen: number;
}

/** Of each incident, what the database says. */
async function known(db: Database): Promise<readonly Known[]> {
  const rows = await db.$client`
    select e.id::int as "eventId", (e.raw->>'id')::int as item, coalesce(i.state, 'open') as state,
      i.by, coalesce(i.occurrences, 1) as occurrences,
      (select count(distinct field->>'name')::int from events c,
        json_array_elements((c.body->'change'->'fields')::json) as field
        where c.stream = 'change' and c.subject = e.subject
          and field->>'name' in ('recurrence', 'lastAction', 'comment', 'fileStatus')) as seen
    from events e left join incidents i on i.event_id = e.id
    where e.source = 'soc' order by e.id`;
  return rows as unknown as readonly Known[];
}

function isSeenOf({ tenant }: World) {
  return ({ item, occurrences, seen }: Known) =>
    seen === 4 && occurrences >= Number(tenant.item('events', item).reoccurrence_count);
}

async function judge(world: World, db: Database): Promise<void> {
  const { deliveries } = world.mattermost;
  const cards = cardsOf(world);
  const all = await known(db);
  expect(all).toHaveLength(incidents);
  const untrue = all.flatMap((one) => {
    const card = cards.get(`${sink}-${one.eventId}`);
    const text = card === undefined ? 'no card' : textOf(card);
    const isTrue =
      text.includes(`Resolved by \`${one.by}\``) && text.includes(`Seen ${one.occurrences} times`);
    return isTrue ? [] : [`${one.eventId}, seen ${one.occurrences} times: ${text.slice(0, 300)}`];
  });
  expect(untrue).toEqual([]);
  expect(all.filter(({ state }) => state !== 'resolved')).toEqual([]);
  const isCounted = ({ item, occurrences }: Known) =>
    occurrences === world.tenant.item('events', item).reoccurrence_count;
  expect(all.filter((one) => !isCounted(one))).toEqual([]);
  // A killed process leaves what it posted and did not record; the bot finds it again.
  expect([...deliveries].filter(([, times]) => times > 1)).toEqual([]);
  const replies = await db.$client`
    select event_id, state from deliveries where kind = 'reply' and sink = ${sink}`;
  expect(replies.length).toBeGreaterThanOrEqual(incidents);
  const missing = replies.filter(({ event_id: id }) => !deliveries.has(`${sink}-${id}`));
  expect(missing).toEqual([]);
  const [changes] = await db.$client`
    select count(*)::int as count, (select count(*)::int from message_edits where state <> 'current')
      as lost from incident_changes`;
  expect(changes!.lost).toBe(0);
  const edits = [...cards.values()].reduce((sum, { edits: made = 0 }) => sum + made, 0);
  expect(edits).toBeLessThanOrEqual(Number(changes!.count));
  console.info(
    `${incidents} incidents, ${changes!.count} changes, ${edits} edits, ${replies.length} replies`,
  );
}

// Incidents that nobody takes, on a real Postgres: each step is stored once, whoever looks, and
// whoever takes the incident either stops a step or comes after it. Time passes by moving what is
// stored, not by waiting.
import { expect, test } from 'vitest';
import { Escalation } from '../../../src/core/escalation/job.ts';
import { changeIncident } from '../../../src/core/incidents/change.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import type { Duty } from '../../../src/core/rules/duty.ts';
import type { EscalationStep } from '../../../src/core/rules/escalation.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import type { EventDraft } from '../../../src/kit/event.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { recordDelivered } from '../../../src/store/deliveries/index.ts';
import { readPosted, takeDueEdits } from '../../../src/store/edits.ts';
import { claimedStep } from '../../../src/store/incident-changes.ts';
import { insertSilences } from '../../../src/store/silences.ts';
import { draft, quiet, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const minuteMs = 60_000;
const step = (minutes: number, more: Partial<EscalationStep> = {}): EscalationStep => ({
  afterMs: minutes * minuteMs,
  to: ['soc'],
  mention: [],
  repeat: 0,
  minSeverity: 0,
  ...more,
});
const routeOf = (...escalate: EscalationStep[]): Route => ({
  name: 'grave',
  minSeverity: 0,
  to: ['soc'],
  escalate,
});
const usual = routeOf(step(15, { mention: ['@oncall'] }), step(30, { to: ['pager', 'mail'] }));

/** Stores an event of the route. @returns its id */
async function happen(route = usual, more: Partial<EventDraft> = {}): Promise<number> {
  const stored = await storePage(database(), {
    routes: [route],
    events: [draft(1, { severity: 4, ...more })],
  });
  return stored!.events[0]!.id;
}

async function deliver(eventId: number): Promise<void> {
  const delivered = { eventId, afterFailure: false, durationMs: 1, remoteId: `post-${eventId}` };
  await recordDelivered(database(), 'soc', [delivered]);
}

/** As if everything that is stored had happened that much earlier. */
async function pass(minutes: number): Promise<void> {
  const client = database().$client;
  const ago = client`${minutes * minuteMs}::float8 * interval '1 millisecond'`;
  await client`update events set received_at = received_at - ${ago}`;
  await client`update deliveries set finalized_at = finalized_at - ${ago}`;
  await client`update incidents set step_at = step_at - ${ago}, until = until - ${ago}`;
  await client`update incident_changes set at = at - ${ago}`;
}

const metrics = () => createMetrics({ version: 'x', sources: [], sinks: [], roles: [] });

function escalationOf(route: Route, counted = metrics(), duty?: Duty) {
  const silences = new SilenceReader(database(), quiet);
  const deps = { db: database(), log: quiet, metrics: counted, routes: [route], silences };
  return new Escalation({ ...deps, duty, maxAgeMs: 86_400_000 });
}

const job = { isOver: () => false, ask: <T>(query: () => Promise<T>) => query() };
const look = (route = usual) => escalationOf(route).look(job);

const acknowledge = (eventId: number, actor = 'ana') =>
  changeIncident(database(), {
    eventId,
    wanted: { kind: 'acknowledged', forMs: 8 * 60 * minuteMs },
    actor,
    via: 'chat',
  });

/** As whoever sends a step does it right before. @returns how many */
async function claim(): Promise<number> {
  const rows = await database().$client`
    update deliveries d set reason = ${claimedStep}
    where d.kind = 'step' and d.state = 'pending' and exists (
      select 1 from incidents i where i.event_id = d.to_event and i.state = 'open'
    ) returning 1`;
  return rows.length;
}

async function steps() {
  const rows = await database().$client`
    select d.sink, d.state, d.reason, e.body->'news' as news, d.to_event
    from deliveries d join events e on e.id = d.event_id where d.kind = 'step'
    order by d.event_id, d.sink`;
  return rows.map(({ sink, state, reason, news, to_event: toEvent }) => ({
    ...{ sink, state, reason, values: news.values, mention: news.mention, toEvent },
  }));
}
const told = async () => (await steps()).map(({ sink, state }) => `${sink} ${state}`);
async function incident() {
  const [row] = await database().$client`select * from incidents`;
  return row!;
}

test('an event of a route with steps has an incident at once, and one of another route has none', async () => {
  const id = await happen();
  expect(await incident()).toMatchObject({
    source: 'a',
    subject: 'event/1',
    event_id: id,
    state: 'open',
    severity: 4,
    version: 0,
    route: 'grave',
    step: 0,
  });
  await storePage(database(), { events: [draft(2)], routes: [{ ...usual, escalate: undefined }] });
  await storePage(database(), { events: [draft(3, { stream: 'change' })], routes: [usual] });
  expect(await database().$client`select 1 from incidents`).toHaveLength(1);
});

test('an event that nobody is to hear of has none', async () => {
  const low = { ...usual, minSeverity: 5 as const };
  await happen(low);
  const now = Date.now();
  const silence = {
    matcher: {},
    owner: 'ana',
    reason: 'r',
    startsAtMs: now - 1e6,
    endsAtMs: now + 1e6,
  };
  await insertSilences(database(), [silence]);
  const silences = new SilenceReader(database(), quiet);
  await storePage(database(), { events: [draft(2)], routes: [usual], silences, nowMs: now });
  expect(await database().$client`select 1 from incidents`).toEqual([]);
});

test('each step is made in its time, counted from the first delivered message', async () => {
  const id = await happen();
  await pass(10);
  await deliver(id);
  await pass(14);
  await look();
  expect(await steps()).toEqual([]);
  await pass(2);
  await look();
  await look();
  const values = { step: '1', to: 'soc', reason: 'unacknowledged' };
  const state = { state: 'pending', reason: null, toEvent: id };
  expect(await steps()).toEqual([{ sink: 'soc', ...state, values, mention: '@oncall' }]);
  expect(await incident()).toMatchObject({ step: 1, version: 1, escalated_to: 'soc' });
  await pass(15);
  await look();
  expect(await told()).toEqual(['soc pending', 'mail pending', 'pager pending']);
  expect(await incident()).toMatchObject({ step: 2, step_at: null, escalated_to: 'pager, mail' });
  const changes = await database().$client`select kind, actor, via from incident_changes`;
  expect(changes.map((row) => ({ ...row }))).toEqual(
    Array(2).fill({ kind: 'escalated', actor: 'tocsin', via: 'time' }),
  );
});

test('the message of a step shows who took the incident, and is otherwise true as it was sent', async () => {
  const id = await happen();
  await deliver(id);
  await pass(16);
  await look();
  const [{ event_id: step } = {}] = await database().$client`
    select event_id::int from deliveries where kind = 'step'`;
  await deliver(step);
  const due = () => takeDueEdits(database(), { sink: 'soc', limit: 10 });
  // That it was escalated is shown by the card alone.
  expect((await due()).map(({ event }) => event.id)).toEqual([id]);
  await acknowledge(id);
  const edits = await due();
  expect(edits.map(({ event, remoteId }) => [event.id, remoteId])).toEqual([
    [id, `post-${id}`],
    [step, `post-${step}`],
  ]);
  expect(edits[1]).toMatchObject({
    event: { body: { news: { kind: 'escalated', eventId: id } } },
    incident: { state: 'acknowledged', by: 'ana', version: 2 },
    done: 1,
  });
  const place = { eventId: step, sink: 'soc' };
  expect(await readPosted(database(), place)).toMatchObject({ incident: { eventId: id } });
});

test('a step that was stopped has no message to edit, and one that is being sent has', async () => {
  const id = await happen();
  await deliver(id);
  await pass(31);
  await look();
  await database().$client`
    update deliveries set reason = ${claimedStep} where kind = 'step' and sink = 'pager'`;
  await acknowledge(id);
  expect(await told()).toEqual(['mail suppressed', 'pager pending']);
  const edits = await database().$client`
    select m.sink from message_edits m join deliveries d using (event_id, sink)
    where d.kind = 'step' and m.wanted > m.done`;
  expect(edits.map(({ sink }) => sink)).toEqual(['pager']);
});

test('what could not be delivered is told after a minute of grace, with the sinks that failed', async () => {
  await happen();
  await pass(15.5);
  await look();
  expect(await steps()).toEqual([]);
  await pass(1);
  await look();
  expect((await steps())[0]?.values).toEqual({
    ...{ step: '1', to: 'soc', reason: 'undelivered', undelivered: 'soc' },
  });
});

test('what waits for its group is not late, unless the sink of the group fails', async () => {
  const grouped = {
    ...usual,
    group: { by: [], waitMs: 3_600_000, intervalMs: 1, max: 9, cards: 0 },
  };
  await happen(grouped);
  await pass(60);
  await look(grouped);
  expect(await steps()).toEqual([]);
  await database().$client`insert into sinks (sink, state) values ('soc', 'paused')`;
  await pass(2);
  await look(grouped);
  // Both steps were due, and the first is left out.
  expect((await steps()).map(({ values }) => values.reason)).toEqual([
    'undelivered',
    'undelivered',
  ]);
});

test('after the service was down, the last step that is due is made, and no burst of them', async () => {
  const id = await happen();
  await deliver(id);
  await pass(300);
  const counted = metrics();
  await escalationOf(usual, counted).look(job);
  expect((await steps()).map(({ sink, values }) => [sink, values.skipped])).toEqual([
    ['mail', '1'],
    ['pager', '1'],
  ]);
  const text = await counted.expose();
  expect(text).toContain('tocsin_escalations_total{outcome="late"} 1');
  expect(text).toContain('tocsin_escalations_total{outcome="unacknowledged"} 1');
  expect(text).toContain('tocsin_escalations_total{outcome="silenced"} 0');
});

test('an incident that is too old tells nobody, and is looked at no more', async () => {
  const id = await happen();
  await deliver(id);
  await pass(25 * 60);
  const counted = metrics();
  await escalationOf(usual, counted).look(job);
  expect([await steps(), (await incident()).step_at]).toEqual([[], null]);
  expect(await counted.expose()).toContain('tocsin_escalations_total{outcome="too_old"} 1');
});

test('a step that a silence covers tells nobody; the next one counts again', async () => {
  const id = await happen();
  await deliver(id);
  await pass(16);
  const now = Date.now();
  const silence = { owner: 'ana', reason: 'r', startsAtMs: now - minuteMs, endsAtMs: now + 60_000 };
  await insertSilences(database(), [{ matcher: { sinks: ['soc', 'mail'] }, ...silence }]);
  const counted = metrics();
  await escalationOf(usual, counted).look(job);
  expect([await steps(), (await incident()).step]).toEqual([[], 1]);
  expect(await counted.expose()).toContain('tocsin_escalations_total{outcome="silenced"} 1');
  await pass(15);
  await look();
  expect(await told()).toEqual(['pager pending']);
});

test('a step for higher severities, or for other hours, is passed over', async () => {
  const grave = routeOf(step(15, { minSeverity: 5 }), step(30));
  const id = await happen(grave);
  await deliver(id);
  await pass(16);
  const counted = metrics();
  await escalationOf(grave, counted).look(job);
  expect([await steps(), (await incident()).step]).toEqual([[], 1]);
  expect(await counted.expose()).toContain('tocsin_escalations_total{outcome="not_now"} 1');
});

test('steps of the same time are one message to all of their sinks, with all of their mentions', async () => {
  const both = routeOf(
    step(15, { mention: ['@a'] }),
    step(15, { to: ['chat'], mention: ['!b', '@a'] }),
  );
  const id = await happen(both);
  await deliver(id);
  await pass(16);
  await look(both);
  expect((await steps()).map(({ sink, mention }) => [sink, mention])).toEqual([
    ['chat', '@a !b'],
    ['soc', '@a !b'],
  ]);
});

test('a step that mentions who is on duty pings that person, or the fallback, and says so', async () => {
  const fallback = { who: 'SOC lead', mention: ['@lead'] };
  const always = { fromMs: 0, untilMs: Number.MAX_VALUE, from: 'table' as const };
  const shift = { who: 'ana', mention: ['@ana', '!U1'], ...always };
  const called = routeOf(step(15, { mention: ['duty', '@soc'] }), step(30));
  const valuesOf = async (duty: Duty) => {
    await database().$client`truncate events, deliveries, incidents, incident_changes`;
    const id = await happen(called);
    await deliver(id);
    await pass(16);
    await escalationOf(called, metrics(), duty).look(job);
    return (await steps()).map(({ values, mention }) => [values.duty, values.fallback, mention]);
  };
  expect(await valuesOf({ shifts: [shift], fallback })).toEqual([
    ['ana', undefined, '@ana !U1 @soc'],
  ]);
  expect(await valuesOf({ shifts: [], fallback })).toEqual([[undefined, 'SOC lead', '@lead @soc']]);
});

test('acknowledged a second before the step: it is never made', async () => {
  const id = await happen();
  await deliver(id);
  await pass(15 - 1 / 60);
  await acknowledge(id);
  await pass(60);
  await look();
  expect([await steps(), (await incident()).step_at]).toEqual([[], null]);
});

test('acknowledged a second after the step, before it is sent: it is stopped, with the reason', async () => {
  const id = await happen();
  await deliver(id);
  await pass(15 + 1 / 60);
  await look();
  await acknowledge(id);
  expect(await steps()).toMatchObject([{ state: 'suppressed', reason: 'acknowledged' }]);
  expect(await claim()).toBe(0);
  await pass(60);
  await look();
  expect(await told()).toEqual(['soc suppressed']);
});

test('an acknowledgement that ends makes it open, and the steps begin again from there', async () => {
  const id = await happen();
  await deliver(id);
  await pass(5);
  await acknowledge(id);
  await pass(9 * 60);
  const expired = { kind: 'expired', isQuiet: false } as const;
  await changeIncident(database(), { eventId: id, wanted: expired, actor: 'tocsin', via: 'time' });
  await look();
  expect(await steps()).toEqual([]);
  await pass(16);
  await look();
  expect(await told()).toEqual(['soc pending']);
});

/** The vendor rates it as critical. */
const raise = (eventId: number) =>
  changeIncident(database(), {
    ...{ eventId, actor: 'changes', via: 'vendor' },
    wanted: {
      kind: 'vendor',
      change: { source: 'a', externalId: '1', fields: [] },
      severity: 5,
      seenAt: null,
    },
  });

test('what becomes more severe is told to those who were left out as it was not', async () => {
  const grave = routeOf(step(15, { minSeverity: 5, mention: ['@lead'] }));
  const id = await happen(grave);
  await deliver(id);
  await pass(16);
  await look(grave);
  expect([await steps(), (await incident()).step_at]).toEqual([[], null]);
  await pass(60 * 48);
  await raise(id);
  await look(grave);
  await look(grave);
  expect(
    (await steps()).map(({ sink, mention, values }) => [sink, mention, values.skipped]),
  ).toEqual([['soc', '@lead', undefined]]);
});

/** It happens once more. */
const recur = (eventId: number) =>
  changeIncident(database(), {
    ...{ eventId, actor: 'changes', via: 'vendor' },
    wanted: {
      kind: 'vendor',
      change: { source: 'a', externalId: '1', fields: [], seenAgain: 1 },
      severity: 4,
      seenAt: null,
    },
  });

test('what nobody took and happens again makes the last step again, however often it happens', async () => {
  const id = await happen();
  await deliver(id);
  for (const minutes of [16, 16]) {
    await pass(minutes);
    await look();
  }
  const all = ['soc pending', 'mail pending', 'pager pending'];
  expect(await told()).toEqual(all);
  for (let count = 0; count < 20; count += 1) await recur(id);
  await look();
  expect(await told()).toEqual(all);
  await pass(16);
  await look();
  await look();
  const again = [...all, 'mail pending', 'pager pending'];
  expect(await told()).toEqual(again);
  // Not without a recurrence, and two days later with one.
  await pass(48 * 60);
  await look();
  expect(await told()).toEqual(again);
  await recur(id);
  await look();
  expect(await told()).toEqual([...again, 'mail pending', 'pager pending']);
  expect(await incident()).toMatchObject({ step: 2, step_at: null });
  expect((await steps()).map(({ values }) => values.last)).toEqual([
    ...[undefined, 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ]);
});

test('a recurrence changes no time of a step that is to come, and calls nobody who has it', async () => {
  const id = await happen();
  await deliver(id);
  await pass(10);
  await recur(id);
  await look();
  expect(await told()).toEqual([]);
  await pass(6);
  await look();
  expect(await told()).toEqual(['soc pending']);
});

test.each(['acknowledged', 'resolved'] as const)(
  'what was %s and happens again begins its steps afresh',
  async (kind) => {
    const id = await happen();
    await deliver(id);
    await pass(31);
    await look();
    const wanted = kind === 'resolved' ? { kind } : { kind, forMs: 8 * 60 * minuteMs };
    await changeIncident(database(), { eventId: id, wanted, actor: 'ana', via: 'chat' });
    const before = await told();
    await pass(5);
    await recur(id);
    expect(await incident()).toMatchObject({ state: 'open', step: 0 });
    await pass(14);
    await look();
    expect(await told()).toEqual(before);
    await pass(2);
    await look();
    expect(await told()).toEqual([...before, 'soc pending']);
  },
);

test('what becomes more severe before its first step changes no time of a step', async () => {
  const id = await happen();
  await deliver(id);
  await pass(5);
  await raise(id);
  await look();
  expect(await steps()).toEqual([]);
  await pass(11);
  await look();
  await raise(id);
  await look();
  expect(await told()).toEqual(['soc pending']);
  await pass(15);
  await look();
  expect(await told()).toEqual(['soc pending', 'mail pending', 'pager pending']);
});

test('what becomes more severe tells nobody where the route has no steps', async () => {
  const plain: Route = { ...usual, escalate: undefined };
  const id = await happen(plain);
  await deliver(id);
  await raise(id);
  expect(await incident()).toMatchObject({ severity: 5, step: 0, step_at: null });
});

test('a route that is gone, or has no steps any more, tells nobody', async () => {
  const id = await happen();
  await deliver(id);
  await pass(16);
  await look({ ...usual, name: 'other' });
  expect([await steps(), (await incident()).step_at]).toEqual([[], null]);
});

test('a clock that goes back by a day delays a step by its own time alone', async () => {
  const id = await happen();
  await deliver(id);
  await pass(-24 * 60);
  await look();
  expect(await steps()).toEqual([]);
  const [row] = await database().$client`
    select extract(epoch from step_at - now()) / 60 as minutes from incidents`;
  expect(Number(row?.minutes)).toBeCloseTo(15, 0);
});

/**
 * Told: somebody has claimed it. Stopped: it is suppressed. Never both of a step and an incident
 * that is open still, and never neither of one that was acknowledged.
 */
test('two replicas, somebody who acknowledges and the sink, all at the same instant: told or stopped, never both, never neither', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 40; round += 1) {
    await database()
      .$client`truncate events, deliveries, incidents, incident_changes, message_edits`;
    const id = await happen();
    await deliver(id);
    await pass(15);
    const replicas = [escalationOf(usual), escalationOf(usual)];
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const send = async () => {
      await pause((round * 7) % 12);
      return claim();
    };
    const act = async () => {
      await pause((round * 5) % 13);
      return acknowledge(id);
    };
    const [, , claimed, answer] = await Promise.all([
      ...replicas.map((one) => one.look(job)),
      send(),
      act(),
    ] as const);
    expect((answer as Awaited<ReturnType<typeof act>>)?.outcome).toBe('changed');
    const made = await steps();
    const wasTold = (claimed as number) > 0;
    expect(made.length).toBeLessThan(2);
    expect(await incident()).toMatchObject({ state: 'acknowledged', step_at: null });
    if (wasTold) expect(made).toMatchObject([{ state: 'pending', reason: 'sending' }]);
    else if (made.length > 0)
      expect(made).toMatchObject([{ state: 'suppressed', reason: 'acknowledged' }]);
    seen.add(wasTold ? 'told' : made.length > 0 ? 'stopped' : 'never made');
    // A restart changes nothing about it: neither is it made again, nor sent.
    await pass(60);
    await look();
    expect(await steps()).toEqual(made);
  }
  // The race is a race: more than one end was seen.
  expect(seen.size).toBeGreaterThan(1);
});

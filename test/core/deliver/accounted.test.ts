// Whatever the routes, groups and storms, and whatever the sinks answer: each stored event has a
// delivery for some sink, and each delivery is delivered and was sent, singly or in a digest that
// counts it; or it is pending, or dead or suppressed with a reason.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lanes, offerFresh, startOrigin } from '../../../src/core/deliver/origin.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import { noticeEvent } from '../../../src/core/notices/notice.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import { type GroupField, groupFields } from '../../../src/core/rules/group.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import type { EventDraft, Severity } from '../../../src/kit/event.ts';
import type { Message, Sink } from '../../../src/kit/sink.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { insertPage } from '../../../src/store/events.ts';
import { draft, hold, quiet, storePage, useDatabase } from '../../store/stored.ts';
import { voiceOf } from '../../support/voice.ts';

const database = useDatabase();
const runs = Number(process.env.ACCOUNTED_RUNS ?? 25);
const sinkIds = ['soc', 'boss', 'night'] as const;

const severities = fc.integer({ min: 0, max: 5 }).map((n) => n as Severity);
const group = fc.record({
  by: fc.subarray(Object.keys(groupFields) as GroupField[], { maxLength: 2 }),
  waitMs: fc.constantFrom(0, 50),
  intervalMs: fc.constantFrom(50, 100_000),
  max: fc.constantFrom(2, 5, 1000),
  cards: fc.constantFrom(0, 0, 1, 3),
});
const routes = fc
  .array(
    fc.record({
      minSeverity: severities,
      sources: fc.constantFrom(undefined, ['a'], ['b']),
      streams: fc.constantFrom(undefined, ['event'], ['suspicious']),
      to: fc.subarray([...sinkIds], { minLength: 1 }),
      isLast: fc.boolean(),
      isFirstOnly: fc.boolean(),
      group: fc.option(group, { nil: undefined }),
      settings: fc.constantFrom(undefined, new Map([['soc', { channel: 'x' }]])),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((one, index): Route => ({ name: `route ${index}`, ...one })));
const event = fc.record({
  severity: severities,
  stream: fc.constantFrom('event', 'suspicious'),
  type: fc.constantFrom('RANSOMWARE', 'PUA'),
  body: fc.record({
    device: fc.constantFrom(undefined, { name: 'A' }, { name: 'B' }),
    file: fc.constantFrom(undefined, { hash: 'aa', name: 'a.exe' }),
    recurrence: fc.constantFrom(undefined, 1, 2),
  }),
});
/** What the sink does with a message: mostly takes it. */
const answer = fc.constantFrom('ok', 'ok', 'ok', 'ok', 'retry', 'refuse');
const situation = fc.record({
  routes,
  pages: fc.array(fc.array(event, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }),
  storm: fc.constantFrom(undefined, { over: 3, passes: 0 }, { over: 10, passes: 1 }),
  answers: fc.array(answer, { minLength: 1, maxLength: 20 }),
});

test('every stored event is accounted for, for random routes, groups, storms and answers', {
  timeout: 300_000,
}, async () => {
  await fc.assert(fc.asyncProperty(situation, play), { numRuns: runs, endOnFailure: true });
});

async function play({
  routes,
  pages,
  storm,
  answers,
}: typeof situation extends fc.Arbitrary<infer T> ? T : never) {
  const db = database();
  await db.$client`truncate events, deliveries, delivery_attempts, leases, replicas, sinks, groups`;
  const sent = new Map<string, Message[]>(sinkIds.map((id) => [id, []]));
  let calls = 0;
  const sinkOf = (id: string): Sink => ({
    origin: 'x:',
    async send(message) {
      const said = answers[calls++ % answers.length];
      if (said === 'refuse') throw new AdapterError('reject_event', 'rejected', 'refused');
      if (said === 'retry') throw new AdapterError('retry', 'connection', 'failed');
      sent.get(id)!.push(message);
    },
  });
  const lanes: Lanes = new Map();
  const times = { firstMs: 30, betweenMs: 60, betweenMaxMs: 60 };
  const worker = startOrigin(
    {
      sinks: sinkIds.map((id) => ({ id, sink: sinkOf(id), voice: voiceOf() })),
      db,
      perSecond: Number.POSITIVE_INFINITY,
      policy: {
        ...defaultPolicy,
        backoff: { firstMs: 5, maxMs: 10 },
        sinkBackoff: { firstMs: 5, maxMs: 10 },
        rereadMs: 20,
        ...(storm && { storm: { ...storm, ...times } }),
      },
      metrics: createMetrics({
        version: 't',
        sources: [],
        sinks: sinkIds.map((id) => ({ id })),
        roles: [],
      }),
      log: quiet,
      now: Date.now,
      random: () => 0.5,
      routes,
      showTenant: () => false,
      async announce({ sink, notice, key }) {
        const event = noticeEvent({ notice, key, to: [sink], nowMs: Date.now() });
        await insertPage(db, { fence: null, source: 'tocsin', events: [event], cursor: null });
      },
    },
    lanes,
    await hold(db, 'sink:x'),
  );
  let number = 0;
  for (const page of pages) {
    const drafts = page.map((one): EventDraft => draft(++number, one as Partial<EventDraft>));
    const stored = await storePage(db, { routes, events: drafts });
    offerFresh(lanes, stored!.fresh);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await new Promise((resolve) => setTimeout(resolve, 150));
  await worker.stop();

  const rows = await db.$client`
    select e.id::int, e.external_id, d.sink, d.state, d.reason, d.digest_id::int as digest, d.priority
    from events e left join deliveries d on d.event_id = e.id where e.source = 'a'`;
  expect(new Set(rows.map(({ id }) => id)).size).toBe(number);
  for (const { id, sink, state, reason, digest } of rows) {
    expect(['delivered', 'pending', 'dead', 'suppressed']).toContain(state);
    if (state === 'dead' || state === 'suppressed') expect(reason).toBeTruthy();
    const own = sent.get(String(sink))!;
    const times = own.filter((message) => message.event.id === (digest ?? id)).length;
    expect(times, `event ${id} to ${sink}: ${state}`).toBe(state === 'delivered' ? 1 : 0);
  }
  for (const [sink, messages] of sent)
    for (const { event } of messages.filter((message) => message.event.body.digest)) {
      const members = rows.filter((row) => row.sink === sink && row.digest === event.id);
      expect(members).toHaveLength(event.body.digest!.count);
    }
}

// The calendar in the background: through an outage of its server, across restarts, and who is on
// duty by it.
import { expect, onTestFinished, test } from 'vitest';
import {
  CalendarReading,
  currentDuty,
  startCalendar,
} from '../../../src/core/escalation/calendar.ts';
import { type Duty, shiftAt } from '../../../src/core/rules/duty.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { hold, quiet, useDatabase } from '../../store/stored.ts';
import { startFarEnd } from '../../support/far-end.ts';
import { expectSoon } from '../deliver/origin-setup.ts';
import { calendarOf } from '../rules/calendar/calendars.ts';

const db = useDatabase();
const fallback = { who: 'lead', mention: ['@lead'] };
const always = ['SUMMARY:Ana', 'DTSTART:20200101T000000Z', 'DURATION:P1D', 'RRULE:FREQ=DAILY'];

async function setUp() {
  const server = await startFarEnd((request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.setHeader('etag', '"1"').end(calendarOf(always));
  });
  const place = { kind: 'url', url: server.origin } as const;
  const people = new Map([['ana', ['@ana']]]);
  const calendar = { place, person: 'summary', timeZone: 'UTC', people } as const;
  const duty: Duty = { shifts: [], fallback, calendar };
  const metrics = createMetrics({ version: 'x', sources: [], sinks: [], roles: [] });
  const lease = await hold(db(), 'job:duty');
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const deps = { db: db(), log: quiet, metrics, http, calendar };
  const { signal } = new AbortController();
  /** As a process that was just started. */
  const look = () => new CalendarReading(deps, lease).look(signal);
  const now = async () => shiftAt(await currentDuty(db(), duty), Date.now());
  const count = async (outcome: string) => {
    const { values } = await metrics.dutyCalendarReads.get();
    return values.find(({ labels }) => labels.outcome === outcome)?.value;
  };
  return { server, look, now, count, deps, lease, duty };
}

test('nobody is on duty until it was read; then whoever it says, also while its server is away', async () => {
  const { server, look, now, count } = await setUp();
  expect(await now()).toBeUndefined();
  await look();
  expect(await now()).toMatchObject({ who: 'Ana', mention: ['@ana'], from: 'calendar' });
  server.answering((_, response) => response.writeHead(503).end());
  await look();
  expect(await now()).toMatchObject({ who: 'Ana' });
  expect([await count('read'), await count('failed')]).toEqual([1, 1]);
});

test('what is unchanged is not sent again, until what repeats must be counted anew', async () => {
  const { server, look, count } = await setUp();
  await look();
  await look();
  expect([await count('read'), await count('unchanged')]).toEqual([1, 1]);
  await db().$client`update calendars set whole_at = whole_at - interval '25 hours'`;
  await look();
  expect(await count('read')).toBe(2);
  expect(server.received[2]?.headers).not.toHaveProperty('if-none-match');
});

test('who lost the role keeps nothing, and works no more', async () => {
  const { look, now, lease } = await setUp();
  await hold(db(), 'job:duty');
  await look();
  expect([await now(), lease.isHeld()]).toEqual([undefined, false]);
});

test('it is read again and again, and a request under way ends with the worker', async () => {
  const { server, deps, lease } = await setUp();
  const worker = startCalendar({ ...deps, everyMs: 10 }, lease);
  await expectSoon(() => server.received.length > 2);
  server.answering(() => {});
  const asked = server.received.length;
  await expectSoon(() => server.received.length > asked);
  await worker.stop();
});

test('a duty without a calendar is the table alone', async () => {
  const { duty } = await setUp();
  const { calendar: _, ...table } = duty;
  expect(await currentDuty(db(), table)).toEqual(table);
});

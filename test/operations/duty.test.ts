// Who is on duty: with a table, in a gap of it, and without one.
import { expect, test } from 'vitest';
import { originOf } from '../../src/core/escalation/calendar-source.ts';
import { duty, perform } from '../../src/operations/index.ts';
import { keepCalendar } from '../../src/store/calendars.ts';
import { hold, useDatabase } from '../store/stored.ts';
import { configOf, contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const shown = (table: string) => {
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
time_zone: UTC
duty: { table: [${table}], fallback: { who: lead } }
`);
  return perform(duty.shown, contextOn(db(), { config }), {});
};

test('nobody, if the configuration has no duty', async () => {
  const none = {
    ...{ isConfigured: false, now: null, next: null, fallback: null, calendar: null },
  };
  expect(await overTheWire(db(), duty.shown, {})).toEqual(none);
});

test('who is on duty now, and who is next', async () => {
  const now = '{ who: ana, from: "2020-01-01T00:00", to: "2900-01-01T00:00" }';
  const next = '{ who: bo, from: "2900-01-01T00:00", to: "2901-01-01T00:00" }';
  expect(await shown(`${next}, ${now}`)).toEqual({
    isConfigured: true,
    now: {
      who: 'ana',
      from: '2020-01-01T00:00:00.000Z',
      until: '2900-01-01T00:00:00.000Z',
      by: 'table',
    },
    next: {
      who: 'bo',
      from: '2900-01-01T00:00:00.000Z',
      until: '2901-01-01T00:00:00.000Z',
      by: 'table',
    },
    fallback: 'lead',
    calendar: null,
  });
  expect(await shown(next)).toMatchObject({ now: null, next: { who: 'bo' } });
});

test('who is on duty by the calendar as it was last read, at any time', async () => {
  const config = configOf(`
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks: { soc: { type: stdout } }
time_zone: UTC
duty: { calendar: { file: /nowhere/on-call.ics }, fallback: { who: lead } }
`);
  const run = (at?: string) =>
    perform(duty.shown, contextOn(db(), { config }), at === undefined ? {} : { at });
  const calendar = { readAt: null, error: null, last: null, unread: [] };
  expect(await run()).toMatchObject({ now: null, next: null, calendar });
  const shift = {
    who: 'ana',
    names: [],
    fromMs: Date.parse('2030-01-01Z'),
    untilMs: Date.parse('2030-01-02Z'),
  };
  const read = { shifts: [shift], unread: ['the event "x" has no end'] };
  const origin = originOf(config.duty!.calendar!);
  const lease = await hold(db(), 'job:duty');
  const news = { kind: 'read', read, etag: null, lastModified: null } as const;
  await keepCalendar(db(), lease, { origin, news });
  await keepCalendar(db(), lease, { origin, news: { kind: 'failed', error: 'away' } });
  expect(await run('2030-01-01T12:00:00Z')).toMatchObject({
    now: { who: 'ana', until: '2030-01-02T00:00:00.000Z', by: 'calendar' },
    calendar: { error: 'away', last: '2030-01-02T00:00:00.000Z', unread: read.unread },
  });
  expect(await run('2030-01-03T12:00:00Z')).toMatchObject({ now: null, calendar: { last: null } });
});

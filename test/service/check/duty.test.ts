// What `check` says of the calendar of who is on duty.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpClient } from '../../../src/kit/http/index.ts';
import { lookAtDuty } from '../../../src/service/check/duty.ts';
import { calendarOf } from '../../core/rules/calendar/calendars.ts';

const nowMs = Date.parse('2026-12-01T12:00Z');
const http = {} as HttpClient;
const fallback = { who: 'lead', mention: [] };
const shift = (who: string, day: number) => [
  ...[`SUMMARY:${who}`, `DTSTART;VALUE=DATE:202612${String(day).padStart(2, '0')}`],
];

async function look(text: string | undefined, people = new Map([['ana', ['@ana']]])) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-calendar-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'on-call.ics');
  if (text !== undefined) writeFileSync(path, text);
  const place = { kind: 'file', path } as const;
  const calendar = { place, person: 'summary', timeZone: 'UTC', people } as const;
  const found = await lookAtDuty({ duty: { shifts: [], fallback, calendar } }, http, nowMs);
  return found.map((one) => `${one.status} ${one.kind}: ${one.text}`);
}

test('nothing without a calendar', async () => {
  expect(await lookAtDuty({}, http, nowMs)).toEqual([]);
  expect(await lookAtDuty({ duty: { shifts: [], fallback } }, http, nowMs)).toEqual([]);
});

test('who is on duty, who is next, and whom nobody could mention', async () => {
  expect(await look(calendarOf(shift('Ana', 1), shift('Bo', 3)))).toEqual([
    'ok duty: the calendar was read; Ana is on duty now, and Bo is next',
    'warn duty: duty.calendar.people does not say whom to mention for Bo: lead is mentioned',
  ]);
});

test('that nothing is ahead, and what is not read', async () => {
  expect(
    await look(calendarOf(shift('Ana', 1).slice(0, 1), ['SUMMARY:Ana', 'DTSTART:20261101'])),
  ).toEqual([
    'ok duty: the calendar was read; nobody is on duty now: lead is told',
    'warn duty: its calendar has no event ahead: nobody will be on duty',
    'warn duty: the event "Ana" has no DTSTART',
  ]);
});

test('that it cannot be read', async () => {
  expect(await look(undefined)).toEqual([expect.stringMatching(/^failed duty: .*ENOENT/)]);
  expect(await look('hello')).toEqual([expect.stringMatching(/^failed duty: .* is no calendar/)]);
});

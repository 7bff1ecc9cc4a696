// Calendars of who is on duty, as the programs write them in which people keep them.
import { expect, it } from 'vitest';
import {
  type CalendarOptions,
  readCalendar,
  shiftsMax,
} from '../../../../src/core/rules/calendar/index.ts';
import { calendarOf } from './calendars.ts';

const options: CalendarOptions = {
  fromMs: Date.parse('2026-01-01T00:00Z'),
  untilMs: Date.parse('2026-12-31T00:00Z'),
  timeZone: 'Asia/Bangkok',
  person: 'summary',
};
function read(text: string, more: Partial<CalendarOptions> = {}) {
  const { shifts, unread } = readCalendar(text, { ...options, ...more });
  const iso = (ms: number) => new Date(ms).toISOString().replace(':00.000Z', 'Z');
  return {
    shifts: shifts.map(({ who, fromMs, untilMs }) => `${who} ${iso(fromMs)} ${iso(untilMs)}`),
    unread,
    names: shifts.map(({ names }) => names),
  };
}
const berlin = ';TZID=Europe/Berlin:';

it('a week that is handed over at eight stays so when the clocks change', () => {
  const text = calendarOf([
    'UID:1',
    'SUMMARY:Ana',
    `DTSTART${berlin}20260309T080000`,
    `DTEND${berlin}20260316T080000`,
    'RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260323T070000Z',
  ]);
  expect(read(text)).toMatchObject({
    shifts: ['Ana 2026-03-09T07:00Z 2026-03-16T07:00Z', 'Ana 2026-03-23T07:00Z 2026-03-30T06:00Z'],
    unread: [],
  });
});

it('occurrences that were removed or moved are not where they were', () => {
  const text = calendarOf(
    [
      ...['UID:1', 'SUMMARY:Ana', `DTSTART${berlin}20261201T080000`, 'DURATION:P1D'],
      'RRULE:FREQ=DAILY;COUNT=6',
      `EXDATE${berlin}20251130T080000`,
      `EXDATE${berlin}20261202T080000,20261203T080000`,
      'EXDATE;VALUE=DATE:20261204',
    ],
    [
      ...['UID:1', 'RECURRENCE-ID:20261205T070000Z', 'SUMMARY:Bo'],
      ...[`DTSTART${berlin}20261205T100000`, `DTEND${berlin}20261206T080000`],
    ],
    ['UID:1', `RECURRENCE-ID${berlin}20261206T080000`, 'STATUS:CANCELLED', 'SUMMARY:Ana'],
  );
  expect(read(text)).toMatchObject({
    shifts: ['Ana 2026-12-01T07:00Z 2026-12-02T07:00Z', 'Bo 2026-12-05T09:00Z 2026-12-06T07:00Z'],
    unread: [],
  });
});

it('a day is one of the calendar, and so is a time without a zone', () => {
  const text = calendarOf(
    ['SUMMARY:Ana', 'DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261203'],
    ['SUMMARY:Bo', 'DTSTART;VALUE=DATE:20261205'],
    ['SUMMARY:Cy', 'DTSTART:20261206T080000', 'DTEND:20261206T200000'],
  );
  expect(read(text).shifts).toEqual([
    'Ana 2026-11-30T17:00Z 2026-12-02T17:00Z',
    'Bo 2026-12-04T17:00Z 2026-12-05T17:00Z',
    'Cy 2026-12-06T01:00Z 2026-12-06T13:00Z',
  ]);
});

it('reads the zones of Windows and of the calendar itself, and an end in another zone', () => {
  const zone = ['BEGIN:VTIMEZONE', 'TZID:Office', 'X-LIC-LOCATION:Europe/Paris', 'END:VTIMEZONE'];
  const text = calendarOf(
    [
      'SUMMARY:Ana',
      'DTSTART;TZID="W. Europe Standard Time":20261201T080000',
      'DTEND;TZID=SE Asia Standard Time:20261202T000000',
    ],
    ['SUMMARY:Bo', 'DTSTART;TZID=Office:20261203T080000', 'DTEND;TZID=Office:20261203T200000'],
  ).replace('VERSION:2.0', ['VERSION:2.0', ...zone].join('\r\n'));
  expect(read(text)).toMatchObject({
    shifts: ['Ana 2026-12-01T07:00Z 2026-12-01T17:00Z', 'Bo 2026-12-03T07:00Z 2026-12-03T19:00Z'],
    unread: [],
  });
});

it('single dates come in addition', () => {
  const times = ['DTSTART:20261201T080000Z', 'DTEND:20261201T200000Z'];
  const text = calendarOf(['SUMMARY:Ana', ...times, 'RDATE:20261224T080000Z,20261225T080000Z']);
  expect(read(text).shifts).toHaveLength(3);
});

it('takes the person from those who attend, without rooms and who declined', () => {
  const text = calendarOf([
    ...['SUMMARY:SOC', 'DTSTART:20261201T080000Z', 'DTEND:20261201T200000Z'],
    'ATTENDEE;CN="Silva, Ana":MAILTO:ana@soc.example',
    'ATTENDEE:mailto:bo@soc.example',
    'ATTENDEE;CUTYPE=ROOM;CN=Room 1:mailto:room@soc.example',
    'ATTENDEE;PARTSTAT=DECLINED;CN=Cy:mailto:cy@soc.example',
  ]);
  expect(read(text, { person: 'attendee' })).toMatchObject({
    shifts: ['Silva, Ana, bo@soc.example 2026-12-01T08:00Z 2026-12-01T20:00Z'],
    names: [['Silva, Ana', 'ana@soc.example', 'bo@soc.example']],
  });
});

const times = ['DTSTART:20261201T080000Z', 'DTEND:20261202T080000Z'];
it.each([
  [['SUMMARY:Ana', ...times, 'RRULE:FREQ=HOURLY'], 'repeats HOURLY, which is not read'],
  [['SUMMARY:Ana', ...times, 'RDATE;VALUE=PERIOD:20261201T080000Z/PT1H'], 'RDATE with a period'],
  [['SUMMARY:Ana', 'DTSTART:20261201T080000Z'], 'has no end'],
  [['SUMMARY:Ana'], 'the event "Ana" has no DTSTART'],
  [['SUMMARY:', ...times], 'has no SUMMARY, and names nobody'],
  [['SUMMARY:Ana', 'DTSTART;TZID=Our time:20261201T080000'], 'time zone that is not known: Our'],
  [
    ['SUMMARY:Ana', ...times, 'RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T080000Z'],
    'the event "Ana" of 20261201T080000Z changes this and all later occurrences',
  ],
])('says of %j that it is not read, and reads the others', (event, problem) => {
  const { shifts, unread } = read(calendarOf(event, ['SUMMARY:Bo', ...times]));
  expect(unread).toEqual([expect.stringContaining(problem)]);
  expect(shifts).toEqual(['Bo 2026-12-01T08:00Z 2026-12-02T08:00Z']);
});

it('leaves out what is over or too far ahead, and bounds what is left', () => {
  const daily = (start: string) => [
    ...['SUMMARY:Ana', `DTSTART:${start}`, 'DURATION:PT1H', 'RRULE:FREQ=DAILY'],
  ];
  const { shifts } = readCalendar(calendarOf(daily('20100101T000000Z')), options);
  expect(shifts).toHaveLength(364);
  const many = Array.from({ length: 20 }, () => daily('20260101T000000Z'));
  expect(readCalendar(calendarOf(...many), options).shifts).toHaveLength(shiftsMax);
});

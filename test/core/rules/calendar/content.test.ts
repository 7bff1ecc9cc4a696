// The grammar of calendars: folds, parameters, components, and what is no calendar.
import { expect, it } from 'vitest';
import {
  CalendarError,
  plainTextOf,
  propertyNamed,
  readComponents,
} from '../../../../src/core/rules/calendar/content.ts';
import { calendarOf } from './calendars.ts';

it('joins folded lines, also within a character of several bytes', () => {
  const [event] = readComponents(
    calendarOf(['SUMMARY:A', ' n', '\ta Sil', ' va', 'DTSTART:20261201T080000']),
  );
  expect(propertyNamed(event!, 'SUMMARY')?.value).toBe('Ana Silva');
});

it('reads parameters, quoted ones with a colon in them too', () => {
  const line = 'attendee;CN="Silva: Ana; SOC";Role=CHAIR:mailto:ana@soc.example';
  const [event] = readComponents(calendarOf([line]));
  expect(event!.properties).toEqual([
    {
      name: 'ATTENDEE',
      parameters: { CN: 'Silva: Ana; SOC', ROLE: 'CHAIR' },
      value: 'mailto:ana@soc.example',
    },
  ]);
});

it('nests components, of several calendars and with any line ends', () => {
  const alarm = ['SUMMARY:a', 'BEGIN:VALARM', 'SUMMARY:b', 'END:VALARM'];
  const text = `\uFEFF${calendarOf(alarm)}${calendarOf(['SUMMARY:c'])}`.replaceAll('\r\n', '\n');
  const events = readComponents(text);
  expect(events.map((event) => propertyNamed(event, 'SUMMARY')?.value)).toEqual(['a', 'c']);
  expect(events[0]!.components.map(({ name }) => name)).toEqual(['VALARM']);
});

it.each([
  ['<html><body>Sign in</body></html>', 'does not begin with BEGIN:VCALENDAR'],
  ['', 'does not begin with BEGIN:VCALENDAR'],
  ['BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a', 'is cut off: VEVENT has no end'],
  ['BEGIN:VCALENDAR\nEND:VEVENT', 'is damaged: END:VEVENT ends nothing'],
])('refuses %j', (text, problem) => {
  expect(() => readComponents(text)).toThrow(CalendarError);
  expect(() => readComponents(text)).toThrow(problem);
});

it('a text is one line without its escapes', () => {
  expect(plainTextOf('Ana\\, SOC\\; a\\\\b\\n  c')).toBe('Ana, SOC; a\\b c');
});

// Times and spans in the operator's language and zone.
import { expect, test } from 'vitest';
import { en } from '../../../src/sinks/mattermost/locales/en.ts';
import { createWording } from '../../../src/sinks/mattermost/wording.ts';
import { storedEvent } from '../../support/events.ts';
import { card, fields, withBody } from './cards.ts';

test('the time is that of the operator’s zone with its offset; without one, the next that is known', () => {
  const zone = (timeZone: string) => createWording('en', timeZone).time('2026-07-01T23:59:59.999Z');
  expect(zone('Asia/Bangkok')).toBe('2026-07-02 06:59:59 +07:00');
  expect(zone('UTC')).toBe('2026-07-01 23:59:59 +00:00');
  expect(zone('America/New_York')).toBe('2026-07-01 19:59:59 -04:00');
  expect(zone('Asia/Kathmandu')).toBe('2026-07-02 05:44:59 +05:45');
  const observed = withBody({ observedAt: '2026-03-01T00:00:00Z' }, { occurredAt: null });
  expect(fields(observed)).toMatchObject({ [en.timeObserved]: '2026-03-01 07:00:00 +07:00' });
  const arrived = fields(withBody({}, { occurredAt: 'soon' }));
  expect(arrived).toMatchObject({ [en.timeReceived]: '2026-03-01 09:03:09 +07:00' });
  expect(arrived).not.toHaveProperty(en.timestamp);
});

test.each([
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Africa/Monrovia',
  'Etc/GMT+12',
])(
  'the time in %s is what its calendar says, on either side of each change of the clocks and in old years',
  (timeZone) => {
    const { time } = createWording('en', timeZone);
    const calendar = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const isSame = (ms: number) =>
      time(new Date(ms).toISOString()).startsWith(`${calendar.format(ms)} `);
    const halfHours = Array.from({ length: 366 * 48 }, (_, n) => Date.UTC(2024) + n * 1_800_000);
    const old = Array.from({ length: 80 * 12 }, (_, n) => Date.UTC(1900, n) + 1000);
    expect([...halfHours, ...old].filter((ms) => !isSame(ms))).toEqual([]);
  },
);

test.each([
  [60, '1 min'],
  [1_800, '30 min'],
  [7_200, '2 h'],
  [86_400 * 3, '3 d'],
])('a delay of %i seconds is said as %s', (seconds, span) => {
  const { text } = card(storedEvent(), { delayed: { seconds, reason: 'backlog' } });
  expect(text.split('\n')[1]).toBe(`⏳ delayed ${span}: backlog`);
});

// What callers see of an incident.
import { expect, test } from 'vitest';
import type { IncidentView } from '../../src/kit/incident.ts';
import { note, shownOf } from '../../src/operations/incident-fields.ts';

test('an incident is known by its event, and has words in place of numbers', () => {
  const view: IncidentView = {
    ...{ id: 3, eventId: 17, state: 'open', version: 0, severity: 0, by: null, via: null },
    ...{ changedAt: '2026-02-03T10:00:00.000Z', until: null, note: null, occurrences: 1 },
    ...{ lastSeenAt: null, escalatedTo: null },
  };
  const shown = shownOf({ view, about: { severity: 0, type: 'T', device: 'PC-1' } });
  expect(shown).toMatchObject({ event: '17', severity: 'UNKNOWN', device: 'PC-1', link: null });
  expect(shown).not.toHaveProperty('id');
});

test.each([
  ['', false],
  ['   ', false],
  ['on it', true],
  ['two\nlines ก', true],
  ['x'.repeat(1001), false],
  ['a\0', false],
  ['a\uD800', false],
])('a note of %j: %j', (text, isTaken) => {
  expect(note.safeParse(text).success).toBe(isTaken);
});

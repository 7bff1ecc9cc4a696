// What differs between two looks at an item, by field; and that two equal ones never differ.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differencesOf } from '../../src/operations/differences.ts';

test('each field that changed, came or went is named, with both values', () => {
  const stored = {
    status: 'OPEN',
    severity: 4,
    action: null,
    body: { device: { name: 'A', ip: '192.0.2.1' }, techniques: [{ id: 'T1' }], recurrence: 1 },
  };
  const now = {
    status: 'CLOSED',
    severity: 4,
    action: 'PREVENTED',
    body: { device: { name: 'A' }, techniques: [{ id: 'T1' }, { id: 'T2' }], recurrence: 7 },
  };
  expect(differencesOf(stored, now)).toEqual([
    { field: 'action', stored: null, now: 'PREVENTED' },
    { field: 'body.device.ip', stored: '192.0.2.1', now: null },
    { field: 'body.recurrence', stored: '1', now: '7' },
    { field: 'body.techniques', stored: '[{"id":"T1"}]', now: '[{"id":"T1"},{"id":"T2"}]' },
    { field: 'status', stored: 'OPEN', now: 'CLOSED' },
  ]);
});

test('what is alike has none, and the two sides mirror each other', () => {
  const item = fc.object({ maxDepth: 3 });
  const both = fc.property(item, item, (one, other) => {
    expect(differencesOf(one, structuredClone(one))).toEqual([]);
    const mirrored = differencesOf(other, one).map(({ field, stored, now }) => {
      return { field, stored: now, now: stored };
    });
    expect(differencesOf(one, other)).toEqual(mirrored);
  });
  fc.assert(both);
});

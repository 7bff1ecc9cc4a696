// What an expression compares with what, found in its tree.
import { expect, test } from 'vitest';
import { asksForChanges, comparisonsIn } from '../../../src/core/rules/comparisons.ts';

test.each([
  ['event.severity > 3', [['severity', '>', 3]]],
  ['3 < event.severity', [['severity', '>', 3]]],
  [
    '"A" == event.type && event.device.name != "PC"',
    [
      ['type', '==', 'A'],
      ['device.name', '!=', 'PC'],
    ],
  ],
  [
    'event.type in ["A", "B"]',
    [
      ['type', '==', 'A'],
      ['type', '==', 'B'],
    ],
  ],
  [
    '!(event.severity >= 2 || event.status == "x")',
    [
      ['severity', '>=', 2],
      ['status', '==', 'x'],
    ],
  ],
  ['event.type == event.status', []],
  ['event.device.name.startsWith("PC")', []],
])('%s', (expression, expected) => {
  const found = comparisonsIn(expression).map(({ field, operator, value }) => [
    field,
    operator,
    value,
  ]);
  expect(found).toEqual(expected);
});

test.each([
  ['event.change.to == "CLOSED"', true],
  ['event.severity > 3 && "status" in event.change.fields', true],
  ['event.change.fields.exists(name, name == "comment")', true],
  ['event.stream == "change"', true],
  ['event.stream in ["event", "change"]', true],
  ['event.stream != "change"', false],
  ['event.stream == "event" && event.comment == "change"', false],
  ['event.comment.contains("event.change.to")', false],
])('%s asks for changes: %s', (expression, asks) => {
  expect(asksForChanges(expression)).toBe(asks);
});

// What is printed of a silence that was tried: how much it hid, of what, and how urgent that was.
import { expect, test } from 'vitest';
import { hiddenText, timeText } from '../../../src/commands/silence/text.ts';

const none = { UNKNOWN: 0, INFO: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };
const hiding = {
  ...{ looked: 40, isCut: false, hidden: 0, bySeverity: none, days: [], sample: [] },
  searchedTo: '2026-02-03T00:00:00.000Z',
};

test('it counts what would have been hidden, by severity', () => {
  expect(hiddenText(hiding, 'last 7 days')).toBe(
    'would have hidden 0 of the 40 events of the last 7 days.',
  );
  const some = { ...hiding, isCut: true, hidden: 37, bySeverity: { ...none, HIGH: 2, LOW: 35 } };
  expect(hiddenText(some, 'last 7 days')).toMatch(
    /^would have hidden 37 of the newest 40 events of the last 7 days: .*2.*HIGH.*35.*LOW\.$/,
  );
});

test('times are to the second', () => {
  expect(timeText('2026-02-03T00:00:01.234Z')).toBe('2026-02-03T00:00:01Z');
});

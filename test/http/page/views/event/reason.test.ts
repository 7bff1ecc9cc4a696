// Reasons: each that a decision can have has words in both languages.
import { expect, test } from 'vitest';
import { reasonText } from '../../../../../src/http/page/views/event/reason.ts';
import { words } from '../../../../../src/http/page/words/index.ts';
import { suppressions } from '../../../../../src/kit/records/suppression.ts';

test.each([...suppressions, 'acknowledged', 'snoozed', 'resolved'])('%s', (reason) => {
  for (const own of [words.en, words.th]) expect(reasonText(reason, own)).not.toBe(reason);
});

test.each(['http_500', 'constructor'])('%s is shown as it is stored', (reason) => {
  expect(reasonText(reason, words.en)).toBe(reason);
});

// Reasons: each that a decision or a failure can have has words in both languages.
import { expect, test } from 'vitest';
import { reasonChoices, reasonText } from '../../../../src/http/page/parts/reason.ts';
import { words } from '../../../../src/http/page/words/index.ts';
import { failureReasons } from '../../../../src/kit/errors.ts';
import { suppressions } from '../../../../src/kit/records/suppression.ts';

const byPeople = ['dropped', 'acknowledged', 'snoozed', 'resolved'];

test.each([...suppressions, ...failureReasons, ...byPeople])('%s', (reason) => {
  for (const own of [words.en, words.th]) expect(reasonText(reason, own)).not.toBe(reason);
});

test.each(['http_500', 'constructor'])('%s is shown as it is stored', (reason) => {
  expect(reasonText(reason, words.en)).toBe(reason);
});

test('any of them can be chosen, each once and in words', () => {
  const choices = reasonChoices(words.en);
  expect(choices[0]).toEqual({ value: '', text: 'Any' });
  expect(choices).toContainEqual({ value: 'auth', text: words.en.failures.auth });
  expect(new Set(choices.map(({ text }) => text)).size).toBe(choices.length);
});

// Each stream of alerts has words in every language that cards are written in.
import { expect, test } from 'vitest';
import { alertStreams } from '../../src/kit/alert-streams.ts';

test.each(Object.entries(alertStreams))('%s has words in both languages', (_, words) => {
  expect(Object.keys(words)).toEqual(['en', 'th']);
  for (const { title, number } of Object.values(words)) expect([title, number]).not.toContain('');
});

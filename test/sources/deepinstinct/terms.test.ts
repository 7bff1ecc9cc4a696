// The console's words in ours, as they stand in a headline: `<type> on <device>: <outcome>`.
import { describe, expect, test } from 'vitest';
import { terms } from '../../../src/sources/deepinstinct/terms.ts';

describe('a type', () => {
  test.each(Object.entries(terms.type!))('%s reads well before “on PC-1”', (_word, { en, th }) => {
    expect(en).toMatch(/^[A-Z]/);
    expect(en).not.toMatch(/ on$/);
    expect(th).toMatch(/\p{Script=Thai}/u);
  });
});

describe('an outcome', () => {
  const { action, lastAction } = terms;
  test.each(Object.entries({ ...action, ...lastAction }))(
    '%s goes on in a sentence',
    (_word, term) => {
      expect(term.en).toMatch(/^[a-z]/);
      expect(term.isBad ?? false).toBe(/NOT|FAILED/.test(term.en));
    },
  );
});

// Strong words side by side become one, and nothing else does.
import { expect, test } from 'vitest';
import { strong, word } from '../../src/kit/card.ts';
import { isStrong, withStrongJoined } from '../../src/kit/strong.ts';

test('words that touch are one, so that no sign stands between them', () => {
  const joined = withStrongJoined([strong('HIGH'), strong(' 5'), word(' of '), strong('9')]);
  expect(joined.map(({ text }) => text)).toEqual(['HIGH 5', ' of ', '9']);
  expect(joined.map(isStrong)).toEqual([true, false, true]);
});

test('a value between them parts them', () => {
  const value = { kind: 'code', text: 'x' } as const;
  expect(withStrongJoined([strong('a'), value, strong('b')])).toHaveLength(3);
});

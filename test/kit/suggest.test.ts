// Which word somebody meant: near enough to help, never a guess.
import { describe, expect, test } from 'vitest';
import { didYouMean, suggest } from '../../src/kit/suggest.ts';

const known = ['dead', 'silence', 'source', 'check', 'MATTERMOST_WEBHOOK_URL', 'TOKENS_KEY'];

describe('a suggestion', () => {
  test.each([
    ['a dropped letter', 'silnce', 'silence'],
    ['an added letter', 'deadd', 'dead'],
    ['a wrong letter', 'chack', 'check'],
    ['two neighbours that changed places', 'suorce', 'source'],
    ['another case', 'Tokens_key', 'TOKENS_KEY'],
    ['the word itself', 'check', 'check'],
    ['two slips in a long word', 'MATERMOST_WEBHOK_URL', 'MATTERMOST_WEBHOOK_URL'],
    ['two swaps in a long word', 'MATTREMOST_WEBHOOK_ULR', 'MATTERMOST_WEBHOOK_URL'],
  ])('forgives %s: %s', (_, word, meant) => {
    expect(suggest(word, known)).toBe(meant);
  });

  test.each([
    ['two slips in a short word', 'daed!'],
    ['three slips in a long word', 'MATERMOST_WEBHOK_UR'],
    ['another word', 'serve'],
    ['nothing', ''],
    ['half of the word', 'sour'],
  ])('is not made for %s: %j', (_, word) => {
    expect(suggest(word, known)).toBeUndefined();
  });

  test('is the nearest of several, and of equals the first', () => {
    expect(suggest('sinkx', ['sinky', 'sink', 'sinkx'])).toBe('sinkx');
    expect(suggest('sinkx', ['sinky', 'sinkz'])).toBe('sinky');
  });

  test('is made of nothing where nothing is known', () => {
    expect(suggest('dead', [])).toBeUndefined();
  });

  test('goes by the shorter of the two words', () => {
    // Eight letters against seven: two slips are one too many.
    expect(suggest('abcdefgh', ['abcdefx'])).toBeUndefined();
    expect(suggest('abcdefgh', ['abcdefxy'])).toBe('abcdefxy');
  });
});

test('the question stands behind a sentence, or is empty', () => {
  expect(didYouMean('ched', ['dead', 'check'])).toBe('');
  expect(didYouMean('chek', ['dead', 'check'])).toBe(' Did you mean "check"?');
});

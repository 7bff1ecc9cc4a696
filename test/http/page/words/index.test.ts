// The languages of the page: each says everything, and a browser gets the one that it asks for.
import { expect, test } from 'vitest';
import { acceptedLocale, words } from '../../../../src/http/page/words/index.ts';

function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, own]) => leaves(own, `${path}.${key}`));
}

test('no text is empty, and Thai has its own', () => {
  const [en, th] = [leaves(words.en), leaves(words.th)];
  expect(th.map(([path]) => path)).toEqual(en.map(([path]) => path));
  const isHint = (path: string) => path.includes('.hints.');
  for (const [path, text] of [...en, ...th])
    expect([path, text.trim() === '' && !isHint(path)]).toEqual([path, false]);
  const alike = th.filter(([path, text]) => text === new Map(en).get(path) && !isHint(path));
  expect(alike.map(([path]) => path)).toEqual(['.product', '.shell.none']);
});

test.each([
  ['th', 'th'],
  ['th-TH', 'th'],
  ['fr, th;q=0.3, en;q=0.8', 'en'],
  ['fr', undefined],
  ['th;q=0', undefined],
  ['', undefined],
  [undefined, undefined],
  [`${'x,'.repeat(10_000)}th`, undefined],
])('%s', (header, locale) => {
  expect(acceptedLocale(header)).toBe(locale);
});

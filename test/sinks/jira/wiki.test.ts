// Wiki text of Data Center: nothing of others leaves the block without format.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Part, word } from '../../../src/kit/card.ts';
import { wikiOf, wikiWeight } from '../../../src/sinks/jira/wiki.ts';
import { wiki } from '../../contract/syntaxes/jira.ts';

const link = { kind: 'link', text: 'Event {1}', url: 'https://console.example.com/a|b' } as const;

test('lines stand in a block without format, and our address below it', () => {
  expect(wikiOf([[word('a: '), { kind: 'code', text: '*b*' }], [link]])).toBe(
    '{noformat}\na: *b*\nEvent ｛1｝\n{noformat}\n[https://console.example.com/a%7Cb]',
  );
});

test('no text ends the block, and none becomes markup or a link', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    'noformat',
    '{noformat}',
    '[a|',
    'http://b.c]',
    '*',
    '\n',
  );
  const texts = fc.array(piece, { minLength: 1, maxLength: 20 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const part: Part = { kind: 'block', text };
      const { active } = wiki(wikiOf([[part], [link]]));
      expect(active).toEqual(['a block without format', 'link https://console.example.com/a%7Cb']);
      expect(wikiWeight(part)).toBeGreaterThanOrEqual(text.length);
    }),
    { numRuns: 2_000 },
  );
});

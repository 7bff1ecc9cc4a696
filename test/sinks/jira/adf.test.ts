// Atlassian Documents: text of others is the text of a node, whatever it holds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Part, strong, word } from '../../../src/kit/card.ts';
import { adfOf, adfWeight } from '../../../src/sinks/jira/adf.ts';
import { adf } from '../../contract/syntaxes/jira.ts';

const code = (text: string): Part => ({ kind: 'code', text });

test('lines are broken, values are code, a script is a block', () => {
  const link = { kind: 'link', text: 'Event 1', url: 'https://console.example.com/1' } as const;
  const lines = [
    [strong('Device'), word(': '), code('PC-1')],
    [strong('Script'), word(': '), { kind: 'block', text: 'a\nb' } as const],
    [link, word('')],
  ];
  const text = (said: string, ...marks: object[]) => ({
    ...{ type: 'text', text: said },
    ...(marks.length > 0 && { marks }),
  });
  expect(adfOf(lines).content).toEqual([
    {
      type: 'paragraph',
      content: [
        ...[text('Device', { type: 'strong' }), text(': '), text('PC-1', { type: 'code' })],
        ...[{ type: 'hardBreak' }, text('Script', { type: 'strong' }), text(': ')],
      ],
    },
    { type: 'codeBlock', content: [text('a\nb')] },
    {
      type: 'paragraph',
      content: [text('Event 1', { type: 'link', attrs: { href: link.url } })],
    },
  ]);
});

/** What looks like a node, a mark or a mention, among letters of all kinds. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
  fc.constantFrom(
    '{"type":"mention","attrs":{"id":"1","text":"@all"}}',
    '"}],"marks":[{"type":"link","attrs":{"href":"https://evil.example"}}]',
    '[~admin]',
    '[a|https://evil.example]',
    '@all',
    '\\"',
  ),
);
const kinds = fc.constantFrom('word', 'code', 'prose', 'time', 'block');

test('no text becomes a node, a mark or a link', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(kinds, hostile), { minLength: 1 }), (given) => {
      const line = given.map(([kind, text]) => ({ kind, text, iso: '' }) as Part);
      const harmless = given.map(
        ([kind, text]) => ({ kind, text: text.includes('\n') ? 'x\nx' : 'x', iso: '' }) as Part,
      );
      const [document, expected] = [adfOf([line]), adfOf([harmless])];
      expect(shapeOf(document)).toEqual(shapeOf(expected));
      const written = JSON.parse(JSON.stringify(document)) as unknown;
      expect(written, 'it is the same once it is sent').toEqual(document);
      const { active } = adf(JSON.stringify(document));
      expect(active.filter((one) => !one.startsWith('never: U+'))).toEqual(
        adf(JSON.stringify(expected)).active,
      );
    }),
    { numRuns: 2_000 },
  );
});

test('a part weighs what is written of it', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const lines = [[code(text)], [code(text)]];
      const written = JSON.stringify(adfOf(lines).content).length;
      expect(2 * adfWeight(code(text))).toBeGreaterThanOrEqual(written);
    }),
  );
});

/** Everything of a document but its texts. */
function shapeOf(document: object): unknown {
  return JSON.parse(JSON.stringify(document), (key, value) => (key === 'text' ? 'x' : value));
}

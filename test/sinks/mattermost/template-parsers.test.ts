// Templates as three real parsers read them: a value adds nothing to what the template's own text
// makes. PARSER_RUNS: strings to try; a seed that failed is given to fast-check by PARSER_SEED.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileText, TemplateError } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { renderTemplate } from '../../../src/core/template/template.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import { cardOf } from '../../../src/sinks/mattermost/card.ts';
import { code } from '../../../src/sinks/mattermost/escape.ts';
import { createTemplateWords, templateSupport } from '../../../src/sinks/mattermost/template.ts';
import { createWording } from '../../../src/sinks/mattermost/wording.ts';
import { eventOfTexts } from '../../support/events.ts';
import { anyHostile } from './hostile.ts';
import { readers } from './parsers.ts';

const wording = createWording('en', 'Asia/Bangkok');
const words = createTemplateWords(wording);
const runs = Number(process.env.PARSER_RUNS ?? 1_500);
const seed = Number(process.env.PARSER_SEED ?? 44);

/**
 * `A` and `B` are values in code, `P` one in running text: where a template's own text touches a
 * value.
 */
const shapes = [
  'xA',
  'Ax',
  'AB',
  '"A" B',
  '/A',
  'A/B',
  ':A',
  'A:B',
  '(A)',
  '[A] B',
  '[A](https://wiki.example/a) B',
  '![A](https://wiki.example/a.png) B',
  '**A** B',
  '*A* B',
  '_A_ B',
  '__A__ B',
  '~~A~~ B',
  '| A | B |\n|---|---|\n| B | A |',
  '#A',
  "'A' =B -A !B",
  'A.co/B',
  'A|B',
  'x-P',
  'P-d',
  'P.co/a',
  'PPA',
  '"P A',
  'PAPB',
  'tel:P A',
] as const;

const texts = {
  A: '{{ event.user }}',
  B: '{{ event.file.name }}',
  P: '{{ event.description | text }}',
};

function sourceOf(shape: string): string {
  return shape.replace(/[ABP]/g, (name) => texts[name as 'A' | 'B' | 'P']);
}

const templates = shapes.map((shape) => {
  const compiled = compileText(sourceOf(shape), templateFields);
  const field = { title: compiled, value: compiled, isShort: false };
  return { name: shape, title: compiled, text: compiled, fields: [field] };
});

/** Each Markdown text that a client makes of the post, old clients and new ones. */
function drawn(index: number, event: StoredEvent): string[] {
  const template = renderTemplate(templates[index]!, event, { form: 'full', words });
  const message = { event, form: 'full', showTenant: true, template } as const;
  const { text, attachments } = cardOf(message, 'delivery-1', { wording, hasPriority: false });
  const [{ title, title_link: link, fields }] = attachments as [(typeof attachments)[0]];
  const all = [text, `[${title}](${link})`, `**[${title}](${link})**`, `**${title}**`];
  for (const field of fields) all.push(field.title, `**${field.title}**`, field.value);
  // Gone where a client's title has a link within a link; the other forms hold it.
  return /\]\(/.test(shapes[index]!)
    ? all.filter((one) => !/^\**\[/.test(one) || one.endsWith(')'))
    : all;
}

function madeOf(index: number, reader: string, event: StoredEvent): string[][] {
  return drawn(index, event).map(readers[reader]!);
}

function unlessTooLong<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError && /more than a message/.test(error.message))
      return undefined;
    throw error;
  }
}

const hostileWords = [
  'a@b.co',
  'x"@b.co',
  'a**evil.co/x',
  'a**@channel',
  '(x',
  'x-d',
  ') x-d',
  '~town-square',
  '#tag',
  'a_b_.c',
  'a*b*',
  '](https://evil.example)',
  '`a`',
  'a|b',
  '$a$',
  '\\',
  'evil.co/',
  '/evil',
  '@channel',
  ':smile:',
  '<!channel>',
];
const hostile = fc.oneof(
  anyHostile,
  fc
    .array(fc.constantFrom(...hostileWords), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('')),
);

/** As much to see as in the hostile text, and nothing in it. */
const harmless = (text: string) => (code(text, 100) === undefined ? text : 'x');

describe.each(Object.keys(readers))('a value in a template, as %s reads it', (reader) => {
  test('has a shape that the configuration takes', () => {
    for (const { title } of templates)
      expect(templateSupport.fault?.(title.pieces)).toBeUndefined();
  });

  test.each(shapes.map((shape, index) => [shape, index] as const))('is inert in %j', (_, index) => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 3, maxLength: 3 }), (three) => {
        const textOf = (field: string) => three[field.length % 3]!;
        const seen = unlessTooLong(() => madeOf(index, reader, eventOfTexts(textOf)));
        if (seen === undefined) return;
        const meant = madeOf(
          index,
          reader,
          eventOfTexts((field) => harmless(textOf(field))),
        );
        expect(seen).toEqual(meant);
      }),
      { numRuns: Math.ceil(runs / shapes.length), seed },
    );
  });
});

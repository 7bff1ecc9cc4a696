// Templates as three real parsers read them: neither a value nor the template's own text makes more
// than the template says. PARSER_RUNS: strings to try; a seed that failed is given to fast-check by
// PARSER_SEED.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Composers } from '../../../src/core/message/index.ts';
import { compileText, TemplateError } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { renderTemplate, type Template } from '../../../src/core/template/template.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import type { CardStyle } from '../../../src/sinks/mattermost/render.ts';
import { shapes, sourceOf } from '../../contract/carriers.ts';
import { readers } from '../../contract/syntaxes/mattermost-parsers.ts';
import { anyHostile } from '../../hostile/markdown.ts';
import { eventOfTexts } from '../../support/events.ts';
import { asMarked, drawn, messageOf } from './posts.ts';

const words = new Composers({}).voiceOf(
  {},
  { locale: 'en', timeZone: 'Asia/Bangkok' },
).templateWords;
const runs = Number(process.env.PARSER_RUNS ?? 1_500);
const seed = Number(process.env.PARSER_SEED ?? 44);

const templates = shapes.map((shape): Template => {
  const compiled = compileText(sourceOf(shape), templateFields);
  const field = { title: compiled, value: compiled, isShort: false };
  return { name: shape, title: compiled, text: compiled, fields: [field] };
});

function unlessTooLong<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError && /more than a message/.test(error.message))
      return undefined;
    throw error;
  }
}

function messageBy(template: Template, event: StoredEvent) {
  return messageOf(event, {
    template: renderTemplate(template, event, { form: 'full', words }),
  });
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
const styles = fc.constantFrom<CardStyle>('compact', 'full');

describe.each(Object.entries(readers))('a template, as %s reads it', (_name, read) => {
  test.each(shapes.map((shape, index) => [shape, index] as const))(
    'makes what it says in %j, whatever its values are',
    (_, index) => {
      fc.assert(
        fc.property(fc.array(hostile, { minLength: 3, maxLength: 3 }), styles, (three, style) => {
          const event = eventOfTexts((field) => three[field.length % 3]!);
          const message = unlessTooLong(() => messageBy(templates[index]!, event));
          if (message === undefined) return;
          for (const [text, expected] of drawn(message, { style }))
            expect(asMarked(read(text))).toEqual({ ...expected, others: [] });
        }),
        { numRuns: Math.ceil(runs / shapes.length), seed },
      );
    },
  );
});

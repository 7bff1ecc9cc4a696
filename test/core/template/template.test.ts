// A template filled in for an event: what it sees, how much of it is shown, and when it gives up.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expressionFields } from '../../../src/core/rules/rule-event.ts';
import { compileText } from '../../../src/core/template/engine.ts';
import { type TemplateWords, templateFields } from '../../../src/core/template/fields.ts';
import { renderTemplate, templateLimits } from '../../../src/core/template/template.ts';
import { tryTemplate } from '../../../src/core/template/trial.ts';
import { type Text, word } from '../../../src/kit/card.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import { codePointLength, isNeutral } from '../../../src/kit/text.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { shown } from '../message/shown.ts';

const compile = (source: string) => compileText(source, templateFields);
const field = (title: string, value: string) => ({
  title: compile(title),
  value: compile(value),
  isShort: true,
});

const words: TemplateWords = {
  labels: { device: 'Gerät' },
  time: (iso) => ({ kind: 'time', text: `at ${iso}`, iso }),
};

const lines = (
  source: string,
  event: StoredEvent = storedEvent(),
  form: 'full' | 'short' = 'full',
) => renderTemplate({ name: 't', text: compile(source) }, event, { form, words }).text;

const text = (...written: Parameters<typeof lines>) =>
  lines(...written)
    ?.map(shown)
    .join('\n');
const lengthOf = (one: Text) => one.reduce((sum, part) => sum + codePointLength(part.text), 0);

describe('a template sees', () => {
  test('every field that expressions see, as a value, and numbers as they are', () => {
    expect(text('{{ event.device.name }} {{ event.severity }} {{ event.file.size }}')).toBe(
      '`ACCT-PC-07` 4 482816',
    );
    expect(text('{{ event.techniques }}')).toBe('`T1059.001`, `T1486`');
    for (const [name, fields] of Object.entries(expressionFields)) {
      const names =
        typeof fields === 'object'
          ? Object.keys(fields).map((inner) => `${name}.${inner}`)
          : [name];
      for (const one of names) expect(text(`x {{ event.${one} }}`), one).toBeTypeOf('string');
    }
  });

  test('times as the sink writes them, labels, the name of the severity and the link as they are', () => {
    expect(text('{{ event.time }}, {{ event.observedAt }}')).toBe(
      'time<at 2026-03-01T02:03:04.000Z>, time<at 2026-03-01T02:03:06.000Z>',
    );
    expect(text('{{ labels.device }} {{ event.severityName }}')).toBe('Gerät HIGH');
    expect(text('{{ event.link }}')).toBe('link<https://console.example/events/1203>');
    expect(text('{{ event.id }} {{ event.itemId }}')).toBe('4711 `1203`');
  });

  test('the time when it came, if no other is known', () => {
    const event = storedEvent({ occurredAt: null, body: {} });
    expect(text('{{ event.time }}|{{ event.occurredAt }}|', event)).toBe(
      'time<at 2026-03-01T02:03:09.120Z>||',
    );
  });

  test('nothing, where the vendor said nothing', () => {
    expect(
      text('[{{ event.user }}{{ event.link }}{{ event.file.size }}]', storedEvent({ body: {} })),
    ).toBe('[0]');
  });
});

test('a value in an address is letters, digits and % alone, and is cut at its end', () => {
  const event = storedEvent({ body: { user: "a/b c'(@)-._~*ก" } });
  expect(text('{{ event.user | url_encode }}', event)).toBe(
    '`a%2Fb%20c%27%28%40%29%2D%2E%5F%7E%2A%E0%B8%81`',
  );
  const long = text(
    '{{ event.user | url_encode }}',
    storedEvent({ body: { user: 'ก'.repeat(5_000) } }),
  )!;
  expect(long).toMatch(/^`(%E0%B8%81){40,44}`$/);
});

describe('a value', () => {
  const of = (user: string) => storedEvent({ body: { user } });

  test('is a value, and a sentence as running text', () => {
    expect(text('{{ event.user }}, {{ event.user | text }}', of('a b'))).toBe('`a b`, prose<a b>');
  });

  test('is neutral, one line, and cut in its middle', () => {
    expect(text('{{ event.user }}', of(' a\nb\u202Ec '))).toBe('`a⏎b\\u{202E}c`');
    expect(text('{{ event.user }}', of('x'.repeat(5_000)))).toMatch(/^`x+…x+`$/);
  });

  test('is no markup, whatever stands in it and around it', () => {
    for (const user of ['**a**', '[a](https://evil.example)', '\uE0000\uE001', '\uE0001\uE001'])
      expect(text('**a {{ event.user }}** [b](c', of(user))).toBe(`**a **\`${user}\` [b](c`);
  });

  test('has the form that it was given first', () => {
    expect(text('{% assign x = event.user | text %}{{ x }}', of('a b'))).toBe('prose<a b>');
    expect(text('{{ event.user | text | upcase }}', of('a b'))).toBe('prose<a b>');
  });

  test('may go into an address if it is made for it', () => {
    const [line] = lines('[a](https://x.example/{{ event.user | url_encode }})', of('b/c'))!;
    expect(line).toEqual([{ kind: 'link', text: 'a', url: 'https://x.example/b%2Fc' }]);
  });

  test('that is one of our own words does no harm by it', () => {
    expect(text('{{ event.user }}', of('HIGH'))).toBe('HIGH');
  });
});

test('words are neutral, and have no marker of a value in them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (own) => {
      const source = `x${own.replace(/[{}]/g, '')}{{ event.user }}`;
      for (const part of (lines(source) ?? []).flat()) {
        expect(isNeutral(part.text)).toBe(true);
        if (part.kind === 'word') expect(part.text).not.toMatch(/[\uE000\uE001]/);
      }
    }),
  );
});

test('a field without a value is left out, and an empty title or text is none', () => {
  const template = {
    name: 't',
    title: compile(' '),
    text: compile('\n'),
    fields: [field('A', ' '), field('B', 'b')],
  };
  expect(renderTemplate(template, storedEvent(), { form: 'full', words })).toEqual({
    fields: [{ name: [word('B')], value: [word('b')], isShort: true }],
  });
});

test('a title is one line', () => {
  const template = { name: 't', title: compile('a \n b') };
  const { title } = renderTemplate(template, storedEvent(), { form: 'full', words });
  expect(shown(title!)).toBe('a b');
});

describe('what is too long', () => {
  const long = eventOfTexts(() => 'x'.repeat(50_000));

  test('is shortened value by value until it fits', () => {
    const [one] = lines('{{ event.user }}', long)!;
    const [five] = lines('{{ event.user }}'.repeat(5), long)!;
    expect(lengthOf(one!)).toBe(1500);
    expect(lengthOf(five!)).toBe(5 * 400);
    expect(lengthOf(lines('{{ event.user }}', long, 'short')![0]!)).toBe(60);
  });

  test('in all parts together stays within the limits', () => {
    const fields = Array.from({ length: templateLimits.fields }, () =>
      field('{{ event.user }}', '{{ event.file.path }}'.repeat(3)),
    );
    const template = {
      name: 't',
      title: compile('{{ event.type }}'.repeat(3)),
      text: compile('{{ event.type }}'),
      fields,
    };
    for (const [form, total] of [
      ['full', 12_000],
      ['short', 2_500],
    ] as const) {
      const rendered = renderTemplate(template, long, { form, words });
      const all = [
        rendered.title!,
        ...rendered.text!,
        ...rendered.fields!.flatMap(({ name, value }) => [name, value]),
      ];
      expect(all.reduce((sum, one) => sum + lengthOf(one), 0)).toBeLessThanOrEqual(total);
    }
  });

  test('by the template’s own text is given up', () => {
    expect(() => text(`{% for id in event.techniques %}${'own '.repeat(900)}{% endfor %}`)).toThrow(
      'gives more than a message may hold',
    );
  });
});

describe('a trial', () => {
  const trial = (source: string) => () =>
    tryTemplate({ name: 't', text: compile(source) }, ['device']);

  test('passes what works for every event', () => {
    expect(trial('{{ labels.device }}: {{ event.device.name | default: "?" }}')).not.toThrow();
  });

  test('finds what fails for some', () => {
    expect(trial('{% if event.user %}{% assign x = 1 %}{% endif %}{{ x }}')).toThrow(
      'undefined variable: x',
    );
    expect(trial(`{% for id in event.techniques %}${'own '.repeat(20)}{% endfor %}`)).toThrow(
      'gives more than a message may hold',
    );
  });
});

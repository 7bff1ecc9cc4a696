// A template filled in for an event: what it sees, how much of it is shown, and when it gives up.
import { describe, expect, test } from 'vitest';
import { expressionFields } from '../../../src/core/rules/rule-event.ts';
import { compileText } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { renderTemplate, templateLimits } from '../../../src/core/template/template.ts';
import { tryTemplate } from '../../../src/core/template/trial.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import type { TemplateWords, ValuePlace } from '../../../src/kit/sink.ts';
import { codePointLength, cutMiddle } from '../../../src/kit/text.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';

const compile = (source: string) => compileText(source, templateFields);
const field = (title: string, value: string) => ({
  title: compile(title),
  value: compile(value),
  isShort: true,
});

function wordsWith(seen: ValuePlace[] = []): TemplateWords {
  return {
    labels: { device: 'Gerät' },
    time: (iso) => `at ${iso}`,
    link: (url) => url,
    escape(text, place) {
      seen.push(place);
      return `<${cutMiddle(text, place.codePointsMax)}>`;
    },
  };
}

const text = (
  source: string,
  event: StoredEvent = storedEvent(),
  form: 'full' | 'short' = 'full',
) => renderTemplate({ name: 't', text: compile(source) }, event, { form, words: wordsWith() }).text;

describe('a template sees', () => {
  test('every field that expressions see, escaped, and numbers as they are', () => {
    expect(text('{{ event.device.name }} {{ event.severity }} {{ event.file.size }}')).toBe(
      '<ACCT-PC-07> 4 482816',
    );
    expect(text('{{ event.techniques }}')).toBe('<T1059.001>, <T1486>');
    for (const [name, fields] of Object.entries(expressionFields)) {
      const names =
        typeof fields === 'object'
          ? Object.keys(fields).map((inner) => `${name}.${inner}`)
          : [name];
      for (const one of names) expect(text(`{{ event.${one} }}`), one).toBeTypeOf('string');
    }
  });

  test('times as the sink writes them, labels, the name of the severity and the link as they are', () => {
    expect(text('{{ event.time }}, {{ event.observedAt }}')).toBe(
      'at 2026-03-01T02:03:04.000Z, at 2026-03-01T02:03:06.000Z',
    );
    expect(text('{{ labels.device }} {{ event.severityName }}')).toBe('Gerät HIGH');
    expect(text('{{ event.link }}')).toBe('https://console.example/events/1203');
    expect(text('{{ event.id }} {{ event.itemId }}')).toBe('4711 <1203>');
  });

  test('the time when it came, if no other is known', () => {
    const event = storedEvent({ occurredAt: null, body: {} });
    expect(text('{{ event.time }}|{{ event.occurredAt }}|', event)).toBe(
      'at 2026-03-01T02:03:09.120Z||',
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
    'a%2Fb%20c%27%28%40%29%2D%2E%5F%7E%2A%E0%B8%81',
  );
  const long = text(
    '{{ event.user | url_encode }}',
    storedEvent({ body: { user: 'ก'.repeat(5_000) } }),
  )!;
  expect(long).toMatch(/^(%E0%B8%81){40,44}$/);
});

test('a sink is told what stands around a value', () => {
  const seen: ValuePlace[] = [];
  const template = {
    name: 't',
    title: compile('*{{ event.type }}*'),
    fields: [field('a {{ event.user }}', '{{ event.user | text }} b')],
  };
  renderTemplate(template, storedEvent(), { form: 'full', words: wordsWith(seen) });
  expect(seen.map(({ form, part, own }) => [form, part, own.replaceAll('\n', '')])).toEqual([
    ['value', 'title', '**'],
    ['text', 'field value', ' b'],
    ['value', 'field title', 'a '],
  ]);
});

test('a field without a value is left out, and an empty title or text is none', () => {
  const template = {
    name: 't',
    title: compile(' '),
    text: compile('\n'),
    fields: [field('A', ' '), field('B', 'b')],
  };
  expect(renderTemplate(template, storedEvent(), { form: 'full', words: wordsWith() })).toEqual({
    fields: [{ title: 'B', value: 'b', isShort: true }],
  });
});

test('a title is one line', () => {
  const { title } = renderTemplate({ name: 't', title: compile('a \n b') }, storedEvent(), {
    form: 'full',
    words: wordsWith(),
  });
  expect(title).toBe('a b');
});

describe('what is too long', () => {
  const long = eventOfTexts(() => 'x'.repeat(50_000));

  test('is shortened value by value until it fits', () => {
    const one = text('{{ event.user }}', long)!;
    const five = text('{{ event.user }}'.repeat(5), long)!;
    expect(codePointLength(one)).toBe(1502);
    expect(codePointLength(five)).toBe(5 * 402);
    expect(codePointLength(text('{{ event.user }}', long, 'short')!)).toBe(62);
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
      const rendered = renderTemplate(template, long, { form, words: wordsWith() });
      const all = [
        rendered.title!,
        rendered.text!,
        ...rendered.fields!.flatMap(({ title, value }) => [title, value]),
      ];
      expect(all.reduce((sum, part) => sum + codePointLength(part), 0)).toBeLessThanOrEqual(total);
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

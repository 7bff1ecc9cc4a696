// The language of templates: what it knows, what it refuses, and that nothing in it can hang.
import { describe, expect, test } from 'vitest';
import {
  type CompiledText,
  compileText,
  filters,
  TemplateError,
  tags,
} from '../../../src/core/template/engine.ts';
import { cpuMs } from '../../support/stopwatch.ts';

const fields = {
  event: {
    type: 'single',
    size: 'single',
    techniques: 'list',
    link: 'single',
    device: { name: 'single' },
  },
  labels: {},
} as const;
const facts = {
  event: {
    type: 'a',
    size: 3,
    techniques: ['T1', 'T2'],
    link: 'https://x.example',
    device: { name: '' },
  },
  labels: { type: 'Type' },
};

const compile = (source: string) => compileText(source, fields);
const render = (text: CompiledText) =>
  text.render(facts, (value, form) => `${form}<${String(value)}>`);

function refusal(source: string): TemplateError {
  try {
    compile(source);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`${source} is taken`);
}

test.each([
  ['text alone', 'text alone'],
  ['{{ event.type }}', 'value<a>'],
  ['{{ event["type"] }}', 'value<a>'],
  ['{{ event.type | text }}', 'text<a>'],
  ['{{ event.type | url_encode }}', 'url<a>'],
  ['{{ event.type | upcase }}', 'value<A>'],
  ['{{ event.type | text | upcase }}', 'value<TEXT<A>>'],
  ['{% assign x = event.type %}{{ x }}', 'value<a>'],
  ['{% assign l = event.link %}{{ l }}', 'value<https://x.example>'],
  ['{{ event.device.name | default: "none" }}', 'value<none>'],
  ['{% if event.device.name %}is true{% else %}is false{% endif %}', 'is false'],
  ['{% if event.size > 2 and event.type == "a" %}yes{% endif %}', 'yes'],
  ['{% unless event.size %}no{% endunless %}', ''],
  ['{% case event.type %}{% when "a", "b" %}ab{% else %}other{% endcase %}', 'ab'],
  [
    '{% for id in event.techniques %}{{ id }}{% unless forloop.last %}, {% endunless %}{% endfor %}',
    'value<T1>, value<T2>',
  ],
  ['{% for id in event.techniques %}{{ id }}{% break %}{% endfor %}', 'value<T1>'],
  ['{{ event.techniques | first }}', 'value<T1>'],
  ['{{ event.techniques | join: "+" }}', 'value<T1+T2>'],
  ['{{ event.techniques.size }}', 'value<2>'],
  ['{{ event.type | truncate: 5 | slice: 0, 1 | strip | downcase | capitalize }}', 'value<A>'],
  ['{% comment %}nobody sees it{% endcomment %}', ''],
  ['{{ labels.type }}', 'value<Type>'],
])('%s gives %s', (source, shown) => {
  expect(render(compile(source))).toBe(shown);
});

describe('refused is', () => {
  test.each([
    ['{{ event.typ }}', 'has no "event.typ" to show', 1, 4],
    ['one\n  {{ event.device.nme }}', 'has no "event.device.nme" to show', 2, 6],
    ['{{ evnt.type }}', 'has no "evnt" to show', 1, 4],
    ['{{ event.type | default: event.typ }}', 'has no "event.typ" to show', 1, 26],
    ['{% if event.typ %}{% endif %}', 'has no "event.typ" to show', 1, 7],
    ['{{ event.constructor }}', 'has no "event.constructor" to show', 1, 4],
    ['{{ event.__proto__ }}', 'has no "event.__proto__" to show', 1, 4],
    ['{{ toString }}', 'has no "toString" to show', 1, 4],
    ['{{ event.device }}', 'shows "event.device", which is a group: name one of its fields', 1, 4],
    ['{{ event }}', 'shows "event", which is a group: name one of its fields', 1, 4],
    ['{{ event.type.name }}', 'asks for "name" of event.type, which has no fields', 1, 4],
    [
      '{{ event.techniques.first }}',
      'asks for "first" of event.techniques, which has no fields',
      1,
      4,
    ],
    ['{{ event[event.type] }}', 'has [ ] with more than a name in it', 1, 4],
    [
      '{% assign x = event.type %}{{ x.name }}',
      'asks for "name" of x, which has no such field',
      1,
      31,
    ],
    ['{% assign event = 1 %}', 'gives the name "event" to something else', 1, 11],
    [
      '{{ event.type | replace: "a", "b" }}',
      'has the filter "replace", which is not known here',
      1,
      1,
    ],
    ['{{ event.type | raw }}', 'has the filter "raw", which is not known here', 1, 1],
    ['{{ event.type | date: "%Y" }}', 'has the filter "date", which is not known here', 1, 1],
    ['\n{% include "/etc/passwd" %}', 'has the tag "include", which is not known here', 2, 1],
    ['{% render "x" %}', 'has the tag "render", which is not known here', 1, 1],
    ['{% layout "x" %}', 'has the tag "layout", which is not known here', 1, 1],
    ['{% capture x %}{% endcapture %}', 'has the tag "capture", which is not known here', 1, 1],
    [
      '{% for a in event.techniques %}{% for b in event.techniques %}{% endfor %}{% endfor %}',
      'has a loop within another',
      1,
      32,
    ],
    ['{% for n in (1..1000000000) %}{% endfor %}', 'has a range, which no field needs', 1, 1],
    ['{% if event.type %}', 'is not right: tag {% if event.type %} not closed', 1, 1],
    ['{{ event.type', 'is not right: output "{{ event.type" not closed', 1, 1],
    ['x'.repeat(4001), 'is longer than 4000 characters', 1, 1],
  ])('%s: %s', (source, problem, line, column) => {
    const { message, ...place } = refusal(source);
    expect(message).toContain(problem);
    expect(place).toMatchObject({ line, column });
  });

  test('what is unknown, with what is known', () => {
    expect(refusal('{{ event.device.nme }}').known).toEqual(['event.device.name']);
    expect(refusal('{{ event.type | nothing }}').known).toEqual(filters);
    expect(refusal('{% nothing %}').known).toEqual(tags);
  });
});

test('which labels there are the sink decides: they are named with their places', () => {
  expect(compile('{{ labels.type }}\n{{ labels.other }}').labels).toEqual([
    { name: 'type', at: [1, 4] },
    { name: 'other', at: [2, 4] },
  ]);
});

test('blanks that are trimmed are not there', () => {
  expect(render(compile('a {{- event.type }} {%- if event.link %} b{% endif %}'))).toBe(
    'avalue<a> b',
  );
});

test('a render that takes more than its share of memory ends', () => {
  const text = compile('{{ event.techniques | join: event.type }}');
  const long = { event: { ...facts.event, type: 'x'.repeat(1_000_000) }, labels: {} };
  expect(() => text.render(long, String)).toThrow('takes too much time or memory');
});

test('the longest loop over the longest list ends in well under a second', async () => {
  const body = '{{ event.type | upcase | truncate: 50 }}'.repeat(90);
  const text = compile(`{% for id in event.techniques %}${body}{% endfor %}`);
  const techniques = Array.from({ length: 100 }, () => 'x'.repeat(100));
  const event = { ...facts.event, type: 'y'.repeat(30), techniques };
  expect(await cpuMs(() => text.render({ event, labels: {} }, String))).toBeLessThan(1_000);
});

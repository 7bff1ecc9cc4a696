// Templates on Mattermost: whatever an attacker wrote, a post has the markup that its template
// made, and no other.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../simulators/markdown/index.ts';
import { mentionsIn } from '../../../simulators/markdown/mentions.ts';
import { compileText, TemplateError } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { renderTemplate, type Template } from '../../../src/core/template/template.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import type { Message, TemplatePiece } from '../../../src/kit/sink.ts';
import { cardOf } from '../../../src/sinks/mattermost/card.ts';
import { code } from '../../../src/sinks/mattermost/escape.ts';
import { createTemplateWords, templateSupport } from '../../../src/sinks/mattermost/template.ts';
import { createWording } from '../../../src/sinks/mattermost/wording.ts';
import { sources } from '../../../src/sources/index.ts';
import { eventOfTexts, hostileStrings, storedEvent } from '../../support/events.ts';
import { anyHostile } from './hostile.ts';
import { activeIn, attachmentLength, blocksOf } from './model.ts';

const compile = (source: string) => compileText(source, templateFields);
const wording = createWording('en', 'Asia/Bangkok');
const words = createTemplateWords(wording);
const productOf = createProductOf([], sources);

interface Written {
  readonly title?: string;
  readonly text?: string;
  readonly fields?: readonly (readonly [title: string, value: string, isShort?: boolean])[];
}

function template({ title, text, fields }: Written): Template {
  return {
    name: 'tested',
    ...(title === undefined ? {} : { title: compile(title) }),
    ...(text === undefined ? {} : { text: compile(text) }),
    ...(fields && {
      fields: fields.map(([name, value, isShort = false]) => ({
        title: compile(name),
        value: compile(value),
        isShort,
      })),
    }),
  };
}

function post(written: Written, event: StoredEvent, more: Partial<Message> = {}, mention?: string) {
  const { form = 'full' } = more;
  const rendered = renderTemplate(template(written), event, {
    form: form as 'full' | 'short',
    words,
  });
  const message: Message = { event, form, showTenant: true, template: rendered, ...more };
  return cardOf(message, 'delivery-1', { wording, productOf, hasPriority: false, mention });
}

/** Links and images with where they lead, and pieces of code, in their order. */
function activeParts(markdown: string): string[] {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { kind, href } = value as { kind?: string; href?: string };
    if (kind === 'link' || kind === 'image' || kind === 'code')
      found.push(`${kind} ${href ?? ''}`.trim());
    look(Object.values(value));
  };
  look(parseMarkdown(markdown));
  return found;
}

function markupOf({ text, attachments }: ReturnType<typeof post>, isTitleLink: boolean) {
  const [{ title, title_link: link, fields }] = attachments as [(typeof attachments)[0]];
  // Clients make a link of the title, unless it has links itself.
  const all = [
    text,
    title,
    isTitleLink ? '' : `[${title}](${link})`,
    ...fields.flatMap((field) => [field.title, field.value]),
  ];
  return all.map((one) => ({ parts: activeParts(one), mentions: mentionsIn(one) }));
}

/** As much to see as in the hostile text, and nothing in it. */
const harmless = (text: string) => (code(text, 100) === undefined ? text : 'x');

const values = [
  '{{ event.type }}',
  '{{ event.file.name }}',
  '{{ event.description | text }}',
  '{{ event.user | upcase }}',
  '{{ event.techniques | join: ", " }}',
  '{{ event.device.name | default: labels.device }}',
  '{{ event.file.path | truncate: 12 }}',
  '{{ event.severityName }}',
  '{{ event.time }}',
  '{{ labels.fileName }}',
  '{% for id in event.techniques %}{{ id }} {% endfor %}',
  '{% if event.status %}{{ event.status }}{% endif %}',
  '{{ event.file.hash | url_encode }}',
  '[console]({{ event.link }})',
  '[{{ event.file.name }}]({{ event.link }})',
  '[VirusTotal](https://www.virustotal.com/gui/file/{{ event.file.name | url_encode }})',
];
const own = [
  '**',
  '*',
  '_',
  '__',
  '~~',
  '~',
  '[',
  ']',
  '](',
  '(',
  ')',
  '|',
  '\n',
  '\n| a | b |\n|---|---|\n| ',
  ' | ',
]
  .concat([
    '# ',
    '> ',
    '- ',
    '1. ',
    ':',
    ' @soc ',
    ' @ ',
    '#',
    ' ',
    'ก ',
    'word',
    '.',
    '!',
    ' https://wiki.example/a ',
    '"',
    '&',
  ])
  .concat(['![picture](https://wiki.example/p.png) ', '~~~\n', '\n\n', '    ', '---\n', "'", '=']);

function unlessTooLong<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError && /more than a message/.test(error.message))
      return undefined;
    throw error;
  }
}

/** Templates that the configuration would take. */
const anyText = fc
  .array(fc.oneof(fc.constantFrom(...values), fc.constantFrom(...own)), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
  .filter((text) => templateSupport.fault?.(compile(text).pieces) === undefined);

describe('a value in a template', () => {
  test('adds no mention, link or image to what the template’s own text makes, and ends no code', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        anyText,
        anyText,
        anyText,
        fc.array(anyHostile, { minLength: 5, maxLength: 5 }),
        (title, text, value, texts) => {
          const textOf = (field: string) => texts[field.length % texts.length]!;
          const written = {
            title: `T ${title}`,
            text: `T ${text}`,
            fields: [[title, `V ${value}`]] as const,
          };
          // Links that a value may choose the end of are compared without it.
          const cut = (posted: ReturnType<typeof post>) =>
            JSON.parse(
              JSON.stringify(markupOf(posted, title.includes('['))).replace(
                /(gui\/file\/)[A-Za-z0-9%-]*/g,
                '$1',
              ),
            );
          const posted = unlessTooLong(() => post(written, eventOfTexts(textOf)));
          if (posted === undefined) return;
          const expected = cut(
            post(
              written,
              eventOfTexts((field) => harmless(textOf(field))),
            ),
          );
          expect(cut(posted)).toEqual(expected);
          taken += 1;
        },
      ),
      { numRuns: 800 },
    );
    expect(taken).toBeGreaterThan(400);
  });

  test('is not obeyed by a stricter reader either, where the template has no markup of its own', () => {
    const shown = values.filter((one) => !one.includes('['));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...shown), { minLength: 1, maxLength: 4 }),
        anyHostile,
        (parts, text) => {
          const one = parts.join(' · ');
          const written = { title: one, text: one, fields: [['F', one]] as const };
          const posted = unlessTooLong(() =>
            post(
              written,
              eventOfTexts(() => text),
            ),
          );
          if (posted !== undefined) expect(activeIn(posted, ['**HIGH**'])).toEqual([]);
        },
      ),
      { numRuns: 800 },
    );
  });

  test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 60)), text]))(
    'shows %s as text',
    (_, text) => {
      const one = '{{ event.file.name }} / {{ event.description | text }}';
      const posted = post(
        { title: one, text: one, fields: [['F', one]] },
        eventOfTexts(() => text),
      );
      expect(activeIn(posted, ['**HIGH**'])).toEqual([]);
    },
  );

  test('stays in the cell, the emphasis and the link that the template put it in', () => {
    const named = (name: string) =>
      storedEvent({ body: { ...storedEvent().body, file: { name } } });
    const shown = (text: string, name: string) =>
      post({ text }, named(name)).text.replace('🟠 **HIGH** · ', '').replaceAll('\u200B', '');
    expect(shown('| {{ event.file.name }} |', 'a|@channel')).toBe('| `a∣@channel` |');
    expect(shown('**{{ event.file.name }}**', 'a** @channel')).toBe('**`a∗∗ @channel`**');
    expect(shown('_{{ event.file.name }}_', 'a_b')).toBe('_`aˍb`_');
    expect(shown('[{{ event.file.name }}](https://wiki.example)', 'a](http://evil.example)')).toBe(
      '[`a］（hxxp://evil［.］example）`](https://wiki.example)',
    );
    expect(shown('{{ event.file.name }}', 'a_b|c*d')).toBe('`a_b|c*d`');
  });

  test('as running text does not join the sign before it to a mention', () => {
    const { text } = post(
      { text: '#{{ event.user | text }}' },
      storedEvent({ body: { user: 'channel' } }),
    );
    expect(text).toContain('#\u200Bchannel');
  });

  test('shown raw is obeyed, as the template’s author was told', () => {
    const event = storedEvent({ body: { user: '@channel' } });
    expect(mentionsIn(post({ text: '{{ event.user | raw }}' }, event).text)).toEqual(['@channel']);
    expect(mentionsIn(post({ text: '{{ event.user | raw | downcase }}' }, event).text)).toEqual([]);
  });
});

describe('the template’s own text', () => {
  const faultOf = (text: string) => templateSupport.fault?.(compile(text).pieces)?.problem;

  test.each([
    ['a ` b', 'has ` in its own text'],
    ['\\{{ event.type }}', 'has \\ in its own text'],
    ['$ {{ event.type }} $', 'has $ in its own text'],
    ['<{{ event.type }}|x>', 'has < in its own text'],
    ['@{{ event.user | text }}', 'has a mention with a value or a tag right behind it'],
    [
      '@soc{% if event.user %} {{ event.user }}{% endif %}',
      'has a mention with a value or a tag right behind it',
    ],
    [
      'https://wiki.example/{{ event.type }}',
      'has an address with a value or a tag right behind it',
    ],
    [
      'www.wiki.example{{ event.type | text }}',
      'has an address with a value or a tag right behind it',
    ],
    [
      'wiki.example/{% if event.type %}a{% endif %}',
      'has an address with a value or a tag right behind it',
    ],
    ['{{ event.link }}{{ event.type }}', 'has an address with a value or a tag right behind it'],
    [
      'https://a.example/{{ event.type | url_encode }}{{ event.type }}',
      'has an address with a value or a tag right behind it',
    ],
    [
      'https://a.example/{{ event.type | url_encode }}/{{ event.type }}',
      'has an address with a value or a tag right behind it',
    ],
  ])('%j %s', (text, problem) => {
    expect(faultOf(text)).toBe(problem);
  });

  test.each([
    '@soc {{ event.type }}',
    'https://wiki.example {{ event.type }}',
    '[x](https://a.example/{{ event.type | url_encode }}) {{ event.type }}',
    '[console]({{ event.link }}) {{ event.type }}',
    '{{ labels.link }}: {{ event.link }}',
  ])('%j is fine', (text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  test('the fault names the piece', () => {
    const pieces: TemplatePiece[] = [{ kind: 'logic' }, { kind: 'own', text: 'a `' }];
    expect(templateSupport.fault?.(pieces)?.index).toBe(1);
  });
});

describe('a post by a template', () => {
  test('keeps severity, mention, link, colour and footer, and what it says of being late stands apart', () => {
    const written = {
      title: '{{ event.type }}',
      text: '{{ event.user }}\n~~~\nnever closed',
      fields: [['A', 'b', true]] as const,
    };
    const delayed = { seconds: 7_200, reason: 'sink' } as const;
    const posted = post(written, storedEvent({ severity: 5 }), { delayed }, '@soc');
    expect(posted.text).toBe(
      '🔴 **CRITICAL** @soc\n⏳ delayed 2 h: sink took no messages\n\u200B`CORP\\somchai`\n~~~\nnever closed',
    );
    expect(posted.attachments[0]).toMatchObject({
      title: '🔴 \u200B`STATIC_ANALYSIS`',
      title_link: 'https://console.example/events/1203',
      color: '#FF0000',
      fields: [{ title: 'A', value: 'b', short: true }],
      footer: 'Deep Instinct Security',
    });
  });

  test('has the sink’s own title, line and fields where the template has none', () => {
    const plain = cardOf({ event: storedEvent(), form: 'full', showTenant: true }, 'delivery-1', {
      wording,
      productOf,
      hasPriority: false,
    });
    const { text, attachments } = post({ title: 'Only this' }, storedEvent());
    expect(text).toBe(plain.text);
    expect(attachments[0]).toEqual({ ...plain.attachments[0], title: '🟠 Only this' });
  });

  test('with everything in it stays as short as any card', () => {
    for (const isShort of [true, false]) {
      const fields = Array.from(
        { length: 16 },
        (_, n) => [`F ${n}`, '{{ event.file.script }}', isShort !== (n % 2 === 0)] as const,
      );
      const posted = post(
        { title: '{{ event.type }}', text: '{{ event.file.path }}', fields },
        eventOfTexts(() => '*'.repeat(50_000)),
      );
      expect(attachmentLength(posted)).toBeLessThan(16_000);
      expect([...posted.text].length).toBeLessThan(4_500);
      expect(blocksOf({ ...posted.attachments[0] })).toBeLessThanOrEqual(90);
    }
  });

  test('in its short form cuts every value', () => {
    const written = {
      title: '{{ event.type }}',
      text: '{{ event.user }}',
      fields: [['F', '{{ event.description | text }}']] as const,
    };
    const posted = post(
      written,
      eventOfTexts(() => 'x'.repeat(3_000)),
      { form: 'short' },
    );
    expect(JSON.stringify(posted).length).toBeLessThan(1_500);
  });
});

test('a locale has the labels that templates may use', () => {
  const thai = createTemplateWords(createWording('th', 'Asia/Bangkok')).labels;
  expect(Object.keys(thai)).toEqual([...templateSupport.labels]);
  expect(thai.device).toBe('อุปกรณ์');
  for (const label of Object.values(thai)) expect(label).not.toMatch(/[{[`*_]/);
});

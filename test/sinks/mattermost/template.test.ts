// Templates on Mattermost: whatever an attacker wrote, a post has the markup that its template
// made, and no other; and the template's own text makes what it says and nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../simulators/markdown/index.ts';
import { mentionsIn } from '../../../simulators/markdown/mentions.ts';
import { Composers } from '../../../src/core/message/index.ts';
import { labelNames } from '../../../src/core/message/language.ts';
import { compileText, TemplateError } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import { renderTemplate, type Template } from '../../../src/core/template/template.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import type { Payload } from '../../../src/sinks/mattermost/post.ts';
import { activeIn, attachmentLength, blocksOf } from '../../contract/syntaxes/mattermost-model.ts';
import { anyHostile } from '../../hostile/markdown.ts';
import { eventOfTexts, hostileStrings, storedEvent } from '../../support/events.ts';
import { factsOf, meant, type Written as PostWritten, post as postOf } from './posts.ts';

const compile = (source: string) => compileText(source, templateFields);
const words = new Composers({}).voiceOf(
  {},
  { locale: 'en', timeZone: 'Asia/Bangkok' },
).templateWords;

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

function post(written: Written, event: StoredEvent, more: PostWritten = {}): Payload {
  const form = more.form === 'short' ? 'short' : 'full';
  return postOf(event, {
    ...more,
    template: renderTemplate(template(written), event, { form, words }),
  });
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

function markupOf({ text, attachments }: Payload) {
  const [{ title, title_link: link, fields = [], text: facts = '' }] = attachments as [
    (typeof attachments)[0],
  ];
  const all = [
    text,
    facts,
    title,
    `[${title}](${link})`,
    `**[${title}](${link})**`,
    ...fields.flatMap((field) => [`**${field.title}**`, field.value]),
  ];
  return all.map((one) => ({ parts: activeParts(one), mentions: mentionsIn(one) }));
}

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
  '{{ event.link }}',
  '[console]({{ event.link }})',
  '[{{ event.file.name }}]({{ event.link }})',
  '[VirusTotal](https://www.virustotal.com/gui/file/{{ event.file.name | url_encode }})',
];
const own = ['**', '*', '_', '__', '~~', '~', '[', ']', '](', '(', ')', '|', '\n']
  .concat(['\n| a | b |\n|---|---|\n| ', ' | ', '# ', '> ', '- ', '1. ', ':', ' @soc ', ' @ '])
  .concat([
    '@',
    '#',
    ' ',
    'ก ',
    'word',
    '.',
    '!',
    ' https://wiki.example/a ',
    'https://wiki.example/',
  ])
  .concat(['![picture](https://wiki.example/p.png) ', '~~~\n', '\n\n', '    ', '---\n', "'", '='])
  .concat(['"', '&', '`', '```', '\\', '$', '<', 'www.', 'tel:', 'x-', 'evil.co/', '<!channel>']);

function unlessTooLong<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError && /more than a message/.test(error.message))
      return undefined;
    throw error;
  }
}

const anyText = fc
  .array(fc.oneof(fc.constantFrom(...values), fc.constantFrom(...own)), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Of what a template's own text may mark up. */
const itsOwn = [
  ...meant,
  /\*\*[^*\n]+?\*\*/g,
  /\[(?:\\.|[^[\]\\`])*\]\(https:\/\/(?:wiki|console|www\.virustotal)[^\s()<>|`]*\)/g,
  /(?<=\/file\/)[A-Za-z0-9%]*/g,
];

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
          // As much to see as in the hostile text, and nothing in it.
          const harmless = (field: string) => (/[!-~]/.test(textOf(field)) ? 'x' : textOf(field));
          const written = {
            title: `T ${title}`,
            text: `T ${text}`,
            fields: [[`N ${title}`, `V ${value}`]] as const,
          };
          // Links that a value may choose the end of are compared without it.
          const cut = (posted: Payload) =>
            JSON.parse(
              JSON.stringify(markupOf(posted)).replace(/(gui\/file\/)[A-Za-z0-9%-]*/g, '$1'),
            );
          const posted = unlessTooLong(() => post(written, eventOfTexts(textOf)));
          if (posted === undefined) return;
          expect(cut(posted)).toEqual(cut(post(written, eventOfTexts(harmless))));
          taken += 1;
        },
      ),
      { numRuns: 800 },
    );
    // How many are too long is chance; the others are what is looked at.
    expect(taken).toBeGreaterThan(200);
  });

  test('is not obeyed by a stricter reader either, nor is the template’s own text', () => {
    fc.assert(
      fc.property(anyText, anyHostile, fc.constantFrom('compact', 'full'), (one, text, style) => {
        const written = { title: one, text: one, fields: [['F', one]] as const };
        const posted = unlessTooLong(() =>
          post(
            written,
            eventOfTexts(() => text),
            { style: style as 'compact' | 'full' },
          ),
        );
        if (posted !== undefined) expect(activeIn(posted, itsOwn)).toEqual([]);
      }),
      { numRuns: 1_500 },
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
      expect(activeIn(posted, meant)).toEqual([]);
    },
  );

  test('stays what it is in emphasis and brackets that the template put it in', () => {
    const named = (name: string) =>
      storedEvent({ body: { ...storedEvent().body, file: { name } } });
    const shown = (text: string, name: string) =>
      post({ text }, named(name)).text.replace('🟠 **HIGH** · ', '').replaceAll('\u200B', '');
    expect(shown('| {{ event.file.name }} |', 'a|@channel')).toBe('\\| `a|@channel` \\|');
    expect(shown('**a {{ event.file.name }}**', 'a** @channel')).toBe('**a** `a** @channel`');
    expect(shown('_{{ event.file.name }}_', 'a_b')).toBe('\\_`a_b`\\_');
    expect(shown('[{{ event.file.name }}](https://wiki.example)', 'a](http://evil.example)')).toBe(
      '\\[`a](hxxp://evil[.]example)`\\](https://wiki\\.example)',
    );
    expect(shown('{{ event.file.name }}', 'a_b|c*d')).toBe('`a_b|c*d`');
  });

  test('has no asterisk in a title, which clients put into `**`', () => {
    const event = storedEvent({ body: { user: 'a**@channel' } });
    const posted = post(
      { title: 'T {{ event.user }}', fields: [['N {{ event.user }}', 'v']] },
      event,
    );
    expect(posted.attachments[0]!.title).toBe('T `a∗∗@channel`');
    expect(Object.keys(factsOf(posted))).toEqual(['N `a∗∗@channel`']);
  });

  test('as running text is shown as a value, which no keyword of a reader finds', () => {
    const { text } = post(
      { text: '#{{ event.user | text }}' },
      storedEvent({ body: { user: 'channel' } }),
    );
    expect(text).toContain('\\#\u200B`channel`');
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
    const posted = post(written, storedEvent({ severity: 5 }), { delayed, mention: '@soc' });
    expect(posted.text).toBe(
      '🔴 **CRITICAL** · `CORP\\somchai` @soc\nDelayed by 2 h: the sink took no messages.\n\\~\u200B\\~\u200B\\~\u200B\nnever closed',
    );
    expect(posted.attachments[0]).toMatchObject({
      title: '`STATIC_ANALYSIS`',
      title_link: 'https://console.example/events/1203',
      color: '#FF0000',
      text: '**A** b',
      footer: 'Deep Instinct Security · Event ID 1203 · 2026-03-01 09:03:04 +07:00',
    });
    const [full] = post(written, storedEvent(), { style: 'full' }).attachments;
    expect(full).toMatchObject({ fields: [{ title: 'A', value: 'b', short: true }] });
  });

  test('has the sink’s own title, line and fields where the template has none', () => {
    const plain = postOf(storedEvent());
    const { text, attachments } = post({ title: 'Only this' }, storedEvent());
    expect(text).toBe(plain.text);
    expect(attachments[0]).toEqual({ ...plain.attachments[0], title: 'Only this' });
  });

  test.each(['compact', 'full'] as const)(
    'with everything in it stays as short as any, in the style %s',
    (style) => {
      for (const isShort of [true, false]) {
        const fields = Array.from(
          { length: 16 },
          (_, n) => [`F ${n}`, '{{ event.file.script }}', isShort !== (n % 2 === 0)] as const,
        );
        for (const sign of ['*', '#', 'www.', '\u2424', '😀']) {
          const posted = post(
            { title: '{{ event.type }}', text: '{{ event.file.path }}', fields },
            eventOfTexts(() => sign.repeat(50_000 / sign.length)),
            { style },
          );
          expect(attachmentLength(posted)).toBeLessThan(16_000);
          expect([...posted.text].length).toBeLessThan(12_000);
          expect(blocksOf({ ...posted.attachments[0] })).toBeLessThanOrEqual(90);
        }
      }
    },
  );

  test.each(['#', '~', '\\', '@'])('whose own text is all %s is one post', (sign) => {
    const written = { title: sign.repeat(299), text: sign.repeat(3_900) };
    const posted = post(written, storedEvent());
    expect([...posted.text].length).toBeLessThanOrEqual(12_000);
    expect(attachmentLength(posted)).toBeLessThan(16_000);
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

test('a language has the labels that templates may use', () => {
  const thai = new Composers({}).voiceOf({}, { locale: 'th', timeZone: 'UTC' }).templateWords;
  expect(Object.keys(thai.labels)).toEqual([...labelNames]);
  expect(thai.labels.device).toBe('อุปกรณ์');
  for (const label of Object.values(thai.labels)) expect(label).not.toMatch(/[{[`*_]/);
});

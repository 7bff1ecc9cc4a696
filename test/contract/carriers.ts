// What carries hostile text to a sink: a card with it in every part, an event, a digest and a notice
// as core composes them, and templates. Each has slots, one text a slot, so that one message tries
// many strings at once.
import type { Voice } from '../../src/core/message/index.ts';
import { compileText, TemplateError } from '../../src/core/template/engine.ts';
import { templateFields } from '../../src/core/template/fields.ts';
import { renderTemplate, type Template } from '../../src/core/template/template.ts';
import type { Message, MessageForm } from '../../src/kit/sink.ts';
import { neutralText } from '../../src/kit/text.ts';
import { eventOfTexts } from '../support/events.ts';
import { freshVoice } from '../support/voice.ts';
import { messageWith, noticeOf, type Said, shownBy, type TextOf, wholeCard } from './card-cases.ts';
import { digestOfTexts } from './marks.ts';

export interface Slot {
  /** `the headline (code)`. */
  readonly name: string;
  /** The operator's or our words: they may name anybody, and need not be code. */
  readonly isWord: boolean;
  readonly isMultiline: boolean;
}

export interface Carrier {
  readonly name: string;
  readonly slots: readonly Slot[];
  /** As much must be active as for harmless texts; else at most as much: core may leave out. */
  readonly isExact: boolean;
  /** Undefined if core refuses these texts. */
  message(texts: readonly string[]): Message | undefined;
}

const usual = { form: 'full', showTenant: true } as const;

export function carriersFor(sink: Said): Carrier[] {
  const voice = freshVoice(sink);
  return [
    ...(['event', 'digest', 'notice'] as const).map((kind) =>
      ofCard(`a card of kind ${kind}`, (textOf) =>
        messageWith(shownBy(sink, wholeCard(textOf, kind))),
      ),
    ),
    ...(['full', 'short'] as const).map((form) => ofEvent(voice, form)),
    ofTexts('a digest', (textOf) => voice.message(digestOfTexts(textOf), usual)),
    ofTexts('a notice', (textOf) => {
      const sentence = '{source} {sink} {reason} {message} {owner} {silence} {severities}';
      return voice.message(noticeOf('sink_paused', sentence, 1, textOf), usual);
    }),
    ...shapes.map((shape) => ofTemplate(voice, shape)),
  ];
}

/** As core makes them: neutral, and never empty. */
function ofCard(name: string, message: (textOf: TextOf) => Message): Carrier {
  const slots: Slot[] = [];
  message((place, kind) => {
    const isMultiline = kind === 'block';
    slots.push({ name: `${place} (${kind})`, isWord: kind === 'word', isMultiline });
    return 'x';
  });
  const made = (texts: readonly string[]) => {
    let at = 0;
    return message((_place, kind) => {
      const multiline = kind === 'block';
      const text = neutralText(texts[at++]!.slice(0, 400).trim(), { multiline }).trim() || 'x';
      // A block is one by its second line.
      return multiline ? `${text}\nx` : text;
    });
  };
  return { name, slots, isExact: true, message: made };
}

/** Of what core makes parts of. */
function ofTexts(name: string, message: (textOf: (what: string) => string) => Message): Carrier {
  const slots: Slot[] = [];
  message((what) => {
    slots.push({ name: what, isWord: false, isMultiline: false });
    return `x${slots.length}`;
  });
  return {
    ...{ name, slots, isExact: false },
    message(texts) {
      let at = 0;
      return message(() => texts[at++] ?? 'x');
    },
  };
}

function ofEvent(voice: Voice, form: MessageForm): Carrier {
  return ofTexts(`an event, ${form}`, (textOf) =>
    voice.message(eventOfTexts(textOf), { ...usual, form }),
  );
}

/**
 * `A` and `B` are values, `P` one that is said to be running text, `U` one for an address, `T` a
 * time, `L` the console's page: where a template's own text touches a value.
 */
export const shapes = [
  ...['xA', 'Ax', 'AB', '"A" B', '/A', 'A/B', ':A', 'A:B', '(A)', '[A] B', '@A', '~A', '#A'],
  ...['[A](https://wiki.example/a) B', '![A](https://wiki.example/a.png) B', '**A** B'],
  ...['**a A b** B', '*A* B', '_A_ B', '__A__ B', '~~A~~ B', '| A | B |\n|---|---|\n| B | A |'],
  ...["'A' =B -A !B", 'A.co/B', 'A|B', 'x-P', 'P-d', 'P.co/a', 'PPA', '"P A', 'PAPB', 'tel:P A'],
  ...['https://wiki.example/A', 'www.wiki.example/A B', 'wiki.example/A', 'a@b.coA', '`A` B'],
  ...['```\nA\n```\nB', '\\A', '$A$ B', '<A|B>', '- A\n- B', '1. A\n1) B', 'A\n===\nB\n---'],
  ...['> A\n# B', '[a](https://wiki.example/U) B', '[a](https://wiki.example/A) B', '[A](L) B'],
  ...['[a](L) B', 'L A', 'LA', 'TA', 'AT', 'tel:TA', 'U.co/A', '@UA', '(A)(B)', ']A[B]('],
  ...['&A;B', '<!A>B'],
] as const;

const values = {
  A: '{{ event.user }}',
  B: '{{ event.file.name }}',
  P: '{{ event.description | text }}',
  U: '{{ event.file.hash | url_encode }}',
  T: '{{ event.time }}',
  L: '{{ event.link }}',
};

/** The template that a shape stands for. */
export function sourceOf(shape: string): string {
  return shape.replace(/[ABPUTL]/g, (name) => values[name as keyof typeof values]);
}

function ofTemplate(voice: Voice, shape: string): Carrier {
  const text = compileText(sourceOf(shape), templateFields);
  const fields = [true, false].map((isShort) => ({ title: text, value: text, isShort }));
  const template: Template = { name: shape, title: text, text, fields };
  const words = voice.templateWords;
  const used = { A: 'user', B: 'file.name', P: 'description', U: 'file.hash' };
  const fieldsOfSlots = Object.entries(used)
    .filter(([name]) => shape.includes(name))
    .map(([, field]) => field);
  return {
    name: `the template ${JSON.stringify(shape)}`,
    slots: fieldsOfSlots.map((name) => ({ name, isWord: false, isMultiline: false })),
    isExact: true,
    message(texts) {
      const event = eventOfTexts((field) => {
        const at = fieldsOfSlots.indexOf(field);
        // A value of nothing to see leaves its field out.
        const given = at < 0 ? 'x' : texts[at]!.slice(0, 300);
        return neutralText(given.trim(), { multiline: false }).trim() === '' ? 'x' : given;
      });
      try {
        const rendered = renderTemplate(template, event, { form: 'full', words });
        return voice.message(event, { ...usual, template: rendered });
      } catch (error) {
        if (error instanceof TemplateError) return undefined;
        throw error;
      }
    },
  };
}

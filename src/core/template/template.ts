// A template filled in for one event, with the words of the sink that shows it. Pure. What does not
// fit, or fails, the caller reports.
import type { StoredEvent } from '../../kit/event.ts';
import type { RenderedField, RenderedTemplate, TemplateWords, ValuePlace } from '../../kit/sink.ts';
import { codePointLength, validText } from '../../kit/text.ts';
import { type CompiledText, type Show, TemplateError } from './engine.ts';
import { type TemplateFacts, templateFacts } from './fields.ts';

export interface TemplateField {
  readonly title: CompiledText;
  readonly value: CompiledText;
  readonly isShort: boolean;
}

/** Parts that it does not have stay as the sink has them. */
export interface Template {
  readonly name: string;
  readonly title?: CompiledText | undefined;
  readonly text?: CompiledText | undefined;
  readonly fields?: readonly TemplateField[] | undefined;
}

/**
 * What a filled-in template has at most, in code points. A sink that renders templates takes this
 * much.
 */
export const templateLimits = {
  title: 300,
  text: 4000,
  fields: 16,
  fieldTitle: 100,
  fieldValue: 2000,
  total: 12_000,
} as const;
const shortTotal = 2500;
/** How much of each value is shown: the first that makes everything fit. */
const valuesMax = { full: [1500, 400, 120, 40, 16], short: [60, 24, 10] } as const;
/** A loop may say much; nothing that fits says more. */
const shownMax = 100_000;

/** How a sink wants it. */
export interface TemplateForm {
  readonly form: 'full' | 'short';
  readonly words: TemplateWords;
}

/** @throws {TemplateError} it fails for this event, or its own text leaves no room for values */
export function renderTemplate(
  template: Template,
  event: StoredEvent,
  { form, words }: TemplateForm,
): RenderedTemplate {
  const facts = templateFacts(event, words);
  for (const codePointsMax of valuesMax[form]) {
    const filling = { facts, words, codePointsMax };
    const rendered = filledIn(template, (text, part) => render(text, part, filling));
    if (fits(rendered, form === 'short' ? shortTotal : templateLimits.total)) return rendered;
  }
  throw new TemplateError('gives more than a message may hold');
}

type Fill = (text: CompiledText, part: ValuePlace['part']) => string;

/** A field without a value is left out, and an empty title or text is as good as none. */
function filledIn({ title, text, fields }: Template, fill: Fill): RenderedTemplate {
  const shownTitle = title && fill(title, 'title').replace(/\s*\n\s*/g, ' ');
  const shownText = text && fill(text, 'text');
  return {
    ...(shownTitle && { title: shownTitle }),
    ...(shownText && { text: shownText }),
    ...(fields && { fields: fields.flatMap((field) => filledField(field, fill)) }),
  };
}

function filledField({ title, value, isShort }: TemplateField, fill: Fill): RenderedField[] {
  const shown = fill(value, 'field value');
  return shown === ''
    ? []
    : [{ title: fill(title, 'field title').replace(/\s*\n\s*/g, ' '), value: shown, isShort }];
}

interface Filling {
  readonly facts: TemplateFacts;
  readonly words: TemplateWords;
  /** Of each value. */
  readonly codePointsMax: number;
}

function render(text: CompiledText, part: ValuePlace['part'], filling: Filling): string {
  const { words, codePointsMax } = filling;
  const { scope, own } = filling.facts;
  let length = 0;
  const escaped = (value: string, form: 'value' | 'text') =>
    own.has(value) ? value : words.escape(value, { form, part, own: text.own, codePointsMax });
  const show: Show = (value, form) => {
    const made = form === 'url' ? urlPart(value) : listed(value, (one) => escaped(one, form));
    length += made.length;
    if (length > shownMax) throw new TemplateError('gives more than a message may hold');
    return made;
  };
  return text.render(scope, show).trim();
}

function listed(value: unknown, shown: (text: string) => string): string {
  if (Array.isArray(value)) return value.map((one) => listed(one, shown)).join(', ');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? shown(value) : '';
}

const urlPartMax = 400;

/** Letters, digits and `%` alone: it ends nothing that it may stand in. Cut at its end. */
function urlPart(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  let part = '';
  for (const character of validText(text.slice(0, urlPartMax))) {
    const encoded = encodeURIComponent(character).replace(
      /[!'()*_.~-]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    if (part.length + encoded.length > urlPartMax) break;
    part += encoded;
  }
  return part;
}

function fits({ title = '', text = '', fields = [] }: RenderedTemplate, total: number): boolean {
  const { fieldTitle, fieldValue } = templateLimits;
  const lengths = fields.map(
    (field) => [codePointLength(field.title), codePointLength(field.value)] as const,
  );
  const sum = lengths.reduce(
    (all, [one, other]) => all + one + other,
    codePointLength(title) + codePointLength(text),
  );
  return (
    sum <= total &&
    codePointLength(title) <= templateLimits.title &&
    codePointLength(text) <= templateLimits.text &&
    lengths.every(([one, other]) => one <= fieldTitle && other <= fieldValue)
  );
}

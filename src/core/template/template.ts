// A template filled in for one event, as typed parts: the operator's own text becomes words, and
// every value stays a value, so that neither can contain any sink's syntax. Pure. What does not
// fit, or fails, the caller reports.
import type { Part, Text } from '../../kit/card.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { RenderedTemplate } from '../../kit/sink.ts';
import { codePointLength, cutMiddle, neutralText, validText } from '../../kit/text.ts';
import { type CompiledText, type Show, TemplateError } from './engine.ts';
import { type TemplateFacts, type TemplateWords, templateFacts } from './fields.ts';
import { isMarker, linesOf, markerOf, type Value } from './markup.ts';

export interface TemplateField {
  readonly title: CompiledText;
  readonly value: CompiledText;
  /** Shown among the card's fields; otherwise among its details. */
  readonly isShort: boolean;
}

/** Parts that it does not have stay as the card has them. */
export interface Template {
  readonly name: string;
  readonly title?: CompiledText | undefined;
  readonly text?: CompiledText | undefined;
  readonly fields?: readonly TemplateField[] | undefined;
}

/** What a filled-in template has at most, in code points. */
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
    const filled = filledIn(template, (text) => render(text, facts, codePointsMax));
    if (fits(filled, form === 'short' ? shortTotal : templateLimits.total)) return filled;
  }
  throw new TemplateError('gives more than a message may hold');
}

type Fill = (text: CompiledText) => readonly Text[];

/** A field without a value is left out, and an empty title or text is as good as none. */
function filledIn({ title, text, fields }: Template, fill: Fill): RenderedTemplate {
  const shownTitle = title === undefined ? [] : oneLine(fill(title));
  const lines = text === undefined ? [] : fill(text);
  return {
    ...(shownTitle.length > 0 && { title: shownTitle }),
    ...(lines.length > 0 && { text: lines }),
    ...(fields && { fields: fields.flatMap((field) => filledField(field, fill)) }),
  };
}

function filledField({ title, value, isShort }: TemplateField, fill: Fill) {
  const shown = oneLine(fill(value));
  return shown.length === 0 ? [] : [{ name: oneLine(fill(title)), value: shown, isShort }];
}

function oneLine(lines: readonly Text[]): Text {
  return lines.flatMap((line, index) =>
    index === 0 ? line : [{ kind: 'word', text: ' ' } as const, ...line],
  );
}

function render(text: CompiledText, facts: TemplateFacts, codePointsMax: number): readonly Text[] {
  const values: Value[] = [];
  let length = 0;
  const counted = (made: string): string => {
    length += made.length;
    if (length > shownMax) throw new TemplateError('gives more than a message may hold');
    return made;
  };
  const marked = (part: Part, isOfAddress = false): string => {
    if (counted(part.text) === '') return '';
    return markerOf(values.push({ part, isOfAddress }) - 1);
  };
  const shown = (value: string, kind: 'code' | 'prose'): string => {
    if (isMarker(value, values)) return value;
    const own = facts.own.get(value);
    if (own === 'word') return value;
    return marked(own ?? { kind, text: shownText(value, codePointsMax) });
  };
  const show: Show = (value, form) => {
    if (form === 'url') return counted(marked({ kind: 'code', text: urlPart(value) }, true));
    return counted(listed(value, (one) => shown(one, form === 'text' ? 'prose' : 'code')));
  };
  return linesOf(text.render(facts.scope, show), values);
}

/** The value neutral, on one line, cut in its middle. */
function shownText(value: string, codePointsMax: number): string {
  const neutral = neutralText(cutMiddle(value.trim(), codePointsMax), { multiline: false }).trim();
  return cutMiddle(neutral, codePointsMax);
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

function fits({ title = [], text = [], fields = [] }: RenderedTemplate, total: number): boolean {
  const titleLength = lengthOf(title);
  const textLength = text.reduce((sum, line) => sum + lengthOf(line) + 1, 0);
  const lengths = fields.map(({ name, value }) => [lengthOf(name), lengthOf(value)] as const);
  const sum = lengths.reduce((all, [one, other]) => all + one + other, titleLength + textLength);
  return (
    sum <= total &&
    titleLength <= templateLimits.title &&
    textLength <= templateLimits.text &&
    lengths.every(
      ([one, other]) => one <= templateLimits.fieldTitle && other <= templateLimits.fieldValue,
    )
  );
}

function lengthOf(text: Text): number {
  return text.reduce(
    (sum, part) => sum + codePointLength(part.text) + (part.kind === 'link' ? part.url.length : 0),
    0,
  );
}

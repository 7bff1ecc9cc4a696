// Makes a card fit a sink's limits: long values are cut first, then the rest of the table and the
// details are left out. The headline always stays. Pure.
import type { Card, Field, Limits, Part, Text } from '../../kit/card.ts';
import { codePointLength, cutMiddle } from '../../kit/text.ts';

/** Code points of each value: the first that makes everything fit. */
const valueSteps = [Number.POSITIVE_INFINITY, 1500, 400, 120, 40] as const;
/** What surrounds a part or a field when it is rendered: delimiters, line breaks. */
const overhead = 8;

/** The card itself if nothing is too long. */
export function fitted(card: Card, limits: Limits): Card {
  if (isShort(card, limits)) return card;
  for (const step of valueSteps) {
    const cut = cutTo(card, Math.min(step, limits.value));
    if (sumOf(cut, weightOf, limits) <= limits.total) return cut;
  }
  const { table: _left, ...rest } = cutTo(card, valueSteps.at(-1)!);
  const kept: Card = { ...rest, details: [] };
  return sumOf(kept, weightOf, limits) <= limits.total
    ? kept
    : { ...kept, fields: [], remarks: [] };
}

/** Whether it fits however it is rendered, so that nothing needs to be weighed: most cards do. */
function isShort(card: Card, limits: Limits): boolean {
  const { growthMax = Number.POSITIVE_INFINITY } = limits;
  return sumOf(card, unitsOf, limits) * growthMax <= limits.total;
}

/** Infinite if a part is longer than one value may be. */
function unitsOf(text: Text, { value }: Limits): number {
  let sum = overhead;
  for (const part of text) {
    const { length } = part.text;
    sum += length > value ? Number.POSITIVE_INFINITY : length;
    if (part.kind === 'link') sum += part.url.length;
  }
  return sum;
}

function weightOf(text: Text, { weigh = codePointsOf }: Limits): number {
  return text.reduce((sum, part) => sum + weigh(part), overhead);
}

function cutTo(card: Card, valueMax: number): Card {
  if (!card.fields.some(isLong) && !card.details.some(isLong)) return card;
  return { ...card, fields: card.fields.map(cut), details: card.details.map(cut) };

  function isLong({ value }: Field): boolean {
    return value.some(({ text }) => text.length > valueMax);
  }

  function cut(field: Field): Field {
    return isLong(field) ? { name: field.name, value: field.value.map(cutPart) } : field;
  }

  function cutPart(part: Part): Part {
    return part.text.length > valueMax ? { ...part, text: cutMiddle(part.text, valueMax) } : part;
  }
}

/** The size of every text that is rendered, all together. */
function sumOf(card: Card, sizeOf: (text: Text, limits: Limits) => number, limits: Limits): number {
  const { title, headline, footer, remarks, fields, details, table } = card;
  let sum = sizeOf(title, limits) + sizeOf(headline, limits) + sizeOf(footer, limits);
  const add = (texts: readonly Text[]): void => {
    for (const text of texts) sum += sizeOf(text, limits);
  };
  for (const { name, value } of fields) sum += sizeOf(name, limits) + sizeOf(value, limits);
  for (const { name, value } of details) sum += sizeOf(name, limits) + sizeOf(value, limits);
  if (remarks.length > 0) add(remarks);
  if (card.state !== undefined) add([card.state.text]);
  if (table === undefined) return sum;
  add(table.columns);
  table.rows.forEach(add);
  if (table.more !== undefined) sum += sizeOf(table.more, limits);
  return sum;
}

function codePointsOf({ text }: Part): number {
  return codePointLength(text);
}

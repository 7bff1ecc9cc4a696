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
    if (weightOf(cut, limits) <= limits.total) return cut;
  }
  const { table: _left, ...rest } = cutTo(card, valueSteps.at(-1)!);
  const kept: Card = { ...rest, details: [] };
  return weightOf(kept, limits) <= limits.total ? kept : { ...kept, fields: [], remarks: [] };
}

/** Whether it fits however it is rendered, so that nothing needs to be weighed: most cards do. */
function isShort(card: Card, { total, value, growthMax }: Limits): boolean {
  return growthMax !== undefined && unitsOf(card, value) * growthMax <= total;
}

/** UTF-16 units of all texts; infinite if a part is longer than one value may be. */
function unitsOf(card: Card, valueMax: number): number {
  const { title, headline, footer, fields, details } = card;
  let units = unitsOfText(title, valueMax) + unitsOfText(headline, valueMax);
  units += unitsOfText(footer, valueMax);
  for (const field of fields) units += unitsOfField(field, valueMax);
  for (const field of details) units += unitsOfField(field, valueMax);
  for (const text of othersOf(card)) units += unitsOfText(text, valueMax);
  return units;
}

function unitsOfField({ name, value, constant }: Field, valueMax: number): number {
  return constant !== undefined && constant.units <= valueMax
    ? constant.units
    : unitsOfText(name, valueMax) + unitsOfText(value, valueMax);
}

/** Of a field that stands in many cards; see {@link Field.constant}. */
export function unitsOfConstant(field: Field): number {
  return unitsOfField(field, Number.POSITIVE_INFINITY);
}

function unitsOfText(text: Text, valueMax: number): number {
  let units = overhead;
  for (const part of text) {
    const { length } = part.text;
    if (length > valueMax) return Number.POSITIVE_INFINITY;
    units += part.kind === 'link' ? length + part.url.length : length;
  }
  return units;
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

/** The weight of every text that is rendered, all together. */
function weightOf(card: Card, { weigh = codePointsOf }: Limits): number {
  const { title, headline, footer, fields, details } = card;
  const facts = [...fields, ...details].flatMap(({ name, value }) => [name, value]);
  const texts = [title, headline, footer, ...facts, ...othersOf(card)];
  const add = (sum: number, part: Part): number => sum + weigh(part);
  return texts.reduce((sum, text) => text.reduce(add, sum + overhead), 0);
}

/** What most cards of events do not have. */
function othersOf({ remarks, state, table }: Card): readonly Text[] {
  if (remarks.length === 0 && state === undefined && table === undefined) return remarks;
  const texts = [...remarks];
  if (state !== undefined) texts.push(state.text, state.more ?? []);
  if (table !== undefined) texts.push(...table.columns, ...table.rows.flat());
  if (table?.more !== undefined) texts.push(table.more);
  return texts;
}

function codePointsOf({ text }: Part): number {
  return codePointLength(text);
}

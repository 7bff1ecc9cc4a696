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
    if (weight(cut, limits) <= limits.total) return cut;
  }
  const { table: _left, ...rest } = cutTo(card, valueSteps.at(-1)!);
  const kept: Card = { ...rest, details: [] };
  return weight(kept, limits) <= limits.total ? kept : { ...kept, fields: [], remarks: [] };
}

/** Whether it fits however it is rendered, so that nothing needs to be weighed: most cards do. */
function isShort(card: Card, { total, value, growthMax = Number.POSITIVE_INFINITY }: Limits) {
  let length = 0;
  const count = (text: Text): void => {
    length += overhead;
    for (const part of text) {
      // Nothing that is longer than one value may be is short.
      length += part.text.length > value ? Number.POSITIVE_INFINITY : part.text.length;
      if (part.kind === 'link') length += part.url.length;
    }
  };
  forEachText(card, count);
  return length * growthMax <= total;
}

function cutTo(card: Card, valueMax: number): Card {
  if (!card.fields.some(isLong) && !card.details.some(isLong)) return card;
  return { ...card, fields: card.fields.map(cut), details: card.details.map(cut) };

  function isLong({ value }: Field): boolean {
    return value.some(({ text }) => text.length > valueMax);
  }

  function cut(field: Field): Field {
    return isLong(field) ? { ...field, value: field.value.map(cutPart) } : field;
  }

  function cutPart(part: Part): Part {
    return part.text.length > valueMax ? { ...part, text: cutMiddle(part.text, valueMax) } : part;
  }
}

function weight(card: Card, { weigh = codePointsOf }: Limits): number {
  let sum = 0;
  forEachText(card, (text) => {
    sum += text.reduce((all, part) => all + weigh(part), overhead);
  });
  return sum;
}

/** Every text that is rendered. */
function forEachText(card: Card, use: (text: Text) => void): void {
  use(card.title);
  use(card.headline);
  use(card.footer);
  for (const remark of card.remarks) use(remark);
  for (const fields of [card.fields, card.details]) {
    for (const field of fields) {
      use(field.name);
      use(field.value);
    }
  }
  const { table } = card;
  if (table === undefined) return;
  for (const column of table.columns) use(column);
  for (const row of table.rows) for (const cell of row) use(cell);
  if (table.more !== undefined) use(table.more);
}

function codePointsOf({ text }: Part): number {
  return codePointLength(text);
}

// What a card says, statement by statement, and which of them nobody can read at the far end.
import type { Card, Part, Text } from '../../src/kit/card.ts';
import type { Marks } from './marks.ts';
import { folded, type Place, type Reading } from './syntaxes/index.ts';

export interface Statement {
  readonly text: string;
  /** `in the headline`, `in a digest’s row`. */
  readonly where: string;
}

/** Everything that a reader must find, in no order; nothing that is only a sign. */
export function statementsOf(card: Card): Statement[] {
  const kind = {
    event: 'an event',
    digest: 'a digest',
    notice: 'a notice',
    news: 'news of an incident',
  }[card.kind];
  const of = (where: string, ...texts: readonly Text[]): Statement[] =>
    texts.flat().flatMap((part) => partTexts(part).map((text) => ({ text, where })));
  const fields = [...card.fields, ...card.details].flatMap(({ name, value }) => [
    ...of('as the name of a field', name),
    ...of(`in the field “${wordsOf(name)}”`, value),
  ]);
  const { rows = [], more = [] } = card.table ?? {};
  return [
    { text: card.level, where: 'as the severity' },
    ...of('in the headline', card.headline),
    ...of('in the state', card.state?.text ?? []),
    ...of('in the rest of the state', card.state?.more ?? []),
    ...of('in a remark', ...card.remarks),
    ...fields,
    ...of(`in ${kind}’s row`, ...rows.flat()),
    ...of(`below ${kind}’s rows`, more),
    ...of('in the title', card.title),
    ...of('in the footer', card.footer),
    ...(card.link === undefined ? [] : [{ text: card.link, where: 'as the link' }]),
    ...(card.actions ?? []).flatMap(({ label, choices = [] }) =>
      [label, ...choices.map((choice) => choice.label)].map((text) => ({
        text,
        where: 'as what can be pressed',
      })),
    ),
  ].filter(({ text }) => folded(text) !== '');
}

function partTexts(part: Part): string[] {
  return part.kind === 'link' ? [part.text, part.url] : [part.text];
}

function wordsOf(text: Text): string {
  return text.map((part) => part.text).join('');
}

export interface Unsaid {
  readonly type: string;
  readonly card: Card;
  readonly marks?: Marks | undefined;
  readonly readings: readonly (readonly [Place, Reading])[];
}

/** A sentence for each statement that cannot be read: `slack says nothing of the tenant in …`. */
export function unsaid({ type, card, marks, readings }: Unsaid): string[] {
  const whole = readings.filter(([{ isSummary }]) => isSummary !== true);
  const versions = new Set(whole.map(([{ version }]) => version));
  if (versions.size > 1) versions.delete(undefined);
  return [...versions].flatMap((version) => {
    const seen = whole
      .filter(([place]) => place.version === undefined || place.version === version)
      .map(([, reading]) => folded(reading.seen))
      .join(' ');
    const lacking = lackingIn(seen, statementsOf(card));
    const sentences = lacking.map(({ text, where }) => {
      const what = marks?.named(text) ?? `“${text.slice(0, 60)}”`;
      return `${type} says nothing of ${what} ${where}${version === undefined ? '' : ` (${version})`}`;
    });
    return [...new Set(sentences)];
  });
}

/** What stands in several places must be read as often; the last of them are said to be missing. */
function lackingIn(seen: string, statements: readonly Statement[]): Statement[] {
  const left = new Map<string, number>();
  return statements.filter(({ text }) => {
    const key = folded(text);
    const count = (left.get(key) ?? seen.split(key).length - 1) - 1;
    left.set(key, count);
    return count < 0;
  });
}

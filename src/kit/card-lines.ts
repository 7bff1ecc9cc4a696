// A card as lines in the order in which people read it, for products that show text alone. Pure.
import { type Card, type Field, plainText, stateTexts, strong, type Text, word } from './card.ts';
import { defanged } from './defang.ts';

export interface CardLines {
  /** `🔴 CRITICAL · ` and the headline: the line that must be read. */
  readonly headline: Text;
  /** What became of it, and the remarks. */
  readonly notes: readonly Text[];
  /** The facts that a reader decides by, each with its name. */
  readonly facts: readonly Text[];
  /** A digest's rows, and what is left out of them. */
  readonly rows: readonly Text[];
  /** Everything else, as the facts are. */
  readonly details: readonly Text[];
  /** What the card is about, with its link, and the footer. */
  readonly end: readonly Text[];
}

export function linesOfCard(card: Card): CardLines {
  const { sign, level, headline, remarks, fields, details, table, title, link } = card;
  return {
    headline: [word(`${sign} `), strong(level), word(' · '), ...headline],
    notes: [...stateTexts(card), ...remarks],
    facts: fields.map(factOf),
    rows: [...(table?.rows ?? []).map(joined), ...(table?.more === undefined ? [] : [table.more])],
    details: details.map(factOf),
    end: [
      link === undefined ? title : [{ kind: 'link', text: plainText(title), url: link }],
      card.footer,
    ],
  };
}

/** All of them below the headline, in their order. */
export function linesBelow({ notes, facts, rows, details, end }: CardLines): Text[] {
  return [...notes, ...facts, ...rows, ...details, ...end];
}

/**
 * A line for a product that shows text as it is, where phones and programs make links of addresses:
 * those of others are disarmed, and ours stand behind it.
 */
export function disarmedLine(text: Text): string {
  const urls = text.flatMap((part) => (part.kind === 'link' ? [part.url] : []));
  return [defanged(plainText(text)), ...urls].join(' ');
}

function factOf({ name, value }: Field): Text {
  return [...name.map(({ text }) => strong(text)), word(': '), ...value];
}

/** The cells that say something. */
function joined(cells: readonly Text[]): Text {
  return cells
    .filter((cell) => plainText(cell) !== '')
    .flatMap((cell, at) => (at === 0 ? cell : [word(' · '), ...cell]));
}

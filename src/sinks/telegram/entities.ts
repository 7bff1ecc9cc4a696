// A message as Telegram takes it: text, and beside it which stretch of it is what. Without a markup
// there is nothing to escape; but its servers make links, mentions, hashtags and commands of plain
// text, and of none that is code. Pure.
import type { Part, Text } from '../../kit/card.ts';

/** Offset and length are UTF-16 units. */
export interface Entity {
  readonly type: 'bold' | 'code' | 'pre' | 'text_link';
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

export interface Content {
  readonly text: string;
  readonly entities: readonly Entity[];
}

interface Piece {
  readonly text: string;
  readonly type?: Entity['type'];
  readonly url?: string;
}

/** The servers drop what is beyond it, bold before anything else. */
const entitiesMax = 100;

/** @param mentions behind the first line, each as Telegram writes it: `@ana_soc` */
export function contentOf(lines: readonly Text[], mentions: readonly string[] = []): Content {
  const [head = [], ...below] = lines.map((line) => line.map(pieceOf));
  const first = [...head, ...mentions.map((name) => ({ text: ` ${name}` }))];
  return joined([first, ...below.map((line) => [{ text: '\n' }, ...line])].flat());
}

/** UTF-16 units of a part where it takes the most. */
export function weightOf({ kind, text }: Part): number {
  if (kind === 'link') return text.length;
  return (kind === 'word' || kind === 'time' ? inert(text) : inertValue(text)).length;
}

function joined(pieces: readonly Piece[]): Content {
  const isBold = ({ type }: Piece) => type === 'bold';
  const marked = pieces.filter(({ type }) => type !== undefined);
  const inOrder = [...marked.filter((piece) => !isBold(piece)), ...marked.filter(isBold)];
  const kept = new Set(inOrder.slice(0, entitiesMax));
  let text = '';
  const entities: Entity[] = [];
  for (const piece of pieces) {
    const { type, url } = piece;
    const isKept = type !== undefined && kept.has(piece);
    const shown =
      isKept || type === undefined || isBold(piece) ? piece.text : inertValue(piece.text);
    if (isKept)
      entities.push({ type, offset: text.length, length: shown.length, ...(url && { url }) });
    text += shown;
  }
  return { text, entities };
}

function pieceOf(part: Part): Piece {
  const { kind, text } = part;
  if (kind === 'link') return { text, type: 'text_link', url: part.url };
  if (kind === 'block') return { text, type: 'pre' };
  if (kind === 'code' || kind === 'prose') return { text, type: 'code' };
  // Telegram takes no blanks for bold.
  const isStrong = kind === 'word' && part.isStrong === true && text.trim() !== '';
  return { text: inert(text), ...(isStrong && { type: 'bold' }) };
}

/**
 * Words in which nothing is obeyed: of no sign that begins something, or that an address has, the
 * next letter follows.
 */
function inert(text: string): string {
  return text.replace(/[@#$/.](?!\s)/g, '$&\u200B');
}

/** Nor are its digits those of a card or a telephone. */
function inertValue(text: string): string {
  return inert(text).replace(/\d{6}(?=\d)|(?<=\d)[ -](?=\d)/g, '$&\u200B');
}

// A card as Mattermost shows it: the headline as the message, the rest in one attachment whose text
// folds by itself in clients. Facts stand in that text as lines, because fields never fold and are
// not found by the search. Pure; every part is escaped here, by its kind.
import {
  type Card,
  type Field,
  type Limits,
  type Part,
  quoted,
  type Table,
  type Text,
} from '../../kit/card.ts';
import type { Severity } from '../../kit/event.ts';
import { cutMiddle } from '../../kit/text.ts';
import {
  begun,
  code,
  codeLine,
  fence,
  inOnePiece,
  isPlain,
  lineName,
  plain,
  sealed,
  strongCode,
  withoutHashtags,
  words,
  zeroWidthSpace,
} from './escape.ts';
import { linkOf } from './link.ts';

/** What a post shows of a card. */
export interface Rendered {
  readonly text: string;
  readonly attachment: Attachment;
}

export interface Attachment {
  readonly fallback: string;
  /** `#` and six hexadecimal digits; anything else becomes an error in coming versions. */
  readonly color: string;
  readonly title: string;
  readonly title_link?: string | undefined;
  readonly text?: string | undefined;
  readonly fields?: readonly AttachmentField[] | undefined;
  readonly footer: string;
}

export interface AttachmentField {
  readonly title: string;
  readonly value: string;
  /** Two of them share a row. */
  readonly short: boolean;
}

/** `compact`: as lines that fold. `full`: every fact as a field, which never folds. */
export type CardStyle = 'compact' | 'full';

/**
 * Of one post: less than the server takes of text, and than a client draws of an attachment.
 * Weighed in UTF-16 units, which are no less than code points.
 */
export const limits: Limits = {
  total: 12_000,
  value: 3_000,
  weigh: (part) => partOf(part).length,
  // `.` in an address becomes `[.]`, and `#` in words gets a backslash and a space that nobody sees.
  growthMax: 3,
};

const colors: Readonly<Record<Severity, string>> = {
  0: '#8C8C8C',
  1: '#0099FF',
  2: '#00FF00',
  3: '#FFD700',
  4: '#FF6600',
  5: '#FF0000',
};

const fallbackMax = 400;

/** @param mention configured text that pings, behind the headline */
export function rendered(card: Card, style: CardStyle, mention: string | undefined): Rendered {
  let text = `${card.sign} **${card.level}** · ${markdown(card.headline)}`;
  if (mention !== undefined) text += ` ${mention}`;
  for (const remark of card.remarks) text += `\n${begun(markdown(remark))}`;
  return { text: withoutHashtags(sealed(text)), attachment: attachmentOf(card, style) };
}

function attachmentOf(card: Card, style: CardStyle): Attachment {
  const fields = style === 'full' ? fieldsOf([...card.fields, ...card.details]) : [];
  const text = linesOf(card, fields.length);
  return {
    fallback: fallbackOf(card),
    color: colors[card.severity],
    // Clients make a link of it, and put it into `**`.
    title: sealed(begun(strongText(card.title))),
    title_link: linkOf(card.link),
    text: text === undefined ? undefined : sealed(text),
    fields: fields.length === 0 ? undefined : fields,
    footer: sealed(begun(markdown(card.footer))),
  };
}

/** All facts but the first `left`, and the table; undefined if there is nothing. */
function linesOf({ fields, details, table }: Card, left: number): string | undefined {
  // One text that grows: an array of lines costs three times as much.
  let lines = '';
  for (let at = left; at < fields.length; at += 1) lines += lineOf(fields[at]!);
  if (table !== undefined) for (const line of tableLines(table)) lines += `\n${line}`;
  for (let at = Math.max(0, left - fields.length); at < details.length; at += 1)
    lines += lineOf(details[at]!);
  return lines === '' ? undefined : lines.slice(1);
}

function fallbackOf({ level, headline }: Card): string {
  const head = `${level} · `;
  let shown = head;
  for (const part of headline) shown += quoted(part);
  if (!isPlain(shown)) {
    shown = head;
    for (const part of headline) shown += plain(quoted(part));
  }
  return cutMiddle(shown, fallbackMax);
}

const constantLines = new WeakMap<Field, string>();

/** With the line break before it. */
function lineOf(field: Field): string {
  if (field.constant === undefined) return madeLine(field);
  let line = constantLines.get(field);
  if (line === undefined) {
    line = inOnePiece(madeLine(field));
    constantLines.set(field, line);
  }
  return line;
}

function madeLine({ name, value }: Field): string {
  const named = name.length === 1 && name[0]!.kind === 'word' ? name[0]!.text : undefined;
  const only = value.length === 1 ? value[0]! : undefined;
  if (named !== undefined && (only?.kind === 'code' || only?.kind === 'prose'))
    return codeLine(named, only.text);
  const shown = markdown(value);
  // A name of nothing to see is a template's.
  if (name.length === 0) return `\n${begun(shown)}`;
  if (only?.kind === 'block') return `\n**${strongText(name)}**\n${shown}`;
  return named === undefined ? `\n**${strongText(name)}** ${shown}` : lineName(named) + shown;
}

const shortMax = 60;
/** A client draws at most 100 blocks of a post, and nothing of the rest; some are not fields'. */
const blocksMax = 84;

/** As many as a client draws, up to the first without a name, which a field must have. */
function fieldsOf(facts: readonly Field[]): AttachmentField[] {
  const fields: AttachmentField[] = [];
  let blocks = 0;
  let isRowOpen = false;
  for (const { name, value } of facts) {
    const short = value.reduce((sum, { text }) => sum + text.length, 0) <= shortMax;
    // A row of two short fields costs as much as that of one.
    if (!short) blocks += 3;
    else if (!isRowOpen) blocks += 7;
    isRowOpen = short && !isRowOpen;
    if (blocks > blocksMax || name.length === 0) break;
    fields.push({
      title: sealed(begun(strongText(name))),
      value: sealed(begun(markdown(value))),
      short,
    });
  }
  return fields;
}

/** One line a row: the columns of a table break words on a phone. */
function tableLines({ rows, more }: Table): string[] {
  const lines = rows.map((cells) => {
    const shown = cells.map(markdown).filter((cell) => cell !== '');
    return begun(shown.join(' · '));
  });
  return more === undefined ? lines : [...lines, begun(markdown(more))];
}

/** One text, as it stands in a message. */
export function markdown(text: Text): string {
  return together(text, partOf);
}

/** For what clients put into `**`: no emphasis and no link of its own. */
function strongText(text: Text): string {
  return together(text, strongPartOf);
}

/**
 * Phones find an e-mail address (`/` and `a@b.co`) before code, which takes the back-tick away, and
 * two values share their back-ticks: something that nobody sees parts a value from what it touches.
 */
function together(text: Text, made: (part: Part) => string): string {
  if (text.length === 1) return made(text[0]!);
  let shown = '';
  let before = '';
  let isTime = false;
  for (const part of text) {
    const next = made(part);
    if (isValue(part) ? !ends(before) : isTime && goesOn.test(next)) shown += zeroWidthSpace;
    shown += next;
    before = next;
    isTime = part.kind === 'time';
  }
  return shown;
}

/** What stands between two values in nearly every case. */
const usual = ' · ';

/** `+07:00` and `a:` are an emoji together. */
const goesOn = /^[^ ),.;]/;

/** What ends no word, so that nothing goes on from it into a value. */
function ends(before: string): boolean {
  if (before === usual || before === '') return true;
  const last = before.charCodeAt(before.length - 1);
  return last === 0x20 || last === 0x28 || last === 0x200b;
}

function strongPartOf(part: Part): string {
  if (isValue(part)) return strongCode(part.text);
  return part.kind === 'time' ? part.text : words(part.text);
}

function isValue({ kind }: Part): boolean {
  return kind === 'code' || kind === 'prose' || kind === 'block';
}

function partOf(part: Part): string {
  switch (part.kind) {
    case 'word':
      return part.isStrong ? strong(part.text) : words(part.text);
    case 'time':
      return part.text;
    case 'link': {
      const href = linkOf(part.url);
      return href === undefined ? words(part.text) : `[${words(part.text)}](${href})`;
    }
    case 'block':
      return fence(part.text);
    // A word in running text notifies whoever has it among the own keywords.
    case 'prose':
    case 'code':
      return code(part.text);
  }
}

/** Blanks inside of it would keep the asterisks from being read. */
function strong(text: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const start = text.indexOf(inner);
  return `${text.slice(0, start)}**${words(inner)}**${text.slice(start + inner.length)}`;
}

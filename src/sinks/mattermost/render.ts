// A card as Mattermost shows it: the headline as the message, the rest in one attachment whose text
// folds by itself in clients. Facts stand in that text as lines, because fields never fold and are
// not found by the search. Pure; every part is escaped here, by its kind.
import {
  type Card,
  type CardAction,
  type Field,
  type Limits,
  quoted,
  type Table,
} from '../../kit/card.ts';
import type { Severity } from '../../kit/event.ts';
import type { IncidentState } from '../../kit/incident.ts';
import { cutMiddle } from '../../kit/text.ts';
import type { Attachment, AttachmentField, DetailsAttachment } from './attachment.ts';
import {
  begun,
  codeLine,
  inOnePiece,
  isPlain,
  lineName,
  plain,
  sealed,
  withoutHashtags,
} from './escape.ts';
import { linkOf } from './link.ts';
import { markdown, partOf, strongText } from './markdown.ts';

/** What a post shows of a card. */
export interface Rendered {
  readonly text: string;
  readonly attachment: Attachment;
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

/** None is that of a severity; what is open has that. */
const colorsOfStates: Readonly<Record<Exclude<IncidentState, 'open'>, string>> = {
  acknowledged: '#7B4FC9',
  snoozed: '#5C6270',
  resolved: '#1F7A3D',
};

const fallbackMax = 400;

/** How a post shows a card. */
export interface Look {
  readonly style: CardStyle;
  /** Configured text that pings, behind the headline. */
  readonly mention?: string | undefined;
  /** What the card's actions call; absent: they are left out. */
  readonly actionsUrl?: string | undefined;
}

/**
 * A card with buttons, or with a state, has a line more of each. So that it stays one screen of a
 * phone, its remarks and its footer begin the text that folds.
 */
function isLiving({ state, actions }: Card, { actionsUrl }: Look): boolean {
  return state !== undefined || (actions !== undefined && actionsUrl !== undefined);
}

export function rendered(card: Card, look: Look): Rendered {
  let text = `${card.sign} **${card.level}** · ${markdown(card.headline)}`;
  if (look.mention !== undefined) text += ` ${look.mention}`;
  if (card.state !== undefined) text += `\n${begun(markdown(card.state.text))}`;
  if (!isLiving(card, look))
    for (const remark of card.remarks) text += `\n${begun(markdown(remark))}`;
  return { text: withoutHashtags(sealed(text)), attachment: attachmentOf(card, look) };
}

/** The details alone, for a reply below the card; undefined if it has none. */
export function renderedDetails(card: Card, style: CardStyle): DetailsAttachment | undefined {
  const fields = style === 'full' ? fieldsOf(card.details) : [];
  const text = linesOf({ fields: card.details, details: [] }, fields.length);
  if (text === undefined && fields.length === 0) return undefined;
  return {
    fallback: fallbackOf(card),
    color: colorOf(card),
    text: text === undefined ? undefined : sealed(text),
    fields: fields.length === 0 ? undefined : fields,
  };
}

function colorOf({ severity, state }: Card): string {
  return state === undefined || state.kind === 'open'
    ? colors[severity]
    : colorsOfStates[state.kind];
}

function attachmentOf(card: Card, look: Look): Attachment {
  const { style, actionsUrl } = look;
  const fields = style === 'full' ? fieldsOf([...card.fields, ...card.details]) : [];
  const footer = begun(markdown(card.footer));
  const facts = linesOf(card, fields.length);
  const isLong = isLiving(card, look);
  const text = isLong ? joinedLines([footer, ...firstLines(card), facts]) : facts;
  return {
    fallback: fallbackOf(card),
    color: colorOf(card),
    // Clients make a link of it, and put it into `**`.
    title: sealed(begun(strongText(card.title))),
    title_link: linkOf(card.link),
    text: text === undefined ? undefined : sealed(text),
    fields: fields.length === 0 ? undefined : fields,
    footer: isLong ? undefined : sealed(footer),
    actions:
      card.actions === undefined || actionsUrl === undefined
        ? undefined
        : card.actions.map((action) => actionOf(action, actionsUrl)),
  };
}

/** What became of it besides the line beside the headline, and the remarks. */
function firstLines({ state, remarks }: Card): string[] {
  const texts = state?.more === undefined ? remarks : [state.more, ...remarks];
  return texts.map((text) => begun(markdown(text)));
}

function joinedLines(lines: readonly (string | undefined)[]): string {
  return lines.filter((line) => line !== undefined && line !== '').join('\n');
}

/** Clients show a label and an option as they are. */
function actionOf({ name, label, token, style, choices }: CardAction, url: string) {
  return {
    ...({ id: name, name: label, type: choices === undefined ? 'button' : 'select' } as const),
    style,
    options: choices?.map((choice) => ({ text: choice.label, value: choice.value })),
    integration: { url, context: { token } },
  };
}

/** All facts but the first `left`, and the table; undefined if there is nothing. */
function linesOf(
  { fields, details, table }: Pick<Card, 'fields' | 'details' | 'table'>,
  left: number,
): string | undefined {
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

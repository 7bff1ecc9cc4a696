// One message as a post: its notification, its blocks, and the marks by which it is known again.
// Pure. A link is no button: Slack shows a fault where no app takes a button's click.
import {
  type Card,
  type Field,
  headlineText,
  stateTexts,
  strong,
  type Text,
  word,
} from '../../kit/card.ts';
import { colorOf } from '../../kit/card-color.ts';
import { mentionsOf } from '../../kit/mention.ts';
import type { Message } from '../../kit/sink.ts';
import { type Mention, mentionSyntax } from './config.ts';
import { inert, linesOf, link, mrkdwn, packed, sectionMax, valueMax, weightOf } from './mrkdwn.ts';

/** Slack allows some 13,200 characters in all blocks; an ampersand becomes five of them. */
export const limits = { total: 9_000, value: valueMax, weigh: weightOf };

/** Slack shows it to nobody. */
export type Marks =
  | { readonly delivery_id: string; readonly event_id: number; readonly source: string }
  | { readonly details_of: string };

export interface Post {
  /** For notifications. */
  readonly text: string;
  readonly blocks: readonly object[];
  readonly attachments?: readonly object[];
  readonly metadata: { readonly event_type: string; readonly event_payload: Marks };
}

/** Slack looks up nothing that a post links to. */
export const withoutPreviews = { unfurl_links: false, unfurl_media: false } as const;

/** Slack allows ten fields of 2,000 characters; what is longer than some lines follows below. */
const [fieldMax, fieldsMax] = [160, 10];

/** @param card what of the message's card is shown */
export function postOf(
  message: Message,
  deliveryId: string,
  setting: Mention,
  card: Card = message.card,
): Post {
  const { event, template } = message;
  const mentions = mentionsOf(message, setting, mentionSyntax).map((name) => ` <${name}>`);
  const head = [word(`${card.sign} `), strong(card.level), word(' · '), ...card.headline];
  const [first, ...more] = [head, ...stateTexts(card), ...card.remarks].flatMap(linesOf);
  return {
    text: notificationOf(card),
    blocks: sections([`${first}${mentions.join('')}`, ...more]),
    attachments: [{ color: colorOf(card), fallback: '', blocks: blocksOf(card, template) }],
    metadata: marked({ delivery_id: deliveryId, event_id: event.id, source: event.source }),
  };
}

/** The details alone, for a reply below the card; undefined if there are none. */
export function detailsOf({ card, template }: Message, deliveryId: string): Post | undefined {
  const blocks = sections(linesOfFacts(card.details, template));
  if (blocks.length === 0) return undefined;
  return { text: notificationOf(card), blocks, metadata: marked({ details_of: deliveryId }) };
}

function marked(event_payload: Marks): Post['metadata'] {
  return { event_type: 'tocsin_card', event_payload };
}

function notificationOf(card: Card): string {
  return inert(`${card.sign} ${card.level} · ${headlineText(card)}`);
}

function blocksOf(card: Card, template: Message['template']): object[] {
  const { title, link: url, fields, details, table, footer } = card;
  const isShort = (field: Field) => mrkdwn(named(field, '\n')).length <= fieldMax;
  const short = fields.filter(isShort).slice(0, fieldsMax);
  const rest = [...fields.filter((field) => !short.includes(field)), ...details];
  const rows = (table?.rows ?? []).map((cells) => cells.map(mrkdwn).filter(Boolean).join(' · '));
  const shown = short.map((field) => textObject(mrkdwn(named(field, '\n'))));
  return [
    ...sections(url === undefined ? linesOf(title) : [`*${link(url, mrkdwn(title))}*`]),
    ...(short.length > 0 ? [{ type: 'section', fields: shown }] : []),
    ...sections([...rows, ...linesOf(table?.more ?? []), ...linesOfFacts(rest, template)]),
    { type: 'context', elements: [textObject(mrkdwn(footer))] },
  ];
}

function linesOfFacts(facts: readonly Field[], template: Message['template']): string[] {
  const texts = facts.map((field) => named(field, ' '));
  // The lines of a template are as it says.
  return (template?.fields === undefined ? packed(texts) : texts).flatMap(linesOf);
}

function named({ name, value }: Field, end: string): Text {
  return [...name.map((part) => strong(part.text)), word(end), ...value];
}

/** As many lines in each as it holds. */
function sections(lines: readonly string[]): object[] {
  const texts: string[] = [];
  for (const line of lines) {
    const both = `${texts.at(-1)}\n${line}`;
    if (texts.length > 0 && both.length <= sectionMax) texts[texts.length - 1] = both;
    else if (line !== '') texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: textObject(text) }));
}

/** `verbatim`: Slack looks for no links, channels and mentions of its own. */
function textObject(text: string): object {
  return { type: 'mrkdwn', text, verbatim: true };
}

// Sink `slack`: one card a message, by an incoming webhook. Its answer names no message, so nothing
// can be edited. A link is no button: Slack shows a fault where no app takes a button's click.
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import {
  type Card,
  type Field,
  headlineText,
  stateTexts,
  strong,
  type Text,
  word,
} from '../../kit/card.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../../kit/http/status.ts';
import { mentionFrom, mentionsOf } from '../../kit/mention.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Message, Sink, SinkDefinition } from '../../kit/sink.ts';
import { webUrl } from '../../kit/web-url.ts';
import { inert, linesOf, link, mrkdwn, packed, sectionMax, valueMax, weightOf } from './mrkdwn.ts';

/** One mention. */
const mentionSyntax = /^(?:!here|!channel|(?:@[UW]|!subteam\^S)[A-Z0-9]{2,20})$/;

const config = z.strictObject({
  url: webUrl.describe('The URL of an incoming webhook; whoever has it can post.'),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Slack')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: !here, !channel, @U012AB3CD or !subteam^S012AB3CD.',
    ),
  mention_from: mentionFrom,
});
const { mention, mention_from } = config.shape;
/** What a route may set for this sink. */
const routeSettings = z.strictObject({ mention, mention_from });
type Mention = z.output<typeof routeSettings>;

export const slack: SinkDefinition<typeof config> = {
  type: 'slack',
  config,
  routeSettings,
  example: { url: 'https://hooks.slack.com/services/T00/B00/xxxgeneratedkeyxxx', mention: '!here' },
  secrets: ['url'],
  create,
};

/** Slack allows ten fields of 2,000 characters; what is longer than some lines follows below. */
const [fieldMax, fieldsMax] = [160, 10];
/** Slack allows some 13,200 characters in all blocks; an ampersand becomes five of them. */
const limits = { total: 9_000, value: valueMax, weigh: weightOf };
/** Slack takes one message a second from a webhook, and says so only when it refuses. */
const pace = { limit: 1, remaining: 0, resetMs: 1_000 };

function create({ url, ...usual }: z.output<typeof config>, { http, now }: AdapterContext): Sink {
  const address = new URL(url);
  const { host, pathname } = address;
  const place = placeOf(originOf(address), url);
  const headers = { 'content-type': 'application/json' };
  const post = (payload: object, signal: AbortSignal) =>
    http.request({ method: 'POST', url, headers, body: JSON.stringify(payload), signal });
  const isAccepted = ({ status, body }: HttpAnswer) => status === 200 && body.trim() === 'ok';
  const refusal = (answer: HttpAnswer, secrets = [url, pathname]) =>
    failureOf(answer, host, secrets, now()) ?? strangersAnswer(answer, host, 'Slack', secrets);
  /** Slack looks for the webhook before it misses the text. */
  async function check(signal: AbortSignal) {
    const answer = await post({ text: '' }, signal);
    const isKnown = answer.status === 400 && /^(?:no|missing)_text$/.test(answer.body.trim());
    if (!isKnown && !isAccepted(answer)) throw refusal(answer);
  }
  return {
    // Each webhook has a rate of its own, though all are called at one host.
    origin: place,
    place,
    limits,
    can: { table: true, mention: true },
    async send(message, { deliveryId, signal }) {
      const mention = { ...usual, ...(message.settings as Mention | undefined) };
      const answer = await post(payloadOf(message, deliveryId, mention), signal);
      if (!isAccepted(answer)) throw refusal(answer);
      return { quota: quotaOf(answer.headers, now()) ?? pace };
    },
    check,
    async inspect(signal) {
      await check(signal);
      const tested = 'answers, and knows the webhook. Not tried: its channel, and mention if set';
      return { tested, remarks: [] };
    },
  };
}

const colors = ['#8C8C8C', '#0099FF', '#2EB67D', '#FFD700', '#FF6600', '#FF0000'] as const;
/** None is that of a severity; what is open has that. */
const colorsOfStates = {
  acknowledged: '#7B4FC9',
  snoozed: '#5C6270',
  resolved: '#1F7A3D',
} as const;

function colorOf({ severity, state }: Card): string {
  return state === undefined || state.kind === 'open'
    ? colors[severity]
    : colorsOfStates[state.kind];
}

function payloadOf(message: Message, deliveryId: string, setting: Mention) {
  const { card, event, template } = message;
  const mentions = mentionsOf(message, setting, mentionSyntax).map((name) => ` <${name}>`);
  const head = [word(`${card.sign} `), strong(card.level), word(' · '), ...card.headline];
  const payload = { delivery_id: deliveryId, event_id: event.id, source: event.source };
  const [first, ...more] = [head, ...stateTexts(card), ...card.remarks].flatMap(linesOf);
  return {
    text: inert(`${card.sign} ${card.level} · ${headlineText(card)}`),
    unfurl_links: false,
    unfurl_media: false,
    blocks: sections([`${first}${mentions.join('')}`, ...more]),
    attachments: [{ color: colorOf(card), fallback: '', blocks: blocksOf(card, template) }],
    metadata: { event_type: 'tocsin_card', event_payload: payload },
  };
}

function blocksOf(card: Card, template: Message['template']): object[] {
  const { title, link: url, fields, details, table, footer } = card;
  const named = (end: string) => (field: Field) =>
    [...field.name.map((part) => strong(part.text)), word(end), ...field.value] satisfies Text;
  const isShort = (field: Field) => mrkdwn(named('\n')(field)).length <= fieldMax;
  const short = fields.filter(isShort).slice(0, fieldsMax);
  const rest = [...fields.filter((field) => !short.includes(field)), ...details].map(named(' '));
  // The lines of a template are as it says.
  const facts = template?.fields === undefined ? packed(rest) : rest;
  const rows = (table?.rows ?? []).map((cells) => cells.map(mrkdwn).filter(Boolean).join(' · '));
  const shown = { type: 'section', fields: short.map(named('\n')).map(mrkdwn).map(textObject) };
  return [
    ...sections(url === undefined ? linesOf(title) : [`*${link(url, mrkdwn(title))}*`]),
    ...(short.length > 0 ? [shown] : []),
    ...sections([...rows, ...linesOf(table?.more ?? []), ...facts.flatMap(linesOf)]),
    { type: 'context', elements: [textObject(mrkdwn(footer))] },
  ];
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

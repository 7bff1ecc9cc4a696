// Sink `slack`: one card a message into a channel, by an incoming webhook. The answer names no
// message, so that nothing can be edited.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { type Card, type Field, type Part, plainText, type Text } from '../kit/card.ts';
import { AdapterError } from '../kit/errors.ts';
import { answerText, failureOf } from '../kit/http/status.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import { quotaOf } from '../kit/quota.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { readWebUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  url: z
    .string()
    .trim()
    .refine((text) => 'url' in readWebUrl(text), 'is no https or http URL')
    .describe(
      'The URL of an incoming webhook (https://hooks.slack.com/services/…); whoever has it can post.',
    ),
  mention: z
    .string()
    .regex(
      /^(?:!here|!channel|@[UW][A-Z0-9]{2,20}|!subteam\^[A-Z0-9]{2,20})$/,
      'is no mention: !here, !channel, @U… or !subteam^S…',
    )
    .optional()
    .describe(
      'Whom a CRITICAL event pings: !here, !channel, or an id such as @U012AB3CD or !subteam^S012AB3CD.',
    ),
});
type Config = z.output<typeof config>;

export const slack: SinkDefinition<typeof config> = {
  type: 'slack',
  config,
  example: { url: 'https://hooks.slack.com/services/T00/B00/xxxgeneratedkeyxxx', mention: '!here' },
  secrets: ['url'],
  create,
};

const sectionMax = 2_900;
/** Slack allows some 13,200 characters in all blocks; an ampersand becomes five of them. */
const limits = { total: 9_000, value: 2_000, weigh: ({ text }: Part) => escaped(text).length + 2 };

function create({ url, mention }: Config, { http, now }: AdapterContext): Sink {
  const address = new URL(url);
  const origin = originOf(address);
  const secrets = [url, address.pathname];
  const headers = { 'content-type': 'application/json' };
  return {
    origin,
    place: placeOf(origin, url),
    limits,
    can: { table: true, mention: true },
    async send(message, { deliveryId, signal }) {
      const body = JSON.stringify(payloadOf(message, deliveryId, mention));
      const answer = await http.request({ method: 'POST', url, headers, body, signal });
      if (answer.status === 200 && answer.body.trim() === 'ok')
        return { quota: quotaOf(answer.headers, now()) };
      throw (
        failureOf(answer, address.host, secrets, now()) ??
        new AdapterError(
          'reject_sink',
          'bad_config',
          `${address.host} answered ${answer.status}, but not with the “ok” of a Slack webhook: a login page or a proxy. Check the url of this sink.`,
          { status: answer.status, answer: answerText(answer, secrets) },
        )
      );
    },
  };
}

const colors = ['#8C8C8C', '#0099FF', '#2EB67D', '#FFD700', '#FF6600', '#FF0000'] as const;

function payloadOf({ card, event }: Message, deliveryId: string, mention: string | undefined) {
  const ping = mention !== undefined && card.severity === 5 && card.kind !== 'notice';
  const head = `${card.sign} *${card.level}* · ${mrkdwn(card.headline)}${ping ? ` <${mention}>` : ''}`;
  return {
    text: withoutTicks(escaped(`${card.sign} ${card.level} · ${plainText(card.headline)}`)),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [section([head, ...card.remarks.map(mrkdwn)].join('\n'))],
    attachments: [{ color: colors[card.severity], fallback: '', blocks: blocksOf(card) }],
    metadata: {
      event_type: 'tocsin_card',
      event_payload: { delivery_id: deliveryId, event_id: event.id, source: event.source },
    },
  };
}

function blocksOf(card: Card): object[] {
  const title = mrkdwn(card.title);
  const linked = card.link === undefined ? `*${title}*` : `*${link(card.link, title)}*`;
  const rows = card.table?.rows.map((cells) => cells.map(mrkdwn).filter(Boolean).join(' · ')) ?? [];
  const more = card.table?.more === undefined ? [] : [mrkdwn(card.table.more)];
  const lines = [...rows, ...more, ...card.details.map(line)];
  return [
    section(linked),
    ...(card.fields.length === 0 ? [] : [{ type: 'section', fields: card.fields.map(fieldOf) }]),
    ...chunks(lines).map(section),
    { type: 'context', elements: [textObject(mrkdwn(card.footer))] },
  ];
}

/** As many lines a section as it holds. */
function chunks(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const one of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + one.length < sectionMax)
      texts[texts.length - 1] = `${last}\n${one}`;
    else texts.push(one);
  }
  return texts;
}

function section(text: string): object {
  return { type: 'section', text: textObject(text) };
}

/** `verbatim`: Slack looks for no links, channels and mentions of its own. */
function textObject(text: string): object {
  return { type: 'mrkdwn', text, verbatim: true };
}

function fieldOf({ name, value }: Field): object {
  return textObject(`*${mrkdwn(name)}*\n${mrkdwn(value)}`);
}

function line({ name, value }: Field): string {
  return `*${mrkdwn(name)}* ${mrkdwn(value)}`;
}

function mrkdwn(text: Text): string {
  return text.map(partOf).join('');
}

function partOf(part: Part): string {
  const text = escaped(part.text);
  if (part.kind === 'word') return part.isStrong ? `*${text}*` : text;
  if (part.kind === 'time') return text;
  if (part.kind === 'link') return link(part.url, text);
  const code = withoutTicks(text);
  return part.kind === 'block' ? `\`\`\`\n${code}\n\`\`\`` : `\`${code}\``;
}

/** A back-tick would end the code, and has no escape. */
function withoutTicks(text: string): string {
  return text.replaceAll('`', 'ˋ');
}

function link(url: string, text: string): string {
  return `<${escaped(new URL(url).href.replaceAll('|', '%7C'))}|${text}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

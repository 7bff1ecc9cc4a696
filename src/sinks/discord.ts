// Sink `discord`: one message for each card, by a webhook of a channel. Its answer names the message,
// so that the card can be edited; a webhook cannot reply to a message.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { type Limits, plainText } from '../kit/card.ts';
import { colorOf } from '../kit/card-color.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { type ChatSyntax, chatLine, chatMarkdown } from '../kit/chat-markdown.ts';
import { defanged } from '../kit/defang.ts';
import { AdapterError } from '../kit/errors.ts';
import { createCaller, jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { answerText, failureOf } from '../kit/http/status.ts';
import { mentionFrom, mentionsOf } from '../kit/mention.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { webUrlOf } from '../kit/web-url.ts';

/** One mention. */
const mentionSyntax = /^@(?:everyone|here|&?\d{15,20})$/;
const hookPath = /\/webhooks\/(\d{1,20})\/[\w-]+$/;

const config = z.strictObject({
  url: webUrlOf(({ pathname }) =>
    hookPath.test(pathname) ? undefined : 'is no webhook, which ends in /webhooks/…/…',
  ).describe(
    'The URL of a webhook of the channel (Integrations → Webhooks); whoever has it can post. With ?thread_id=… it posts into that thread.',
  ),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Discord')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: @everyone, @here, a role by its id (@&123456789012345678) or a user by theirs (@123456789012345678).',
    ),
  mention_from: mentionFrom,
});
const { mention, mention_from } = config.shape;
const routeSettings = z.strictObject({ mention, mention_from });
type Mention = z.output<typeof routeSettings>;

export const discord: SinkDefinition<typeof config> = {
  type: 'discord',
  config,
  routeSettings,
  example: {
    url: 'https://discord.com/api/webhooks/123456789012345678/xxxgeneratedtokenxxx',
    mention: '@here',
  },
  secrets: ['url'],
  create,
};

const syntax: ChatSyntax = { strong: '**', link: (url, text) => `[${text}](${url})` };

/**
 * Discord takes 6,000 letters in all embeds, and 4,096 in one; the headline stands outside of them.
 */
const limits: Limits = {
  total: 5_400,
  value: 1_000,
  weigh: (part) => chatMarkdown([part], syntax).length,
};
const embedMax = 4_000;

/** Of a message, and of the webhook itself. */
const named = z.looseObject({
  id: z.string().regex(/^\d{1,20}$/),
  channel_id: z.string().regex(/^\d{1,20}$/),
});

const refused = z.looseObject({ code: z.number().optional(), retry_after: z.number().optional() });
const unknownMessage = 10_008;

function create({ url, ...usual }: z.output<typeof config>, context: AdapterContext): Sink {
  const address = new URL(url);
  const [, hook = ''] = hookPath.exec(address.pathname)!;
  const place = placeOf(originOf(address), hook, address.searchParams.get('thread_id') ?? '');
  const secrets = [url, address.pathname, address.pathname.split('/').at(-1)!];
  const refusal = (answer: HttpAnswer, host: string) => refusalOf(answer, host, secrets);
  const call = createCaller(context, { product: 'Discord', secrets, accepts: named, refusal });
  const addressOf = (below: string, query: Readonly<Record<string, string>> = {}) => {
    const one = new URL(url);
    one.pathname += below;
    for (const [name, value] of Object.entries(query)) one.searchParams.set(name, value);
    return one.href;
  };
  const bodyOf = (message: Message, deliveryId: string) =>
    postOf(message, deliveryId, { ...usual, ...(message.settings as Mention | undefined) });
  return {
    // Each webhook has a rate of its own, though all are called at one host.
    origin: place,
    place,
    limits,
    can: { table: true, mention: true },
    async send(message, { deliveryId, signal }) {
      const body = bodyOf(message, deliveryId);
      const { value, quota } = await call({ url: addressOf('', { wait: 'true' }), body, signal });
      return { remoteId: value.id, quota };
    },
    async edit(remoteId, message, { deliveryId, signal }) {
      const body = bodyOf(message, deliveryId);
      const below = addressOf(`/messages/${encodeURIComponent(remoteId)}`);
      const { quota } = await call({ method: 'PATCH', url: below, body, signal });
      return { quota };
    },
    async check(signal) {
      await call({ method: 'GET', url: addressOf(''), signal });
    },
  };
}

/** Its codes say more than the status: whether the webhook is gone or the message. */
function refusalOf(answer: HttpAnswer, host: string, secrets: readonly string[]) {
  const { status, headers } = answer;
  const { code, retry_after: wait } = refused.safeParse(jsonOf(answer)).data ?? {};
  if (status === 404 && code === unknownMessage)
    return new AdapterError(
      'reject_event',
      'gone',
      `${host} has no such message. The message was deleted there. It is not posted again.`,
      { status, answer: answerText(answer, secrets) },
    );
  if (status !== 429 || wait === undefined) return undefined;
  // The header has whole seconds alone.
  const more = { ...headers, 'retry-after': String(wait) };
  return failureOf({ ...answer, headers: more }, host, secrets);
}

function postOf(message: Message, deliveryId: string, setting: Mention) {
  const { card } = message;
  const lines = linesOfCard(card);
  const mentions = mentionsOf(message, setting, mentionSyntax);
  const { footer, end, ...below } = { ...lines, footer: card.footer };
  const title = end.slice(0, 1);
  const pages = pagesOf(linesBelow({ ...below, end: title }).map((text) => chatLine(text, syntax)));
  return {
    content: [chatMarkdown(lines.headline, syntax), ...mentions.map(shownMention)].join(' '),
    embeds: pages.map((description, at) => ({
      description,
      color: Number.parseInt(colorOf(card).slice(1), 16),
      // Discord shows it as it is.
      ...(at === pages.length - 1 && {
        footer: { text: `${defanged(plainText(footer))} · ${deliveryId}` },
      }),
    })),
    allowed_mentions: allowedOf(mentions),
  };
}

/** As many lines in each as an embed holds. */
function pagesOf(lines: readonly string[]): string[] {
  const pages: string[] = [];
  for (const line of lines) {
    const both = `${pages.at(-1)}\n${line}`;
    if (pages.length > 0 && both.length <= embedMax) pages[pages.length - 1] = both;
    else pages.push(line);
  }
  return pages;
}

function shownMention(name: string): string {
  return /\d/.test(name) ? `<${name}>` : name;
}

/** Nobody but these is pinged, whatever stands in the text. */
function allowedOf(mentions: readonly string[]) {
  const ids = (kind: RegExp) => mentions.flatMap((name) => kind.exec(name)?.[1] ?? []);
  const isAll = mentions.some((name) => !/\d/.test(name));
  return { parse: isAll ? ['everyone'] : [], roles: ids(/^@&(\d+)$/), users: ids(/^@(\d+)$/) };
}

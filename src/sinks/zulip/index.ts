// Sink `zulip`: one message for each card in a topic of a channel, by a bot. It can edit what it
// posted, as long as the organization lets it. Zulip knows no repetition again.
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import { linesBelow, linesOfCard } from '../../kit/card-lines.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import { jsonOf } from '../../kit/http/caller.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../../kit/http/status.ts';
import { mentionFrom, mentionsOf } from '../../kit/mention.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Message, Receipt, SendContext, Sink, SinkDefinition } from '../../kit/sink.ts';
import { isFitForName } from '../../kit/text.ts';
import { webUrl } from '../../kit/web-url.ts';
import { lineOf, link, weightOf } from './markdown.ts';

/** A person, a wildcard, or a group: `@**all**`, `@**Ana|12**`, `@*soc*`. */
const mentionSyntax = /^@(?:\*\*[^*`\\\n]{1,120}\*\*|\*[^*`\\\n]{1,120}\*)$/;
const noName = 'is no name: 1 to 60 characters, none of which is unseen';

const config = z.strictObject({
  url: webUrl.describe('The address of the organization, such as https://example.zulipchat.com.'),
  email: z.email().describe('The address of the bot, as Zulip shows it in its settings.'),
  api_key: z.string().trim().min(10).describe('The API key of the bot.'),
  channel: z
    .string()
    .min(1)
    .max(60)
    .refine(isFitForName, noName)
    .describe('The name of the channel (stream) to post to, without #.'),
  topic: z
    .string()
    .min(1)
    .max(60)
    .refine(isFitForName, noName)
    .default('Tocsin')
    .describe('The topic in the channel.'),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Zulip: @**name**, @**all** or @*group*')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: @**all**, @**name** or @*group*.',
    ),
  mention_from: mentionFrom,
});
type Config = z.output<typeof config>;

const { topic, mention, mention_from } = config.shape;
const routeSettings = z.strictObject({
  topic: topic.unwrap().optional().describe('The topic in the channel.'),
  mention,
  mention_from,
});
type RouteSettings = z.output<typeof routeSettings>;

export const zulip: SinkDefinition<typeof config> = {
  type: 'zulip',
  config,
  routeSettings,
  example: {
    url: 'https://example.zulipchat.com',
    email: 'tocsin-bot@example.zulipchat.com',
    api_key: 'xxxexampleapikeyofthebotxxx',
    channel: 'soc',
  },
  secrets: ['api_key'],
  create: (settings, context) => new ZulipSink(settings, context),
};

/** Zulip takes 10,000 characters; line breaks, names and a mention come on top. */
const limits = { total: 9_000, value: 3_000, weigh: weightOf };

const posted = z.looseObject({
  result: z.literal('success'),
  id: z.int().positive(),
});
const done = z.looseObject({ result: z.literal('success') });
const me = z.looseObject({
  result: z.literal('success'),
  full_name: z.string(),
});
const refused = z.looseObject({
  result: z.literal('error'),
  msg: z.string(),
  code: z.string().optional(),
  'retry-after': z.number().positive().optional().catch(undefined),
});

type Meaning = readonly [RegExp, FailureOutcome, FailureReason, string];
/** By the code and the words of a refusal: the first that is in them. */
const meanings: readonly Meaning[] = [
  [
    /^Invalid message|^No such message/i,
    'reject_event',
    'gone',
    'The message was deleted there. It is not posted again.',
  ],
  [
    /time limit for editing|permission to edit|turned off message editing/i,
    'reject_event',
    'rejected',
    'The organization lets nobody edit a message of this age. It stays as it is.',
  ],
  [
    /STREAM_DOES_NOT_EXIST|does not exist|Invalid (?:stream|channel)/i,
    'reject_sink',
    'bad_config',
    'There is no such channel, or it is private and the bot is not subscribed. Check channel of this sink.',
  ],
  [
    /not authorized to send|not allowed|don't have permission/i,
    'reject_sink',
    'auth',
    'The bot may not post in the channel. Subscribe it, or let it post.',
  ],
  [/too long/i, 'reject_event', 'too_large', 'The message is longer than Zulip takes.'],
];

class ZulipSink implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true, mention: true } as const;
  readonly #settings: Config;
  readonly #context: AdapterContext;
  readonly #base: string;
  readonly #credential: string;

  constructor(settings: Config, context: AdapterContext) {
    const { url, email, api_key, channel } = settings;
    const address = new URL(url);
    this.#settings = settings;
    this.#context = context;
    this.#base = address.href.replace(/\/+$/, '');
    this.#credential = Buffer.from(`${email}:${api_key}`).toString('base64');
    this.origin = originOf(address);
    this.place = placeOf(this.origin, channel, settings.topic);
  }

  send(message: Message, context: SendContext): Promise<Receipt> {
    return this.#post(message, this.#contentOf(message), context);
  }

  preview(message: Message) {
    return JSON.stringify(this.#formOf(message, this.#contentOf(message)));
  }

  async edit(remoteId: string, message: Message, { deliveryId, signal }: SendContext) {
    const path = `/messages/${this.#idOf(remoteId)}`;
    const content = this.#contentOf(message);
    await this.#call({ method: 'PATCH', path, form: { content }, deliveryId, signal }, done);
  }

  /** Zulip has no threads: it stands in the topic, with the way to the message. */
  async reply(remoteId: string, message: Message, context: SendContext): Promise<Receipt> {
    const way = link(`${this.#base}/#narrow/near/${this.#idOf(remoteId)}`, '↩');
    return this.#post(message, `${way} ${this.#contentOf(message)}`, context);
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#found(signal);
  }

  async inspect(signal: AbortSignal) {
    const name = await this.#found(signal);
    return {
      tested: `answers, knows the bot ${name} and its channel. Not tried, since only a message shows it: whether the bot may post there, and for how long it may edit`,
      remarks: [],
    };
  }

  /** The name of the bot. @throws {AdapterError} the key or the channel is wrong */
  async #found(signal: AbortSignal): Promise<string> {
    const { value } = await this.#call({ method: 'GET', path: '/users/me', signal }, me);
    const query = new URLSearchParams({ stream: this.#settings.channel });
    await this.#call({ method: 'GET', path: `/get_stream_id?${query}`, signal }, done);
    return value.full_name;
  }

  async #post(message: Message, content: string, { deliveryId, signal }: SendContext) {
    const form = this.#formOf(message, content);
    const call = { method: 'POST', path: '/messages', form, deliveryId, signal } as const;
    const { value, quota } = await this.#call(call, posted);
    return { remoteId: `${value.id}`, quota };
  }

  #formOf(message: Message, content: string) {
    // As JSON: a name of digits would be a number of a channel.
    const to = JSON.stringify(this.#settings.channel);
    return { type: 'stream', to, topic: this.#optionsOf(message).topic, content };
  }

  #contentOf(message: Message): string {
    const lines = linesOfCard(message.card);
    const mentions = mentionsOf(message, this.#optionsOf(message), mentionSyntax);
    const first = [lineOf(lines.headline), ...mentions].join(' ');
    return [first, ...linesBelow(lines).map(lineOf)].join('\n');
  }

  /** The settings of the route come before those of the sink. */
  #optionsOf({ settings }: Message): RouteSettings & { readonly topic: string } {
    const { topic, mention, mention_from } = this.#settings;
    return {
      topic,
      mention,
      mention_from,
      ...(settings as RouteSettings | undefined),
    } as never;
  }

  /** @throws {AdapterError} `gone`: another product gave this id */
  #idOf(remoteId: string): string {
    if (/^[1-9]\d{0,15}$/.test(remoteId)) return remoteId;
    const words = `${new URL(this.#base).host} has no such message. It is not posted again.`;
    throw new AdapterError('reject_event', 'gone', words);
  }

  async #call<Schema extends z.ZodType>(
    { method, path, form, deliveryId, signal }: Call,
    schema: Schema,
  ) {
    const { http, now } = this.#context;
    const answer = await http.request({
      method,
      url: `${this.#base}/api/v1${path}`,
      headers: {
        authorization: `Basic ${this.#credential}`,
        ...(form !== undefined && {
          'content-type': 'application/x-www-form-urlencoded',
        }),
        ...(deliveryId !== undefined && { 'x-tocsin-delivery': deliveryId }),
      },
      ...(form !== undefined && { body: new URLSearchParams(form).toString() }),
      signal,
    });
    const read = answer.status === 200 ? schema.safeParse(jsonOf(answer)) : undefined;
    if (read?.success !== true) throw this.#refusal(answer);
    return { value: read.data, quota: quotaOf(answer.headers, now()) };
  }

  #refusal(answer: HttpAnswer): AdapterError {
    const { host } = new URL(this.#base);
    const secrets = [this.#settings.api_key, this.#credential];
    const failure = failureOf(answer, host, secrets, this.#context.now());
    if (failure === undefined) return strangersAnswer(answer, host, 'Zulip', secrets);
    const said = refused.safeParse(jsonOf(answer)).data;
    if (said === undefined) return failure;
    const { status, quota, answer: shown } = failure;
    const wait = said['retry-after'];
    if (status === 429) {
      const retryAfterMs = failure.retryAfterMs ?? (wait && Math.ceil(wait * 1_000));
      const facts = { status, quota, answer: shown, retryAfterMs };
      return new AdapterError('retry', 'rate_limited', failure.message, facts);
    }
    const known = meanings.find(([words]) => words.test(said.code ?? '') || words.test(said.msg));
    if (status !== 400 || known === undefined) return failure;
    const [, outcome, reason, words] = known;
    const facts = { status, quota, answer: shown };
    return new AdapterError(outcome, reason, `${host} answered ${status}. ${words}`, facts);
  }
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Behind `/api/v1`. */
  readonly path: string;
  readonly form?: Record<string, string>;
  readonly deliveryId?: string;
  readonly signal: AbortSignal;
}

// Sink `matrix`: one message for each card in a room that is not encrypted, by the client-server
// API. The server knows a repetition by its transaction; a message can be edited and replied to.
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AdapterContext } from '../../kit/adapter.ts';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import { jsonOf } from '../../kit/http/caller.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../../kit/http/status.ts';
import { mentionFrom } from '../../kit/mention.ts';
import { originOf } from '../../kit/origin.ts';
import { placeOf } from '../../kit/place.ts';
import { quotaOf } from '../../kit/quota.ts';
import type { Message, Receipt, SendContext, Sink, SinkDefinition } from '../../kit/sink.ts';
import { webUrl } from '../../kit/web-url.ts';
import { contentOf, mentionSyntax, weightOf } from './content.ts';

const config = z.strictObject({
  url: webUrl.describe('The address of the homeserver, such as https://matrix.example.com.'),
  token: z
    .string()
    .trim()
    .min(10)
    .describe('The access token of the account that posts; whoever has it can do all it can.'),
  room: z
    .string()
    .regex(
      /^![\w.=/+-]{1,200}(?::[A-Za-z0-9.:[\]-]{1,200})?$/,
      'is no id of a room, which begins with !',
    )
    .describe(
      'The id of a room that is not encrypted, such as !abc:example.com; not its #name. Element shows it in the settings of the room under Advanced.',
    ),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Matrix: @name:server or @room')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: @name:server, or @room for everybody.',
    ),
  mention_from: mentionFrom,
});
type Config = z.output<typeof config>;

const { mention, mention_from } = config.shape;
const routeSettings = z.strictObject({ mention, mention_from });

export const matrix: SinkDefinition<typeof config> = {
  type: 'matrix',
  config,
  routeSettings,
  example: {
    url: 'https://matrix.example.com',
    token: 'syt_xxxexampletokenxxx',
    room: '!abcdefghij:example.com',
  },
  secrets: ['token'],
  create: (settings, context) => new MatrixSink(settings, context),
};

/** An event has 65,536 bytes, of which an edit takes some for what it replaces. */
const limits = { total: 40_000, value: 4_000, weigh: weightOf };

const accepted = z.looseObject({
  event_id: z.string().regex(/^\$[\x21-\x7E]{1,250}$/),
});
const account = z.looseObject({ user_id: z.string().startsWith('@') });
const refused = z.looseObject({
  errcode: z.string().regex(/^[A-Z_]{1,60}$/),
  error: z.string().optional().catch(undefined),
  retry_after_ms: z.number().positive().optional().catch(undefined),
});

type Meaning = readonly [FailureOutcome, FailureReason, string];
const meanings: Readonly<Record<string, Meaning>> = {
  M_LIMIT_EXCEEDED: [
    'retry',
    'rate_limited',
    'It limits messages. Let its administrator lift the limit for the account if this goes on.',
  ],
  M_UNKNOWN_TOKEN: [
    'reject_sink',
    'auth',
    'The access token is wrong, or its session was signed out. Sign in again, and put the new token into token of this sink.',
  ],
  M_FORBIDDEN: [
    'reject_sink',
    'auth',
    'The account is not in the room, or may not write there. Invite it, join the room with it, and give it the right to send messages.',
  ],
  M_TOO_LARGE: ['reject_event', 'too_large', 'The message is larger than an event may be.'],
};
/** The server has no such event in the room; one that was removed it has. */
const gone: Meaning = [
  'reject_event',
  'gone',
  'There is no such message in the room. It is not posted again.',
];
const encrypted =
  'The room is encrypted, and Tocsin would write in it for everybody on the way to read. Configure a room without encryption.';

class MatrixSink implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true, mention: true } as const;
  readonly #settings: Config;
  readonly #context: AdapterContext;
  readonly #base: string;
  readonly #host: string;

  constructor(settings: Config, context: AdapterContext) {
    const address = new URL(settings.url);
    this.#settings = settings;
    this.#context = context;
    this.#base = `${address.href.replace(/\/+$/, '')}/_matrix/client/v3`;
    this.#host = address.host;
    this.origin = originOf(address);
    this.place = placeOf(this.origin, settings.room);
  }

  send(message: Message, context: SendContext): Promise<Receipt> {
    const { room } = this.#settings;
    return this.#put(room, transactionOf(message, context), this.#contentOf(message), context);
  }

  /** Repeated, it is another event of the same text: a transaction of old would be left out. */
  async edit(remoteId: string, message: Message, context: SendContext) {
    const { room, event } = this.#spotOf(remoteId);
    const content = this.#contentOf(message);
    const [headline = ''] = content.body.split('\n');
    const edit = {
      msgtype: content.msgtype,
      // For clients that know no edits.
      body: `* ${headline}`,
      'm.mentions': {},
      'm.new_content': content,
      'm.relates_to': { rel_type: 'm.replace', event_id: event },
    };
    const transaction = `tocsin-${context.deliveryId}-${randomUUID()}`;
    await this.#put(room, transaction, edit, context);
  }

  async reply(remoteId: string, message: Message, context: SendContext): Promise<Receipt> {
    const { room, event } = this.#spotOf(remoteId);
    const relation = {
      ...{ rel_type: 'm.thread', event_id: event, is_falling_back: true },
      'm.in_reply_to': { event_id: event },
    };
    const content = { ...this.#contentOf(message), 'm.relates_to': relation };
    return this.#put(room, transactionOf(message, context), content, context);
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#account(signal);
    await this.#checkRoom(signal);
  }

  async inspect(signal: AbortSignal) {
    const name = await this.#account(signal);
    await this.#checkRoom(signal);
    return {
      tested: `answers, knows ${name}, which is in the room. Not tried, since only a message shows it: whether it may write there, and ping @room`,
      remarks: [],
    };
  }

  #contentOf(message: Message) {
    const ofRoute = message.settings as z.output<typeof routeSettings> | undefined;
    return contentOf(message, { ...this.#settings, ...ofRoute });
  }

  async #put(room: string, transaction: string, body: object, { signal }: SendContext) {
    const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${encodeURIComponent(transaction)}`;
    const answer = await this.#call('PUT', path, signal, JSON.stringify(body));
    const event = answer.status === 200 ? accepted.safeParse(jsonOf(answer)).data : undefined;
    if (event === undefined) throw this.#refusal(answer);
    const quota = quotaOf(answer.headers, this.#context.now());
    return { remoteId: `${room} ${event.event_id}`, quota };
  }

  async #account(signal: AbortSignal): Promise<string> {
    const answer = await this.#call('GET', '/account/whoami', signal);
    const found = answer.status === 200 ? account.safeParse(jsonOf(answer)).data : undefined;
    if (found === undefined) throw this.#refusal(answer);
    return found.user_id;
  }

  /** That it is not encrypted is said by 404; whoever is not in the room gets 403. */
  async #checkRoom(signal: AbortSignal): Promise<void> {
    const room = encodeURIComponent(this.#settings.room);
    const answer = await this.#call('GET', `/rooms/${room}/state/m.room.encryption`, signal);
    if (codeOf(answer) === 'M_NOT_FOUND') return;
    if (answer.status === 200 && typeof jsonOf(answer) === 'object')
      throw new AdapterError('reject_sink', 'bad_config', `${this.#host}: ${encrypted}`);
    throw this.#refusal(answer);
  }

  #call(method: 'GET' | 'PUT', path: string, signal: AbortSignal, body?: string) {
    return this.#context.http.request({
      method,
      url: `${this.#base}${path}`,
      headers: {
        authorization: `Bearer ${this.#settings.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      signal,
    });
  }

  /** @throws {AdapterError} `gone`: another product gave this id */
  #spotOf(remoteId: string): { readonly room: string; readonly event: string } {
    const [, room, event] = /^(!\S+) (\$\S+)$/.exec(remoteId) ?? [];
    if (room !== undefined && event !== undefined) return { room, event };
    const words = `${this.#host} has no such message. It is not posted again.`;
    throw new AdapterError('reject_event', 'gone', words);
  }

  #refusal(answer: HttpAnswer): AdapterError {
    const secrets = [this.#settings.token];
    const failure = failureOf(answer, this.#host, secrets, this.#context.now());
    if (failure === undefined) return strangersAnswer(answer, this.#host, 'Matrix', secrets);
    const said = refused.safeParse(jsonOf(answer)).data;
    const known = said && meaningOf(said);
    // What a proxy or the server itself failed at says nothing about the message.
    if (said === undefined || known === undefined || answer.status >= 500) return failure;
    const [outcome, reason, words] = known;
    const { status, quota, answer: shown } = failure;
    const retryAfterMs =
      outcome === 'retry' ? (failure.retryAfterMs ?? said.retry_after_ms) : undefined;
    const facts = { status, quota, answer: shown, retryAfterMs };
    return new AdapterError(
      outcome,
      reason,
      `${this.#host} answered ${said.errcode}. ${words}`,
      facts,
    );
  }
}

function meaningOf({ errcode, error = '' }: z.output<typeof refused>): Meaning | undefined {
  if (errcode === 'M_UNKNOWN' && /unknown event/i.test(error)) return gone;
  return Object.hasOwn(meanings, errcode) ? meanings[errcode] : undefined;
}

function codeOf(answer: HttpAnswer): string | undefined {
  return refused.safeParse(jsonOf(answer)).data?.errcode;
}

/**
 * The server gives the event of the first attempt to each of the same transaction. The number of a
 * delivery is that of another one where a database was made anew; the time is not.
 */
function transactionOf({ event }: Message, { deliveryId }: SendContext): string {
  const hash = createHash('sha256').update(`${deliveryId} ${event.receivedAt}`).digest('hex');
  return `tocsin-${deliveryId}-${hash.slice(0, 16)}`;
}

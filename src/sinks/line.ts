// Sink `line`: one card a message, pushed by the Messaging API to a person or a group. LINE knows a
// repetition by its key, and nothing there can be edited.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import { type Card, headlineText, type Part, plainText, type Text, word } from '../kit/card.ts';
import { disarmedLine, linesOfCard } from '../kit/card-lines.ts';
import { defanged } from '../kit/defang.ts';
import { AdapterError } from '../kit/errors.ts';
import { jsonOf } from '../kit/http/caller.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { answerText, failureOf, strangersAnswer } from '../kit/http/status.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import { quotaOf } from '../kit/quota.ts';
import type { Message, Receipt, SendContext, Sink, SinkDefinition } from '../kit/sink.ts';
import { cutMiddle } from '../kit/text.ts';
import { webUrl } from '../kit/web-url.ts';

const config = z.strictObject({
  token: z
    .string()
    .trim()
    .min(10)
    .describe('The channel access token of a Messaging API channel; whoever has it can post.'),
  to: z
    .string()
    .regex(/^[UCR][0-9a-f]{32}$/, 'is no id of LINE: U, C or R and 32 digits from 0 to f')
    .describe('Where to post: the id of a person (U…), of a group (C…) or of a room (R…).'),
  url: webUrl.default('https://api.line.me').describe('The address of the Messaging API.'),
});
type Config = z.output<typeof config>;

/** A bubble has 30 KB, of which each line takes some 150 bytes besides its text. */
const limits = { total: 16_000, value: 1_500, weigh: weightOf };
/** UTF-16 units, as an older LINE takes them; a newer one takes 1,500. */
const summaryMax = 400;
const [labelMax, addressMax] = [20, 1_000];

/** Index = severity number. */
const colors = ['#6B7280', '#0B7BC1', '#1F8A5F', '#B7791F', '#D9480F', '#C5221F'] as const;
/** None is that of a severity; what is open has that. */
const colorsOfStates = {
  acknowledged: '#7B4FC9',
  snoozed: '#5C6270',
  resolved: '#1F7A3D',
} as const;

const sent = z.looseObject({
  sentMessages: z
    .array(z.looseObject({ id: z.union([z.string().min(1), z.int()]).transform(String) }))
    .min(1),
});
const bot = z.looseObject({ displayName: z.string(), basicId: z.string() });
const quota = z.union([
  z.looseObject({ type: z.literal('limited'), value: z.number() }),
  z.looseObject({ type: z.literal('none') }),
]);
const usage = z.looseObject({ totalUsage: z.number() });
const refused = z.looseObject({ message: z.string() });

export const line: SinkDefinition<typeof config> = {
  type: 'line',
  config,
  example: { token: 'xxxexamplechannelaccesstokenxxx', to: `C${'0123456789abcdef'.repeat(2)}` },
  secrets: ['token'],
  create: (settings, context) => new LineSink(settings, context),
};

class LineSink implements Sink {
  readonly origin: string;
  readonly place: string;
  readonly limits = limits;
  readonly can = { table: true } as const;
  readonly #settings: Config;
  readonly #context: AdapterContext;
  readonly #base: string;
  readonly #host: string;

  constructor(settings: Config, context: AdapterContext) {
    const address = new URL(settings.url);
    this.#settings = settings;
    this.#context = context;
    this.#base = `${address.href.replace(/\/+$/, '')}/v2/bot`;
    this.#host = address.host;
    this.origin = originOf(address);
    this.place = placeOf(this.origin, settings.to);
  }

  async send(message: Message, context: SendContext): Promise<Receipt> {
    const { to } = this.#settings;
    const answer = await this.#call('/message/push', context.signal, {
      headers: {
        'x-line-retry-key': retryKey(to, message, context.deliveryId),
        'x-tocsin-delivery': context.deliveryId,
      },
      body: JSON.stringify({ to, messages: [flexOf(message.card)] }),
    });
    const accepted = acceptedIn(answer);
    if (accepted === undefined) throw this.#refusal(answer);
    return { remoteId: accepted.id, quota: quotaOf(answer.headers, this.#context.now()) };
  }

  /** The token, and whether messages are left this month. */
  async check(signal: AbortSignal): Promise<void> {
    await this.#state(signal);
  }

  async inspect(signal: AbortSignal) {
    const { name, left } = await this.#state(signal);
    const said = left === undefined ? 'as many messages as it likes' : `${left} more messages`;
    return {
      tested: `answers, knows ${name}, and lets it send ${said} this month. Not tried, since only a message shows it: the person or group of to`,
      remarks: [],
    };
  }

  /** @throws {AdapterError} the token is wrong, or no messages are left */
  async #state(signal: AbortSignal) {
    const { displayName, basicId } = await this.#read('/info', bot, signal);
    const limit = await this.#read('/message/quota', quota, signal);
    if (limit.type === 'none') return { name: `${displayName} (${basicId})` };
    const { totalUsage } = await this.#read('/message/quota/consumption', usage, signal);
    const left = (limit.value as number) - totalUsage;
    if (left <= 0) throw new AdapterError('reject_sink', 'rejected', usedUp(this.#host));
    return { name: `${displayName} (${basicId})`, left };
  }

  async #read<Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal) {
    const answer = await this.#call(path, signal);
    const read = answer.status === 200 ? schema.safeParse(jsonOf(answer)) : undefined;
    if (read?.success !== true) throw this.#refusal(answer);
    return read.data;
  }

  #call(
    path: string,
    signal: AbortSignal,
    post?: { readonly headers: Record<string, string>; readonly body: string },
  ): Promise<HttpAnswer> {
    const authorization = `Bearer ${this.#settings.token}`;
    const url = `${this.#base}${path}`;
    const { http } = this.#context;
    if (post === undefined)
      return http.request({ method: 'GET', url, headers: { authorization }, signal });
    const headers = { 'content-type': 'application/json', authorization, ...post.headers };
    return http.request({ method: 'POST', url, headers, body: post.body, signal });
  }

  #refusal(answer: HttpAnswer): AdapterError {
    const secrets = [this.#settings.token];
    const failure = failureOf(answer, this.#host, secrets, this.#context.now());
    if (failure === undefined) return strangersAnswer(answer, this.#host, 'LINE', secrets);
    const said = refused.safeParse(jsonOf(answer)).data?.message ?? '';
    const facts = { status: answer.status, answer: answerText(answer, secrets) };
    if (answer.status === 429 && /monthly limit/i.test(said))
      return new AdapterError('reject_sink', 'rejected', usedUp(this.#host), facts);
    // Not a fault of the text, which is refused with its property.
    if (answer.status === 400 && /failed to send messages|'to'/i.test(said))
      return new AdapterError('reject_sink', 'bad_config', unknownReader(this.#host), facts);
    return failure;
  }
}

const usedUp = (host: string) =>
  `${host} takes no more messages this month: its quota is used up. Raise the limit of additional messages, or take a larger plan, in the LINE Official Account Manager.`;
const unknownReader = (host: string) =>
  `${host} knows no such person or group. Check to of this sink, and that the account is in the group or a friend of the person.`;

/**
 * LINE executes a request with a key once, for 24 hours, and answers 409 to each repetition. The
 * number of a delivery is that of another one where a database was made anew; the time is not.
 */
function retryKey(to: string, { event }: Message, deliveryId: string): string {
  const named = JSON.stringify([to, deliveryId, event.receivedAt]);
  const hash = createHash('sha256').update(named).digest('hex');
  const [a, b, c, d, e] = [0, 8, 12, 16, 20].map((at, nth, all) =>
    hash.slice(at, all[nth + 1] ?? 32),
  );
  return `${a}-${b}-5${c!.slice(1)}-a${d!.slice(1)}-${e}`;
}

/** What was sent now, or before by the same key; undefined for any other answer. */
function acceptedIn(answer: HttpAnswer): { readonly id?: string | undefined } | undefined {
  const first = sent.safeParse(jsonOf(answer)).data?.sentMessages[0];
  if (answer.status === 200) return first;
  const isKnown = answer.headers['x-line-accepted-request-id'] !== undefined;
  return answer.status === 409 && isKnown ? { id: first?.id } : undefined;
}

function flexOf(card: Card): object {
  const { notes, facts, rows, details, end } = linesOfCard(card);
  const { link, title, footer } = card;
  const button = link === undefined ? undefined : buttonOf(link, title);
  const below = [
    ...notes.map((note) => lineOf(note)),
    ...facts.map(factOf),
    ...rows.map((row) => lineOf(row)),
    ...details.map(factOf),
    ...(button === undefined ? end : [title, footer]).map((text) => lineOf(text, small)),
  ];
  const body = [lineOf(card.headline, { size: 'md', weight: 'bold' }), ...below];
  return {
    type: 'flex',
    altText: cutUnits(defanged(`${card.sign} ${card.level} · ${headlineText(card)}`)),
    contents: {
      type: 'bubble',
      size: 'giga',
      header: boxOf([headOf(card)], { backgroundColor: colorOf(card), paddingAll: '12px' }),
      body: boxOf(body.flat(), { spacing: 'sm' }),
      ...(button !== undefined && { footer: boxOf([button]) }),
    },
  };
}

const small = { size: 'xs', color: '#6B7280' };

function headOf({ sign, level }: Card): object {
  const text = `${sign} ${level}`;
  return { type: 'text', text, weight: 'bold', color: '#FFFFFF', wrap: true };
}

function colorOf({ severity, state }: Card): string {
  return state === undefined || state.kind === 'open'
    ? colors[severity]
    : colorsOfStates[state.kind];
}

function boxOf(contents: readonly object[], more: object = {}): object {
  return { type: 'box', layout: 'vertical', contents, ...more };
}

/** None for a text that says nothing, which LINE refuses. */
function lineOf(text: Text, look: object = { size: 'sm' }): object[] {
  const shown = disarmedLine(text);
  return shown.trim() === '' ? [] : [{ type: 'text', text: shown, wrap: true, ...look }];
}

/** Its name is bold. */
function factOf(fact: Text): object[] {
  const at = fact.findIndex((part) => part.kind !== 'word' || part.isStrong !== true);
  const name = defanged(plainText(fact.slice(0, at)));
  const value = disarmedLine(fact.slice(at));
  if (name.trim() === '') return lineOf(fact[at]?.text === ': ' ? fact.slice(at + 1) : fact);
  const contents = [
    { type: 'span', text: name, weight: 'bold' },
    { type: 'span', text: value },
  ];
  return [{ type: 'text', wrap: true, size: 'sm', contents }];
}

/** It comes from the configuration, never from the event's text. */
function buttonOf(link: string, title: Text): object | undefined {
  const uri = new URL(link).href;
  if (uri.length > addressMax) return undefined;
  const label = cutMiddle(defanged(plainText(title)), labelMax).trim() || '→';
  return { type: 'button', height: 'sm', action: { type: 'uri', label, uri } };
}

/** A pair that is cut in two is left out. */
function cutUnits(text: string): string {
  return text.length <= summaryMax ? text : cutMiddle(text, summaryMax / 2);
}

/** Bytes of its JSON, where it takes the most. */
function weightOf(part: Part): number {
  return Buffer.byteLength(
    JSON.stringify(disarmedLine([part.kind === 'link' ? part : word(part.text)])),
  );
}

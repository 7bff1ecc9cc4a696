// What the answers of Telegram's Bot API mean: a refusal says its reason in words, with a number
// that is also the status. Decides no retry, and its texts never hold the token.
import { z } from 'zod';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../kit/errors.ts';
import { jsonOf } from '../../kit/http/caller.ts';
import type { HttpAnswer } from '../../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../../kit/http/status.ts';

/** The far end: the host that people may see, and the text that they must not. */
export interface Far {
  readonly host: string;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Where a message is. */
export interface Spot {
  readonly chat: string;
  readonly message: number;
  /** Of a group with topics. */
  readonly topic?: number | undefined;
}

const posted = z.object({
  message_id: z.int().positive(),
  chat: z.looseObject({ id: z.int() }),
  message_thread_id: z.int().positive().optional(),
  is_topic_message: z.boolean().optional(),
});

/** Where a message was posted, or what was edited; undefined for any other answer. */
export function spotIn(answer: HttpAnswer): Spot | undefined {
  const result = resultOf(answer, posted);
  if (result === undefined) return undefined;
  const { message_id: message, chat, message_thread_id: topic, is_topic_message } = result;
  return { chat: `${chat.id}`, message, ...(is_topic_message === true && { topic }) };
}

/** The id under which a message is kept. */
export function idOf({ chat, message, topic }: Spot): string {
  return [chat, message, topic ?? []].flat().join('/');
}

/** Undefined if Telegram gave no such id. */
export function spotOf(id: string): Spot | undefined {
  const [, chat = '', message, topic] =
    /^(-?\d{1,16})\/(\d{1,10})(?:\/(\d{1,10}))?$/.exec(id) ?? [];
  if (chat === '') return undefined;
  return { chat, message: Number(message), ...(topic && { topic: Number(topic) }) };
}

const whole = z.looseObject({ ok: z.literal(true), result: z.unknown() });

/** What a method returned; undefined if it was refused, or is not what it should be. */
export function resultOf<Schema extends z.ZodType>(
  answer: HttpAnswer,
  result: Schema,
): z.output<Schema> | undefined {
  const accepted = answer.status === 200 ? whole.safeParse(jsonOf(answer)).data : undefined;
  return result.safeParse(accepted?.result).data;
}

const refused = z.looseObject({
  ok: z.literal(false),
  description: z.string(),
  parameters: z
    .looseObject({
      retry_after: z.number().positive().optional(),
      migrate_to_chat_id: z.int().optional(),
    })
    .optional()
    .catch(undefined),
});

function refusalIn(answer: HttpAnswer): z.output<typeof refused> | undefined {
  return refused.safeParse(jsonOf(answer)).data;
}

/** The id that a group got when it became a supergroup; undefined if it did not. */
export function movedTo(answer: HttpAnswer): string | undefined {
  return refusalIn(answer)?.parameters?.migrate_to_chat_id?.toString();
}

/** An edit that changes nothing is refused. */
export function isUnchanged(answer: HttpAnswer): boolean {
  return /message is not modified/i.test(refusalIn(answer)?.description ?? '');
}

type Meaning = readonly [FailureOutcome, FailureReason, string];

const gone: Meaning = [
  'reject_event',
  'gone',
  'The message was deleted there. It is not posted again.',
];

/** By the words of the description: the first that is in it. */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [/message to edit not found|message to be replied not found|MESSAGE_ID_INVALID/i, gone],
  [
    /message can't be edited|MESSAGE_EDIT_TIME_EXPIRED|MESSAGE_AUTHOR_REQUIRED/i,
    ['reject_event', 'rejected', 'The message may not be changed. It stays as it is.'],
  ],
  [
    /too long/i,
    ['reject_event', 'too_large', 'The message is longer than the 4,096 letters of Telegram.'],
  ],
  [
    /chat not found|chat_id is empty|PEER_ID_INVALID|CHANNEL_INVALID|CHANNEL_PRIVATE/i,
    [
      'reject_sink',
      'bad_config',
      'The bot knows no such chat. Add it to the group or channel, or let the person write to it first, and check chat of this sink.',
    ],
  ],
  [
    /thread not found|TOPIC_DELETED|TOPIC_CLOSED|TOPIC_ID_INVALID/i,
    [
      'reject_sink',
      'bad_config',
      'There is no such topic, or it is closed. Check topic of this sink and of the routes to it.',
    ],
  ],
  [
    /not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_SEND_\w*FORBIDDEN|CHAT_ADMIN_REQUIRED|CHAT_RESTRICTED/i,
    [
      'reject_sink',
      'auth',
      'The bot may not write in the chat. Let it send messages; in a channel it must be an administrator.',
    ],
  ],
];

const token: Meaning = [
  'reject_sink',
  'auth',
  'It knows no such bot. Ask @BotFather for the token, and put it into token of this sink.',
];

/** The error for an answer that was not accepted. */
export function refusalOf(answer: HttpAnswer, { host, secrets, now }: Far): AdapterError {
  const failure = failureOf(answer, host, secrets, now());
  if (failure === undefined) return strangersAnswer(answer, host, 'Telegram', secrets);
  const refusal = refusalIn(answer);
  if (refusal === undefined) return failure;
  const { description, parameters: { retry_after, migrate_to_chat_id } = {} } = refusal;
  const { status, quota, answer: said } = failure;
  const wait = retry_after === undefined ? failure.retryAfterMs : retry_after * 1_000;
  const facts = { status, quota, answer: said, retryAfterMs: wait };
  const [outcome, reason, words] =
    (migrate_to_chat_id !== undefined && moved(migrate_to_chat_id)) ||
    meaningOf(answer.status, description) ||
    ([failure.outcome, failure.reason, undefined] as const);
  const message = words === undefined ? failure.message : `${host} answered ${status}. ${words}`;
  return new AdapterError(outcome, reason, message, facts);
}

function moved(id: number): Meaning {
  return [
    'retry',
    'bad_config',
    `The group became a supergroup, and messages go to it from now on. Put its id ${id} into chat of this sink.`,
  ];
}

function meaningOf(status: number, description: string): Meaning | undefined {
  // To a token that it does not know it answers as to a path that it does not know.
  if (status === 401 || status === 404) return token;
  return status === 400 ? meanings.find(([words]) => words.test(description))?.[1] : undefined;
}

/** That the message which was to be edited or replied to is no longer there. */
export function goneError({ host }: Far): AdapterError {
  const [outcome, reason, words] = gone;
  return new AdapterError(outcome, reason, `${host} has no such message. ${words}`);
}

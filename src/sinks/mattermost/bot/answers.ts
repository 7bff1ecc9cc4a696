// What the answers of Mattermost's REST API mean, beyond what kit/http/status.ts knows of every
// status. Decides no retry, and its texts never hold the token.
import { z } from 'zod';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../../kit/errors.ts';
import type { HttpAnswer } from '../../../kit/http/index.ts';
import { answerText, failureOf, strangersAnswer } from '../../../kit/http/status.ts';
import { parsedJson } from '../../../kit/parsed-json.ts';
import { quotaOf } from '../../../kit/quota.ts';
import { isServersOwn } from '../answers.ts';

/** The far end: the host that people may see, and the text that they must not. */
export interface Far {
  readonly host: string;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What of a post the bot needs. */
export const wirePost = z.looseObject({
  id: z.string().regex(/^[a-z0-9]{26}$/),
  channel_id: z.string(),
  user_id: z.string().optional(),
  root_id: z.string().optional(),
  /** Milliseconds since the epoch; more than 0: deleted, or a row of the history of edits. */
  delete_at: z.number().optional(),
  create_at: z.number().optional(),
  props: z.record(z.string(), z.unknown()).nullish(),
});
export type WirePost = z.output<typeof wirePost>;

const postAnswer = z.looseObject({ id: wirePost.shape.id });

/** The id of the post that was made or edited; undefined for any other answer. */
export function postIdIn({ status, body, truncated }: HttpAnswer): string | undefined {
  if ((status !== 200 && status !== 201) || truncated) return undefined;
  return readJson(postAnswer, body)?.id;
}

/** Undefined if the body is not what it should be. */
export function readJson<Schema extends z.ZodType>(
  schema: Schema,
  body: string,
): z.output<Schema> | undefined {
  return schema.safeParse(parsedJson(body)).data;
}

/** The server's name for an error: `api.post.create_post.root_id.app_error`; "" if it has none. */
export function errorIdOf({ body }: HttpAnswer): string {
  return readJson(z.looseObject({ id: z.string() }), body)?.id ?? '';
}

const whereToken =
  'A system administrator sees it under Integrations → Bot Accounts; put a new one into token of this sink.';

const advice: Readonly<Record<number, string>> = {
  401: `The token is wrong or was revoked, or the bot is disabled. ${whereToken}`,
  403: 'The bot may not do this: it is no member of the team or of the channel, there is no such channel, or it lacks the permission to post there or to edit its own posts. An administrator can invite the bot to the team, then write “/invite @bot” in the channel.',
  404: 'There is no such thing at this server. Check url and channel of this sink.',
};

const archived: readonly [FailureOutcome, FailureReason, string] = [
  'reject_sink',
  'bad_config',
  'The channel is archived. Restore it, or configure another in channel of this sink.',
];
const gone: readonly [FailureOutcome, FailureReason, string] = [
  'reject_event',
  'gone',
  'The message was deleted there. It is not posted again.',
];

/** By the end of the server's name for the error. */
const byErrorId: readonly (readonly [RegExp, readonly [FailureOutcome, FailureReason, string]])[] =
  [
    [/can_not_(?:post_to|update_post_in)_deleted/, archived],
    [/create_post\.root_id/, gone],
    [
      /message_length|props\.app_error/,
      ['reject_event', 'too_large', 'The message is longer than the server takes.'],
    ],
  ];

/** The error for an answer that was not accepted. */
export function refusalOf(answer: HttpAnswer, far: Far): AdapterError {
  const { status } = answer;
  const { host, secrets, now } = far;
  const failure = failureOf(answer, host, secrets, now());
  if (failure === undefined) return strangersAnswer(answer, host, 'Mattermost', secrets);
  const errorId = errorIdOf(answer);
  const known = status === 400 ? byErrorId.find(([pattern]) => pattern.test(errorId)) : undefined;
  if (known !== undefined) return errorOf(known[1], answer, far);
  const { outcome, reason } = failure;
  const words = status === 404 && !isServersOwn(answer) ? undefined : advice[status];
  return words === undefined ? failure : errorOf([outcome, reason, words], answer, far);
}

/** That the message which was to be edited or replied to is no longer there. */
export function goneError(answer: HttpAnswer, far: Far): AdapterError {
  return errorOf(gone, answer, far);
}

export function errorOf(
  [outcome, reason, words]: readonly [FailureOutcome, FailureReason, string],
  answer: HttpAnswer,
  { host, secrets, now }: Far,
): AdapterError {
  const { status, headers } = answer;
  return new AdapterError(outcome, reason, `${host} answered ${status}. ${words}`, {
    status,
    quota: quotaOfServer(headers, now()),
    answer: answerText(answer, secrets),
  });
}

/** With a limit for each user, each header comes twice; the first is that of the address. */
export function quotaOfServer(
  headers: Readonly<Record<string, string>>,
  now: number,
): ReturnType<typeof quotaOf> {
  const first = Object.fromEntries(
    ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'].flatMap((name) =>
      headers[name] === undefined ? [] : [[name, headers[name].split(',')[0]!]],
    ),
  );
  return quotaOf(first, now);
}

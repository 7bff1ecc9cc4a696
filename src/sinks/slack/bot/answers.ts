// What the answers of Slack's Web API mean. It refuses with 200, `ok: false` and a code. Decides no
// retry, and its texts never hold the token.
import { z } from 'zod';
import { AdapterError, type FailureOutcome, type FailureReason } from '../../../kit/errors.ts';
import { jsonOf } from '../../../kit/http/caller.ts';
import type { HttpAnswer } from '../../../kit/http/index.ts';
import { answerText, failureOf, retryAfterMs, strangersAnswer } from '../../../kit/http/status.ts';
import { quotaOf } from '../../../kit/quota.ts';

/** The far end: the host that people may see, and the text that they must not. */
export interface Far {
  readonly host: string;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const channelId = z.string().regex(/^[A-Z0-9]{2,40}$/);
/** The time of a message, by which its channel knows it. */
const timestamp = z.string().regex(/^\d{1,12}\.\d{1,9}$/);

/** Where a message is. */
export interface Spot {
  readonly channel: string;
  readonly ts: string;
}

/** The id under which a message is kept. */
export function idOf({ channel, ts }: Spot): string {
  return `${channel}/${ts}`;
}

/** Undefined if Slack gave no such id. */
export function spotOf(id: string): Spot | undefined {
  const [channel, ts, ...more] = id.split('/');
  const read = z.object({ channel: channelId, ts: timestamp }).safeParse({ channel, ts });
  return more.length === 0 ? read.data : undefined;
}

const accepted = z.looseObject({
  ok: z.literal(true),
  channel: channelId,
  ts: timestamp,
  message: z.looseObject({ thread_ts: z.string().optional() }).optional(),
});
export type Accepted = z.output<typeof accepted>;

/** Of a message that was posted or edited; undefined for any other answer. */
export function acceptedIn(answer: HttpAnswer): Accepted | undefined {
  return contentOf(answer, accepted);
}

/** Undefined if the body is not what it should be, or Slack refused. */
export function contentOf<Schema extends z.ZodType>(
  answer: HttpAnswer,
  schema: Schema,
): z.output<Schema> | undefined {
  return answer.status === 200 ? schema.safeParse(jsonOf(answer)).data : undefined;
}

const refused = z.looseObject({
  ok: z.literal(false),
  error: z.string().regex(/^[a-z0-9_]{1,80}$/),
  needed: z
    .string()
    .regex(/^[a-z:.,_]{1,120}$/)
    .optional()
    .catch(undefined),
});

/** Slack's code for why it refused: `not_in_channel`; "" if it did not, or not in its own form. */
export function codeOf(answer: HttpAnswer): string {
  return contentOf(answer, refused)?.error ?? '';
}

/** The scopes of the token; undefined if the answer does not name them. */
export function scopesIn({ headers }: HttpAnswer): ReadonlySet<string> | undefined {
  const said = headers['x-oauth-scopes'];
  return said === undefined ? undefined : new Set(said.split(',').map((scope) => scope.trim()));
}

type Meaning = readonly [FailureOutcome, FailureReason, string];

const token: Meaning = [
  'reject_sink',
  'auth',
  'The token is wrong, expired or revoked, or the app was removed. Install the app again (api.slack.com/apps → OAuth & Permissions), and put its Bot User OAuth Token into token of this sink.',
];
const forbidden: Meaning = [
  'reject_sink',
  'auth',
  'The workspace does not let the app do this. An administrator of Slack can allow it.',
];
export const notInChannel: Meaning = [
  'reject_sink',
  'auth',
  'The bot is not in the channel. Somebody who is can write “/invite @” and its name there.',
];
const noChannel: Meaning = [
  'reject_sink',
  'bad_config',
  'There is no such channel, or it is private and the bot is not in it. Check channel of this sink, and let somebody write “/invite @” and the name of the bot in the channel.',
];
export const archived: Meaning = [
  'reject_sink',
  'bad_config',
  'The channel is archived. Restore it, or configure another in channel of this sink.',
];
const noThreads: Meaning = [
  'reject_sink',
  'bad_config',
  'The channel takes no replies. Set details of this sink to card, or configure another channel.',
];
const onlyThreads: Meaning = [
  'reject_sink',
  'bad_config',
  'The channel takes nothing but replies. Configure another in channel of this sink.',
];
const noMethod: Meaning = [
  'reject_sink',
  'bad_config',
  'It knows no such method. Check url of this sink.',
];
const gone: Meaning = [
  'reject_event',
  'gone',
  'The message was deleted there. It is not posted again.',
];
const large: Meaning = ['reject_event', 'too_large', 'The message is longer than Slack takes.'];
const notOurs: Meaning = [
  'reject_event',
  'rejected',
  'The message is that of another app, or may not be changed. It stays as it is.',
];
const tooOld: Meaning = [
  'reject_event',
  'rejected',
  'The workspace lets nobody edit a message of this age. It stays as it is.',
];
const locked: Meaning = [
  'reject_event',
  'rejected',
  'An administrator closed the thread of this message. Nobody can reply to it.',
];
const busy: Meaning = [
  'retry',
  'rate_limited',
  'It limits messages. Send less to this channel if this goes on.',
];
const failing: Meaning = ['retry', 'server_error', 'Slack has a fault. It is tried again.'];

const meanings: Readonly<Record<string, Meaning>> = {
  ...meaning(token, 'invalid_auth not_authed token_revoked token_expired account_inactive'),
  ...meaning(token, 'not_allowed_token_type'),
  ...meaning(forbidden, 'access_denied accesslimited ekm_access_denied enterprise_is_restricted'),
  ...meaning(forbidden, 'no_permission org_login_required team_access_not_granted'),
  ...meaning(forbidden, 'two_factor_setup_required'),
  ...meaning(notInChannel, 'not_in_channel'),
  ...meaning(noChannel, 'channel_not_found'),
  ...meaning(archived, 'is_archived is_inactive channel_is_frozen'),
  ...meaning(noThreads, 'restricted_action_non_threadable_channel'),
  ...meaning(onlyThreads, 'restricted_action_thread_only_channel'),
  ...meaning(noMethod, 'unknown_method method_deprecated deprecated_endpoint'),
  ...meaning(gone, 'message_not_found thread_not_found cannot_reply_to_message'),
  ...meaning(large, 'msg_too_long msg_blocks_too_long metadata_too_large too_many_attachments'),
  ...meaning(notOurs, 'cant_update_message'),
  ...meaning(tooOld, 'edit_window_closed'),
  ...meaning(locked, 'restricted_action_thread_locked'),
  ...meaning(busy, 'ratelimited rate_limited message_limit_exceeded'),
  ...meaning(failing, 'internal_error fatal_error service_unavailable request_timeout'),
  ...meaning(failing, 'team_added_to_org update_failed'),
};

function meaning(of: Meaning, codes: string): Record<string, Meaning> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, of]));
}

/** The error for an answer that was not accepted. */
export function refusalOf(answer: HttpAnswer, far: Far): AdapterError {
  const { host, secrets, now } = far;
  const failure = failureOf(answer, host, secrets, now());
  if (failure !== undefined) return failure;
  const refusal = contentOf(answer, refused);
  if (refusal === undefined) return strangersAnswer(answer, host, 'Slack', secrets);
  return errorOf(meaningOf(refusal), answer, far, refusal.error);
}

function meaningOf({ error, needed }: z.output<typeof refused>): Meaning {
  const known = Object.hasOwn(meanings, error) ? meanings[error] : undefined;
  if (known !== undefined) return known;
  if (error === 'missing_scope') {
    const scope = needed === undefined ? 'a scope' : `the scope ${needed}`;
    const words = `The app lacks ${scope}. Add it at api.slack.com/apps → OAuth & Permissions, and install the app again.`;
    return ['reject_sink', 'auth', words];
  }
  if (error.startsWith('restricted_action')) return forbidden;
  return ['reject_event', 'rejected', 'It refused the message. The answer may say why.'];
}

/** That the message which was to be edited or replied to is no longer there. */
export function goneError({ host }: Far): AdapterError {
  const [outcome, reason, words] = gone;
  return new AdapterError(outcome, reason, `${host} has no such message. ${words}`);
}

/** @param code as Slack names it; absent: Slack refused nothing */
export function errorOf(
  [outcome, reason, words]: Meaning,
  answer: HttpAnswer,
  { host, secrets, now }: Far,
  code?: string,
): AdapterError {
  const { status, headers } = answer;
  const said = code === undefined ? `${status}` : code;
  return new AdapterError(outcome, reason, `${host} answered ${said}. ${words}`, {
    status,
    retryAfterMs: outcome === 'retry' ? retryAfterMs(headers['retry-after'], now()) : undefined,
    quota: quotaOf(headers, now()),
    answer: answerText(answer, secrets),
  });
}

// What each HTTP status means for a delivery or a poll. Pure. No adapter decides this for itself.
import { AdapterError, type FailureOutcome, type FailureReason } from '../errors.ts';
import { createMask } from '../mask.ts';
import { quotaOf } from '../quota.ts';
import { validText } from '../text.ts';
import { withoutControls } from '../unseen.ts';
import type { HttpAnswer } from './messages.ts';

interface Verdict {
  readonly outcome: FailureOutcome;
  readonly reason: FailureReason;
  /** Two sentences: what the status means, and what to do. */
  readonly advice: string;
}

const verdicts: Readonly<Record<number, Verdict>> = {
  400: rejected(
    'The request was understood and refused. Its content may be the reason, or the address.',
  ),
  401: refused(
    'auth',
    'The credential is missing, wrong or expired. Check the token or the address that holds it.',
  ),
  403: refused(
    'auth',
    'The credential is known and not allowed to do this. Give its owner the right, or use another.',
  ),
  404: refused(
    'bad_config',
    'There is nothing at this address. Check host, path and, if it is a hook, that it still exists.',
  ),
  405: refused(
    'bad_config',
    'The address takes no such request. Check that it is the whole address and not only the host.',
  ),
  407: refused(
    'auth',
    'A proxy wants a credential. Put user and password into HTTPS_PROXY or HTTP_PROXY.',
  ),
  408: retry('server_error', 'It did not get the whole request in time. It is tried again.'),
  410: refused(
    'bad_config',
    'What was at this address has been removed. Create a new one and configure that.',
  ),
  413: {
    outcome: 'reject_event',
    reason: 'too_large',
    advice: 'The request is too large. Raise the limit there or in the proxy before it.',
  },
  422: rejected('The content of the request was refused. The answer may say which part.'),
  425: retry('server_error', 'It does not want the request so early. It is tried again.'),
  429: retry(
    'rate_limited',
    'It limits requests. Lower the rate or raise the limit there if this goes on.',
  ),
  504: retry(
    'timeout',
    'A proxy before the far end got no answer in time. It may have done what was asked; it is tried again.',
  ),
  501: refused(
    'bad_config',
    'The feature is switched off there. Ask its administrator to switch it on.',
  ),
};
const redirected = refused(
  'bad_config',
  'It redirects, and redirects are not followed. Configure the final address.',
);
const otherRejection = rejected('The request was refused. The answer may say why.');
const failing = retry(
  'server_error',
  'The far end, or a proxy before it, has a fault. It is tried again.',
);

/**
 * The error for an answer; undefined for 2xx, after which the adapter may still check the body.
 * @param host as shown to people, without path
 * @param secrets to mask in the answer besides those of the configuration; see {@link answerText}
 * @param now milliseconds since the epoch, for a `Retry-After` that is a date
 */
export function failureOf(
  answer: HttpAnswer,
  host: string,
  secrets: readonly string[] = [],
  now: number = Date.now(),
): AdapterError | undefined {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return undefined;
  const { outcome, reason, advice } = verdictOf(status);
  return new AdapterError(outcome, reason, `${host} answered ${status}. ${advice}`, {
    status,
    retryAfterMs: retryAfterMs(headers['retry-after'], now),
    quota: quotaOf(headers, now),
    answer: answerText(answer, secrets),
  });
}

/**
 * The error for an answer whose status promises success and whose body is not what `product` says.
 * @param host as shown to people, without path
 * @param secrets as of {@link failureOf}
 */
export function strangersAnswer(
  answer: HttpAnswer,
  host: string,
  product: string,
  secrets: readonly string[],
): AdapterError {
  const { status } = answer;
  const message = `${host} answered ${status}, but not as ${product} does: a login page or a proxy. Check the url of this sink.`;
  const facts = { status, answer: answerText(answer, secrets) };
  return new AdapterError('reject_sink', 'bad_config', message, facts);
}

function verdictOf(status: number): Verdict {
  const known = verdicts[status];
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return redirected;
  return status >= 400 && status < 500 ? otherRejection : failing;
}

function retry(reason: FailureReason, advice: string): Verdict {
  return { outcome: 'retry', reason, advice };
}

function rejected(advice: string): Verdict {
  return { outcome: 'reject_event', reason: 'rejected', advice };
}

function refused(reason: 'auth' | 'bad_config', advice: string): Verdict {
  return { outcome: 'reject_sink', reason, advice };
}

// RFC 9110 section 5.6.7: the form in use, and the two obsolete ones. Date.parse alone takes "-5"
// and "soon 5" for dates.
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850Date = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * How long a `Retry-After` header (seconds or a date) asks to wait, in milliseconds, not clamped.
 * Undefined if there is none, it makes no sense, or the date is past.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const value = header?.trim();
  if (!value) return undefined;
  if (/^\d{1,10}(\.\d{1,9})?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const waitMs = dateOf(value) - now;
  return waitMs > 0 ? waitMs : undefined;
}

function dateOf(value: string): number {
  if (httpDate.test(value) || rfc850Date.test(value)) return Date.parse(value);
  return asctimeDate.test(value) ? Date.parse(`${value} GMT`) : Number.NaN;
}

const answerLengthMax = 300;
/** How much is searched for secrets: more than is kept, since each may shrink to a word. */
const maskedLengthMax = 16_384;

/**
 * The beginning of an answer for {@link AdapterError.answer}, fit for logs and the database: one
 * line without control characters, secrets of the configuration (see {@link HttpAnswer.mask}) and
 * those of `secrets`.
 */
export function answerText(
  { body, mask }: Pick<HttpAnswer, 'body' | 'mask'>,
  secrets: readonly string[] = [],
): string {
  const line = withoutControls(validText(body.slice(0, maskedLengthMax)));
  // Masked before it is cut, because the mask would not find half a secret.
  const shown = createMask(secrets)(mask === undefined ? line : mask(line));
  const isCut = body.length > maskedLengthMax;
  // Where the searched part was cut, its end may be half a secret.
  const whole = isCut ? shown.slice(0, Math.max(0, shown.length - maskedLengthMax / 4)) : shown;
  return [...whole.trim().slice(0, 2 * answerLengthMax)].slice(0, answerLengthMax).join('');
}

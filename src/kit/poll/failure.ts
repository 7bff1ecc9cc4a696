// What an answer that is no page means for a source that is polled: it is always tried again. Pure.
import { AdapterError, type FailureReason } from '../errors.ts';
import type { HttpAnswer } from '../http/index.ts';
import { answerText, failureOf } from '../http/status.ts';

export interface Asked {
  /** Host and port, for people. */
  readonly host: string;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** The error for an answer; undefined for 2xx. */
export function pollFailure(answer: HttpAnswer, asked: Asked): AdapterError | undefined {
  const { host, secrets, nowMs } = asked;
  const failure = failureOf(answer, host, secrets, nowMs);
  if (failure === undefined) return undefined;
  const { status } = answer;
  const [reason, advice] = meaningOf(status, failure.reason);
  return new AdapterError('retry', reason, `${host} answered ${status}: ${advice}`, {
    status,
    retryAfterMs: waitMsOf(answer.headers, status, nowMs) ?? failure.retryAfterMs,
    answer: failure.answer,
  });
}

function meaningOf(status: number, reason: FailureReason): [FailureReason, string] {
  if (status === 401 || status === 403)
    return [
      'auth',
      'the credential is wrong, expired or not allowed to read this. Check it, and what its owner may read.',
    ];
  if (status >= 300 && status < 400)
    return [
      'bad_config',
      'it redirects, and redirects are not followed, because the credential would go along. Set the final address.',
    ];
  if (status === 404 || status === 405 || status === 410 || status === 501)
    return ['bad_config', 'nothing is there that could be read. Check the address.'];
  if (status === 407)
    return ['auth', 'a proxy wants a credential. Put it into HTTPS_PROXY or HTTP_PROXY.'];
  if (status === 429)
    return [
      reason,
      'it limits requests. It is read again, and nothing is lost. If this goes on, raise the polling interval.',
    ];
  if (status >= 500 || status === 408 || status === 425)
    return [
      reason,
      'it, or a proxy before it, has a fault. It is read again, and nothing is lost. If this lasts, look there.',
    ];
  return [
    'rejected',
    'it refuses the question. Its answer may say which part; check the settings.',
  ];
}

/** Headers that say when it may be asked again, the first that is there counts. */
const waitHeaders = [
  'retry-after',
  'x-ratelimit-retryafter',
  'x-ratelimit-reset',
  'x-rate-limit-reset',
  'ratelimit-reset',
];
/** From here on, a number of seconds or milliseconds is a point in time. */
const [epochSeconds, epochMs] = [1e9, 1e12];

/** Seconds, or the point in time as seconds or milliseconds since the epoch. */
function waitMsOf(
  headers: HttpAnswer['headers'],
  status: number,
  nowMs: number,
): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const waits = waitHeaders.flatMap((name) => {
    const text = headers[name]?.trim() ?? '';
    if (!/^\d{1,13}(\.\d{1,9})?$/.test(text)) return [];
    const number = Number(text);
    if (number < epochSeconds) return [number * 1000];
    return [(number < epochMs ? number * 1000 : number) - nowMs];
  });
  const [first] = waits;
  return first === undefined || first <= 0 ? undefined : Math.ceil(first);
}

/** The answer says that it is good, and is no page. @param problem follows "the answer" */
export function noPage(
  answer: HttpAnswer,
  { host, secrets }: Asked,
  problem: string,
): AdapterError {
  const { status, body } = answer;
  // What looks like JSON may hold names of people, which do not belong in a log.
  const isHarmless = !/^\s*[[{"]/.test(body);
  return new AdapterError(
    'retry',
    'malformed',
    `${host} answered ${status}, but the answer ${problem}. Nothing of it was used, and it is read ` +
      'again. Check the address, the settings and what stands between (proxy, portal).',
    { status, ...(isHarmless && { answer: answerText(answer, secrets) }) },
  );
}

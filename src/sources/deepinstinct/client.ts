// Asks for one page of a stream. Knows paths, headers, and what an answer means for a source; holds
// no cursor and repeats nothing.
import { AdapterError } from '../../kit/errors.ts';
import type { HttpAnswer, HttpClient } from '../../kit/http/index.ts';
import { answerText, failureOf } from '../../kit/http/status.ts';
import { EnvelopeError, emptyPage, parsePage, type WirePage } from './page.ts';
import { type Stream, streamPaths } from './stream.ts';

export interface ClientOptions {
  readonly http: HttpClient;
  /** As the configuration holds it: without `/api/v1` and without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly now: () => number;
}

export interface Client {
  /** Host and port, for people. */
  readonly host: string;
  /**
   * The page of what lies beyond number `after`.
   * @throws {AdapterError} always `retry`: a source is never given up. `auth` carries the status.
   * `malformed` also if the server ignored `after`, which would give the same page for ever.
   * {@link AnswerTooLongError} if the answer is too long
   */
  readPage(stream: Stream, after: number, signal: AbortSignal): Promise<WirePage>;
}

/** The answer is longer than any may be. Asked from a later number on, it may be shorter. */
export class AnswerTooLongError extends AdapterError {}

const timeoutMs = 30_000;
/** Real pages have up to 400 kB. */
const bodyBytesMax = 32 * 1024 * 1024;
/** Of each request to the console. */
const bounds = { timeoutMs, bodyBytesMax } as const;

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly stream: Stream;
  /** Behind the path of the stream. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

/** Asks the console once. @throws {AdapterError} it gave no answer */
export function ask(
  { http, url, token }: Pick<ClientOptions, 'http' | 'url' | 'token'>,
  { method, stream, path, body }: Question,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return http.request({
    method,
    url: `${url}/api/v1${streamPaths[stream]}${path}`,
    headers: {
      authorization: token,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
    signal,
    ...bounds,
  });
}

export function createClient({ http, url, token, now }: ClientOptions): Client {
  const { host } = new URL(url);
  return {
    host,
    async readPage(stream, after, signal) {
      const question = { method: 'GET', stream, path: `?after_event_id=${after}` } as const;
      const answer = await ask({ http, url, token }, question, signal);
      assertAnswered(answer, { host, token, nowMs: now() });
      const page = pageOf(answer, host, token);
      assertHeeded(page, after, host);
      return page;
    },
  };
}

/** Whom an answer came from, and when. */
interface Asked {
  readonly host: string;
  readonly token: string;
  /** Since the epoch. */
  readonly nowMs: number;
}

/** @throws {AdapterError} the answer is a failure, in words for a list that is read */
export function assertAnswered(answer: HttpAnswer, { host, token, nowMs }: Asked): void {
  const failure = failureOf(answer, host, [token], nowMs);
  if (failure !== undefined) throw asSource(failure, answer, host);
}

/**
 * {@link failureOf} speaks of hooks and payloads. These are the words, and the outcome, for a list
 * that is read.
 */
function asSource(failure: AdapterError, answer: HttpAnswer, host: string): AdapterError {
  const { status } = answer;
  const facts = { status, retryAfterMs: failure.retryAfterMs, answer: failure.answer };
  const begin = `${host} answered ${status}`;
  if (status === 401 || status === 403 || status === 422) {
    return new AdapterError(
      'retry',
      'auth',
      `${begin}: the API key is wrong, revoked or may not read events. Check TOKENS_KEY ` +
        '(`token` in tocsin.yaml): it must be the key of an API Connector (console: Settings → ' +
        'Integration & Notification → API Connectors), alone, without "Bearer" before it.',
      facts,
    );
  }
  if (status >= 300 && status < 400) {
    return new AdapterError(
      'retry',
      'bad_config',
      `${begin}: it redirects${targetOf(answer)}, and redirects are not followed, because the ` +
        'API key would go along. Set DEEPINSTINCT_URL (`url` in tocsin.yaml) to the final address.',
      facts,
    );
  }
  if (status === 404 || status === 405 || status === 410 || status === 501) {
    return new AdapterError(
      'retry',
      'bad_config',
      `${begin}: there is no Deep Instinct API. Check DEEPINSTINCT_URL (\`url\` in tocsin.yaml): ` +
        'it must be the address of the console.',
      facts,
    );
  }
  if (status === 429) {
    // The log line says when: a long Retry-After is obeyed in part only.
    const message =
      `${begin}: it limits requests. It is read again, and nothing is lost. If this goes on, ` +
      'raise POLLING_INTERVAL.';
    return new AdapterError('retry', failure.reason, message, facts);
  }
  if (status >= 500) {
    const message =
      `${begin}: the console, or a proxy before it, has a fault. It is read again, and nothing ` +
      'is lost. If this lasts, look there.';
    return new AdapterError('retry', failure.reason, message, facts);
  }
  if (failure.reason === 'rejected') {
    const message =
      `${begin}: it refuses the question for events. Check DEEPINSTINCT_URL (\`url\` in ` +
      'tocsin.yaml) and the release of the console.';
    return new AdapterError('retry', 'rejected', message, facts);
  }
  return failure.outcome === 'retry'
    ? failure
    : new AdapterError('retry', failure.reason, failure.message, facts);
}

/** Names the host alone: a path or query may hold something secret. */
function targetOf({ headers }: HttpAnswer): string {
  const location = headers.location ?? '';
  return URL.canParse(location) ? ` to ${new URL(location).host}` : '';
}

/** @throws {AdapterError} `malformed` */
export function pageOf(answer: HttpAnswer, host: string, token: string): WirePage {
  if (answer.status === 204) return emptyPage;
  if (answer.truncated) {
    const problem =
      `is longer than ${bodyBytesMax / 1024 / 1024} MB, or comes in pieces too small for ` +
      'any use';
    throw malformed({ answer, host, problem, token, Kind: AnswerTooLongError });
  }
  try {
    return parsePage(answer.body);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw malformed({ answer, host, problem: error.message, token });
  }
}

interface Malformed {
  readonly answer: HttpAnswer;
  readonly host: string;
  readonly problem: string;
  readonly token: string;
  readonly Kind?: typeof AdapterError;
}

function malformed({ answer, host, problem, token, Kind = AdapterError }: Malformed): AdapterError {
  const { status, body } = answer;
  // What looks like JSON may hold events, and events hold names of people, which do not belong in a
  // log.
  const isHarmless = !/^\s*[[{"]/.test(body);
  return new Kind(
    'retry',
    'malformed',
    `${host} answered ${status}, but the answer ${problem}. Nothing of it was used, and it is ` +
      'read again. Check DEEPINSTINCT_URL and what stands between (proxy, portal).',
    { status, ...(isHarmless && { answer: answerText(answer, [token]) }) },
  );
}

/**
 * Known items beside new ones do no harm. A page with nothing beyond `after` is not the one that
 * was asked for.
 */
export function assertHeeded({ firstId, newestId }: WirePage, after: number, host: string): void {
  if (newestId !== undefined && newestId <= after) {
    throw new AdapterError(
      'retry',
      'malformed',
      `${host}: the server ignored after_event_id: asked for what follows ${after}, it gave ` +
        `events ${firstId} to ${newestId} and nothing beyond. Reading on would give the same page for ` +
        'ever, so nothing new is seen until this is mended. Its release may use another ' +
        'parameter, or a proxy removes the query.',
    );
  }
}

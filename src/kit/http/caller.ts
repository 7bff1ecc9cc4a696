// Calls of a product that answers in JSON: one place where an answer becomes what it promises, or
// the error that says what is wrong.
import type { z } from 'zod';
import type { AdapterContext } from '../adapter.ts';
import type { AdapterError } from '../errors.ts';
import { parsedJson } from '../parsed-json.ts';
import { type Quota, quotaOf } from '../quota.ts';
import type { HttpAnswer, HttpRequest } from './messages.ts';
import { failureOf, strangersAnswer } from './status.ts';

export interface CallerOptions<Schema extends z.ZodType> {
  /** As people know it. */
  readonly product: string;
  /** Lower-case names; `content-type` is there already. */
  readonly headers?: Readonly<Record<string, string>>;
  /** To be masked in what is kept of an answer. */
  readonly secrets: readonly string[];
  /** The body of an answer that accepts. What does not fit comes from a proxy or a login page. */
  readonly accepts: Schema;
  /** What an answer means where the product differs from HTTP; absent: nothing special. */
  refusal?(answer: HttpAnswer, host: string): AdapterError | undefined;
}

export interface Call extends Pick<HttpRequest, 'url' | 'signal' | 'headers'> {
  /** Default POST. */
  readonly method?: HttpRequest['method'];
  /** Sent as JSON; absent: none. */
  readonly body?: unknown;
}

export interface Called<Value> {
  readonly value: Value;
  readonly quota: Quota | undefined;
}

/** @returns a function that calls once. It throws {@link AdapterError} */
export function createCaller<Schema extends z.ZodType>(
  { http, now }: Pick<AdapterContext, 'http' | 'now'>,
  { product, headers, secrets, accepts, refusal }: CallerOptions<Schema>,
): (call: Call) => Promise<Called<z.output<Schema>>> {
  const usual = { 'content-type': 'application/json', ...headers };
  return async ({ method = 'POST', url, body, headers: more, signal }) => {
    const answer = await http.request({
      method,
      url,
      headers: more === undefined ? usual : { ...usual, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const { host } = new URL(url);
    const failure = refusal?.(answer, host) ?? failureOf(answer, host, secrets, now());
    if (failure !== undefined) throw failure;
    const read = accepts.safeParse(jsonOf(answer));
    if (!read.success) throw strangersAnswer(answer, host, product, secrets);
    return { value: read.data, quota: quotaOf(answer.headers, now()) };
  };
}

/** Undefined for what is no JSON, or is cut. */
export function jsonOf({ body, truncated }: HttpAnswer): unknown {
  return truncated ? undefined : parsedJson(body);
}

// What the tests of the HTTP client share: a client that ends with the test, a request to an address
// that holds secrets, and the error of one that fails.
import { inspect } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
} from '../../../src/kit/http/index.ts';

const never = new AbortController().signal;
export const secretPath = '/hooks/abcdefghijklmnopqrstuvwxyz?sig=verysecretsignature';

/** Must be called within a test. */
export function client(options?: HttpClientOptions): HttpClient {
  const http = createHttpClient(options);
  onTestFinished(() => http.close());
  return http;
}

export function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, body: '{"text":"hello"}', signal: never, ...more };
}

/** The error that `promise` rejects with; nothing of {@link secretPath} may be in it. */
export async function failure(promise: Promise<unknown>): Promise<AdapterError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AdapterError);
  expect(inspect(error, { depth: 9 })).not.toMatch(/abcdefghij|verysecret/);
  return error as AdapterError;
}

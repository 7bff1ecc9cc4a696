// Lets libraries call an identity provider by our client, which knows the proxies and bounds what
// an answer may cost.
import type { HttpClient } from '../../kit/http/index.ts';

const timeoutMs = 5000;
const bodyBytesMax = 500_000;

/** What libraries need of `fetch`. */
export type Fetch = (
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Headers | Record<string, string>;
    readonly body?: unknown;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Response>;

/** @throws {AdapterError} as the client does; {Error} for an answer that is too long */
export function fetchBy(http: HttpClient): Fetch {
  return async (url, { method = 'GET', headers = {}, body, signal }) => {
    const answer = await http.request({
      method: method === 'POST' ? 'POST' : 'GET',
      url,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body !== undefined && body !== null && { body: String(body) }),
      signal: signal ?? AbortSignal.timeout(timeoutMs),
      timeoutMs,
      bodyBytesMax,
    });
    if (answer.truncated) throw new Error('the answer of the identity provider is too long');
    const isEmpty = answer.body === '' || answer.status === 204 || answer.status === 304;
    return new Response(isEmpty ? null : answer.body, {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

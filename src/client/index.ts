// A typed client of the API, for programs and browsers. It loads nothing of the service: the types
// come from the table of operations, and nothing else does.
import type { Input, OperationName, Output } from './operations.ts';
import { operationRoutes } from './operations.ts';
import { ProblemError } from './problem.ts';

export type { Input, OperationName, Output } from './operations.ts';
export { ProblemError } from './problem.ts';

export interface ClientOptions {
  /** Of the service: `https://tocsin.example.com`. */
  readonly url: string;
  /** A bearer token; absent: whatever `fetch` sends, such as the cookie of a browser. */
  readonly token?: string;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /**
   * An act that is sent again with its key within a day happens once. Absent: an act gets a new
   * key, which does not help a caller that sends it again.
   */
  readonly key?: string;
}

/** The operations whose answer is a page of a list. */
export type ListName = {
  [Name in OperationName]: Output<Name> extends { readonly items: readonly unknown[] }
    ? Input<Name> extends { readonly cursor?: string | undefined }
      ? Name
      : never
    : never;
}[OperationName];

export type Item<Name extends ListName> =
  Output<Name> extends { readonly items: readonly (infer One)[] } ? One : never;

export class Client {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor({ url, token, fetch: ask = fetch }: ClientOptions) {
    this.#url = `${url.replace(/\/+$/, '')}/api/v1`;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#fetch = ask;
  }

  /**
   * Asks for one operation.
   * @throws {ProblemError} the service refused it, or could not do it
   * @throws the error of `fetch`: nobody answered
   */
  async call<Name extends OperationName>(
    name: Name,
    input: Input<Name>,
    { signal, key }: CallOptions = {},
  ): Promise<Output<Name>> {
    const { method, address, body } = requestOf(operationRoutes[name], input as object);
    const answer = await this.#fetch.call(undefined, `${this.#url}${address}`, {
      method,
      headers: {
        ...this.#headers,
        ...(method === 'POST' && { 'idempotency-key': key ?? crypto.randomUUID() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    });
    if (!answer.ok) throw await ProblemError.of(answer);
    return (await answer.json()) as Output<Name>;
  }

  /** Each item of a list, page by page, for as long as the caller takes them. */
  async *items<Name extends ListName>(
    name: Name,
    input: Input<Name>,
    options: Pick<CallOptions, 'signal'> = {},
  ): AsyncGenerator<Item<Name>, void, undefined> {
    let cursor: string | null | undefined;
    do {
      const asked = cursor === undefined ? input : Object.assign({}, input, { cursor });
      const page = (await this.call(name, asked, options)) as {
        readonly items: readonly Item<Name>[];
        readonly next: string | null;
      };
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null);
  }
}

interface Request {
  readonly method: string;
  /** Path and query. */
  readonly address: string;
  readonly body: string | undefined;
}

function requestOf(route: string, input: object): Request {
  const [method = 'GET', path = ''] = route.split(' ');
  const left = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = encodeURIComponent(String(left.get(field)));
    left.delete(field);
    return value;
  });
  if (method === 'POST')
    return { method, address: filled, body: JSON.stringify(Object.fromEntries(left)) };
  const query = new URLSearchParams();
  for (const [field, value] of left)
    for (const one of Array.isArray(value) ? value : [value]) query.append(field, String(one));
  return { method, address: query.size === 0 ? filled : `${filled}?${query}`, body: undefined };
}

// Calls the REST API of a Mattermost server with the token of a bot. One request a call; it decides
// nothing.
import type { HttpAnswer, HttpClient } from '../../../kit/http/index.ts';

/** Posts of a channel: a hundred of the largest cards. */
const listBytesMax = 4 * 1024 * 1024;

export interface ApiOptions {
  readonly http: HttpClient;
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

export class MattermostApi {
  readonly #options: ApiOptions;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#headers = {
      authorization: `Bearer ${options.token}`,
      'content-type': 'application/json',
    };
  }

  /** @param path behind `/api/v4` */
  get(path: string, signal: AbortSignal): Promise<HttpAnswer> {
    const request = { method: 'GET', url: this.#urlOf(path), headers: this.#headers } as const;
    return this.#options.http.request({ ...request, bodyBytesMax: listBytesMax, signal });
  }

  /** @param path behind `/api/v4` */
  send(
    call: `${'POST' | 'PUT'} ${string}`,
    body: object,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const [method, path] = call.split(' ') as ['POST' | 'PUT', string];
    const request = { method, url: this.#urlOf(path), headers: this.#headers };
    return this.#options.http.request({ ...request, body: JSON.stringify(body), signal });
  }

  #urlOf(path: string): string {
    return `${this.#options.url}/api/v4${path}`;
  }
}

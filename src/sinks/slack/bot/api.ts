// Calls methods of Slack's Web API with the token of a bot. One request a call; it decides nothing.
import type { HttpAnswer, HttpClient } from '../../../kit/http/index.ts';

/** Messages of a channel: a hundred of the largest cards. */
const listBytesMax = 4 * 1024 * 1024;

export interface ApiOptions {
  readonly http: HttpClient;
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

export class SlackApi {
  readonly #options: ApiOptions;
  readonly #authorization: string;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#authorization = `Bearer ${options.token}`;
  }

  /** @param method such as `conversations.info` */
  get(
    method: string,
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    return this.#options.http.request({
      method: 'GET',
      url: `${this.#urlOf(method)}?${new URLSearchParams(parameters)}`,
      headers: { authorization: this.#authorization },
      bodyBytesMax: listBytesMax,
      signal,
    });
  }

  /** @param method such as `chat.postMessage` */
  post(method: string, body: object, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#options.http.request({
      method: 'POST',
      url: this.#urlOf(method),
      headers: {
        authorization: this.#authorization,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify(body),
      signal,
    });
  }

  #urlOf(method: string): string {
    return `${this.#options.url}/api/${method}`;
  }
}

// Finds posts of the bot by the marks in their props: the server recognises a repetition for half a
// minute only.
import { z } from 'zod';
import type { HttpAnswer } from '../../../kit/http/index.ts';
import { type Far, readJson, refusalOf, type WirePost, wirePost } from './answers.ts';
import type { MattermostApi } from './api.ts';
import type { Channels } from './channels.ts';

const list = z.looseObject({ order: z.array(z.string()), posts: z.record(z.string(), wirePost) });

const pageSize = 100;
const pagesMax = 3;

export class OwnPosts {
  readonly #api: MattermostApi;
  readonly #channels: Channels;
  readonly #far: Far;

  constructor(api: MattermostApi, channels: Channels, far: Far) {
    this.#api = api;
    this.#channels = channels;
    this.#far = far;
  }

  /**
   * The reply below a post that has this mark; undefined if there is none.
   * @throws {AdapterError} the thread could not be read
   */
  async reply(
    rootId: string,
    [key, value]: readonly ['delivery_id' | 'details_of', string],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const answer = await this.#api.get(`/posts/${rootId}/thread`, signal);
    const posts = await this.#ownOf(answer, signal);
    return posts.find((post) => post.id !== rootId && marksOf(post)?.[key] === value)?.id;
  }

  /**
   * Cards by the id of their delivery, newest first, back to `sinceMs`.
   * @throws {AdapterError} the channel could not be read
   */
  async cards(
    channelId: string,
    sinceMs: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let page = 0; page < pagesMax; page += 1) {
      const path = `/channels/${channelId}/posts?page=${page}&per_page=${pageSize}`;
      const answer = await this.#api.get(path, signal);
      const own = await this.#ownOf(answer, signal);
      for (const post of own) {
        const id = marksOf(post)?.delivery_id;
        if (typeof id === 'string' && !post.root_id) found.set(id, post.id);
      }
      const all = readJson(list, answer.body);
      const oldest = all?.posts[all.order.at(-1) ?? '']?.create_at ?? 0;
      if (all === undefined || all.order.length < pageSize || oldest < sinceMs) break;
    }
    return found;
  }

  /** Anybody can write our marks into a post; only the bot's own count. */
  async #ownOf(answer: HttpAnswer, signal: AbortSignal): Promise<WirePost[]> {
    if (answer.status !== 200) throw refusalOf(answer, this.#far);
    const { id } = await this.#channels.me(signal);
    const posts = Object.values(readJson(list, answer.body)?.posts ?? {});
    return posts.filter((post) => post.user_id === id && (post.delete_at ?? 0) === 0);
  }
}

function marksOf({ props }: WirePost): Readonly<Record<string, unknown>> | undefined {
  return (props?.tocsin ?? undefined) as Readonly<Record<string, unknown>> | undefined;
}

// Whether the bot posted a message already, without having recorded it: the server recognises a
// repetition for half a minute only. It looks where a process may have died, and nowhere else.
import { z } from 'zod';
import type { HttpAnswer } from '../../../kit/http/index.ts';
import type { Message } from '../../../kit/sink.ts';
import { type Far, readJson, refusalOf, type WirePost, wirePost } from './answers.ts';
import type { MattermostApi } from './api.ts';
import type { Channels } from './channels.ts';

const list = z.looseObject({ order: z.array(z.string()), posts: z.record(z.string(), wirePost) });

const pageSize = 100;
const pagesMax = 3;
/** Between the clocks of the database and of the server. */
const skewMs = 60_000;
/**
 * An event is sent at once. One that was stored longer ago may have been sent by a process that
 * died, or by another replica.
 */
const freshMs = 5_000;
/** Only the holder of a sink's role sends, and a lost role is taken after 20 s: less is no gap. */
const gapMs = 15_000;

export interface Searched {
  readonly channelId: string;
  readonly deliveryId: string;
  readonly message: Message;
  readonly signal: AbortSignal;
}

export class OwnPosts {
  readonly #api: MattermostApi;
  readonly #channels: Channels;
  readonly #far: Far;
  /** What the last search of each channel found, by the id of the delivery. */
  readonly #found = new Map<string, ReadonlyMap<string, string>>();
  /** Cards whose details could not be posted, likewise. */
  readonly #incomplete = new Map<string, string>();
  /** Ids of channels and posts below which nobody else can have posted since the last search. */
  readonly #searched = new Set<string>();
  #activeAtMs = Number.NEGATIVE_INFINITY;

  constructor(api: MattermostApi, channels: Channels, far: Far) {
    this.#api = api;
    this.#channels = channels;
    this.#far = far;
  }

  /** This process posted just now, so it holds the role of the sink. */
  active(): void {
    this.#activeAtMs = this.#far.now();
  }

  /** Of a card whose details are still to be posted. */
  remember(deliveryId: string, postId: string): void {
    this.#incomplete.set(deliveryId, postId);
  }

  forget(deliveryId: string): void {
    this.#incomplete.delete(deliveryId);
  }

  /**
   * The card of a delivery; undefined if there is none.
   * @throws {AdapterError} the channel could not be searched
   */
  async card(searched: Searched): Promise<string | undefined> {
    const { channelId, deliveryId, message } = searched;
    const incomplete = this.#incomplete.get(deliveryId);
    if (incomplete !== undefined) return incomplete;
    if (this.#isDoubtful(message, channelId)) {
      this.#found.set(channelId, await this.#search(searched));
      this.#searched.add(channelId);
      this.active();
    }
    return this.#found.get(channelId)?.get(deliveryId);
  }

  /** Whether a reply below this post may be there already. */
  isReplyDoubtful(message: Message, rootId: string): boolean {
    return this.#isDoubtful(message, rootId);
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

  #isDoubtful({ mayBeRepeated, event }: Message, place: string): boolean {
    if (mayBeRepeated === true) return true;
    const nowMs = this.#far.now();
    if (nowMs - this.#activeAtMs > gapMs) this.#searched.clear();
    return nowMs - Date.parse(event.receivedAt) > freshMs && !this.#searched.has(place);
  }

  /** Newest first, back to when the event was stored. */
  async #search({ channelId, message, signal }: Searched): Promise<ReadonlyMap<string, string>> {
    const sinceMs = Date.parse(message.event.receivedAt) - skewMs;
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

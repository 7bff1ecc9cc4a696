// Counts and keeps what happened on the simulated Mattermost: posts, deliveries, requests. Decides
// nothing.
import { randomBytes } from 'node:crypto';
import type { Post, PostDraft } from './post.ts';

export interface MattermostRequest {
  readonly atMs: number;
  /** 0 if the connection was left without an answer. */
  readonly status: number;
  /** `PUT /api/v4/posts/…/patch`; absent for a hook. */
  readonly call?: string;
  readonly deliveryId?: string;
}

export interface MattermostRequests {
  /** All requests to hooks and to the API, whatever the answer. */
  total: number;
  /** Posts that were made. */
  posts: number;
  /** How often each status was answered; 0: no answer. */
  readonly statuses: Record<number, number>;
  /** The newest 10,000. */
  readonly log: MattermostRequest[];
}

const requestsMax = 10_000;

export class Ledger {
  readonly posts: Post[] = [];
  readonly deliveries = new Map<string, number>();
  readonly requests: MattermostRequests = { total: 0, posts: 0, statuses: {}, log: [] };
  readonly listeners = new Set<(post: Post) => void>();
  readonly changeListeners = new Set<(post: Post) => void>();
  readonly #postsKept: number;
  /** Where a post stands in `posts`, counted from the first that there ever was. */
  readonly #places = new Map<string, number>();
  #dropped = 0;

  constructor(postsKept: number) {
    this.#postsKept = postsKept;
  }

  get onlyCounts(): boolean {
    return this.#postsKept === 0;
  }

  note(status: number, deliveryId?: string, call?: string): void {
    const { requests } = this;
    requests.total += 1;
    requests.statuses[status] = (requests.statuses[status] ?? 0) + 1;
    requests.log.push({
      atMs: Date.now(),
      status,
      ...(deliveryId === undefined ? {} : { deliveryId }),
      ...(call === undefined ? {} : { call }),
    });
    if (requests.log.length > requestsMax) requests.log.splice(0, requestsMax >> 1);
  }

  /** A message that led to `postCount` posts. */
  count(deliveryId: string | undefined, postCount = 1): void {
    this.requests.posts += postCount;
    if (deliveryId !== undefined)
      this.deliveries.set(deliveryId, (this.deliveries.get(deliveryId) ?? 0) + 1);
  }

  /** @param more what all of these posts have besides */
  keep(drafts: readonly PostDraft[], channel: string, more: Partial<Post> = {}): Post[] {
    const before = this.requests.posts;
    this.count(drafts[0]?.deliveryId, drafts.length);
    return drafts.map((draft, index) => {
      const [sequence, id] = [before + index + 1, newId()];
      const post: Post = { ...draft, ...more, sequence, id, atMs: Date.now(), channel };
      this.#places.set(id, this.#dropped + this.posts.length);
      this.posts.push(post);
      if (this.posts.length > this.#postsKept) this.#drop();
      for (const listener of this.listeners) listener(post);
      return post;
    });
  }

  #drop(): void {
    const dropped = this.posts.shift();
    if (dropped === undefined) return;
    this.#places.delete(dropped.id);
    this.#dropped += 1;
  }

  /** A deleted one too. */
  post(id: string): Post | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : this.posts[place - this.#dropped];
  }

  /** Replaces what `changes` says. @returns undefined if there is no such post */
  change(id: string, changes: Partial<Post>): Post | undefined {
    const before = this.post(id);
    if (before === undefined) return undefined;
    const post = { ...before, ...changes, updatedAtMs: Date.now() };
    this.posts[this.#places.get(id)! - this.#dropped] = post;
    for (const listener of this.changeListeners) listener(post);
    return post;
  }

  /** Replaces text and props; the same again is no edit. */
  edit(id: string, draft: PostDraft): Post | undefined {
    const before = this.post(id);
    if (before === undefined) return undefined;
    const isSame = JSON.stringify(saidOf(before)) === JSON.stringify(saidOf(draft));
    if (isSame) return this.change(id, {});
    // Whom it notified was decided when it was posted.
    const { mentions } = before;
    const edits = (before.edits ?? 0) + 1;
    return this.change(id, { ...draft, mentions, edits, editedAtMs: Date.now() });
  }

  repliesTo(rootId: string): Post[] {
    return this.posts.filter((post) => post.rootId === rootId && post.isDeleted !== true);
  }
}

function saidOf({ text, attachments, props }: PostDraft): unknown[] {
  return [text, attachments, props];
}

const idAlphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** 26 characters, like all ids of the server. */
export function newId(): string {
  return Array.from(randomBytes(26), (byte) => idAlphabet[byte & 31]).join('');
}

/**
 * Finds the delivery id without parsing, so that it works for refused bodies too; undefined if
 * there is none.
 */
export function deliveryIdIn(body: string): string | undefined {
  return /"delivery_id"\s*:\s*"([^"\\]{1,200})"/.exec(body)?.[1];
}

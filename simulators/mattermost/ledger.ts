// Counts and keeps what happened on the simulated Mattermost: posts, deliveries, requests. Decides
// nothing.
import { randomBytes } from 'node:crypto';
import type { Post, PostDraft } from './post.ts';

export interface MattermostRequest {
  readonly atMs: number;
  /** 0 if the connection was left without an answer. */
  readonly status: number;
  readonly deliveryId?: string;
}

export interface MattermostRequests {
  /** All requests to hooks, whatever the answer. */
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
  readonly #postsKept: number;

  constructor(postsKept: number) {
    this.#postsKept = postsKept;
  }

  get onlyCounts(): boolean {
    return this.#postsKept === 0;
  }

  note(status: number, deliveryId?: string): void {
    const { requests } = this;
    requests.total += 1;
    requests.statuses[status] = (requests.statuses[status] ?? 0) + 1;
    requests.log.push({
      atMs: Date.now(),
      status,
      ...(deliveryId === undefined ? {} : { deliveryId }),
    });
    if (requests.log.length > requestsMax) requests.log.splice(0, requestsMax >> 1);
  }

  /** A message that led to `postCount` posts. */
  count(deliveryId: string | undefined, postCount = 1): void {
    this.requests.posts += postCount;
    if (deliveryId !== undefined)
      this.deliveries.set(deliveryId, (this.deliveries.get(deliveryId) ?? 0) + 1);
  }

  keep(drafts: readonly PostDraft[], channel: string): void {
    const before = this.requests.posts;
    this.count(drafts[0]?.deliveryId, drafts.length);
    for (const [index, draft] of drafts.entries()) {
      const post: Post = {
        ...draft,
        sequence: before + index + 1,
        id: newId(),
        atMs: Date.now(),
        channel,
      };
      this.posts.push(post);
      if (this.posts.length > this.#postsKept) this.posts.shift();
      for (const listener of this.listeners) listener(post);
    }
  }
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

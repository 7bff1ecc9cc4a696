// A simulated Mattermost on loopback: incoming webhooks with the answers, checks and limits of the
// real server, and faults on demand. `tocsin demo` and the tests use it; it calls nothing.
import { createFaultQueue } from '../fault-queue.ts';
import { listenOnLoopback } from '../loopback.ts';
import { Ledger, type MattermostRequests, newId } from './ledger.ts';
import type { Post } from './post.ts';
import { createRateLimiter, type RateLimit } from './rate-limiter.ts';
import { answerRequest, type MattermostFault, type MattermostWorld } from './serve.ts';

export type { MattermostRequest, MattermostRequests } from './ledger.ts';
export type { Post } from './post.ts';
export type { MattermostFault } from './serve.ts';

export interface MattermostOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** The first hook's own channel; default `security-alerts`. */
  readonly channel?: string;
  /** The first hook may post into its own channel only. */
  readonly isLocked?: boolean;
  /** Further channels, by name; default `town-square`. */
  readonly channels?: readonly string[];
  /** Channels of which the hooks' owner is no member. */
  readonly privateChannels?: readonly string[];
  /** Users whom a post to `@name` finds; default nobody. The channel of such a post is `@name`. */
  readonly users?: readonly string[];
  /** Default true, as without a licence; false: a post with a priority is refused with 500. */
  readonly takesPriority?: boolean;
  /**
   * How many posts are kept; default all. 0: messages are only counted, and their bodies are not
   * parsed.
   */
  readonly postsKept?: number;
  /** Default `off`, as on a new server; its numbers would be 10 a second and a burst of 100. */
  readonly rateLimit?: RateLimit | 'off';
  /** Default 300,000, as on a new server, which accepts 512 more. */
  readonly bodyBytesMax?: number;
  /** The answer to a longer body; some versions answer 400. */
  readonly tooLargeStatus?: 413 | 400;
}

export interface Mattermost {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Of the first hook. */
  readonly hookUrl: string;
  /** Oldest first; see `postsKept`. */
  readonly posts: readonly Post[];
  /** How many accepted messages carried each delivery id; 2 is a duplicate. */
  readonly deliveries: ReadonlyMap<string, number>;
  readonly requests: MattermostRequests;
  readonly channels: readonly string[];
  /** Adds a hook, and its channel if there is none. @returns the hook's URL */
  addHook(channel: string, options?: { readonly isLocked?: boolean }): string;
  /** Archives a channel and deletes its hooks. */
  archive(channel: string): void;
  /**
   * Shows the fault to the next `times` requests (default 1; `Infinity`: until `heal`) whose body
   * `when` accepts. Several faults queue up.
   */
  fail(fault: MattermostFault, times?: number, when?: (body: string) => boolean): void;
  heal(): void;
  /** Calls `listener` after each post, but not with `postsKept: 0`. @returns how to stop it */
  onPost(listener: (post: Post) => void): () => void;
  close(): Promise<void>;
}

export async function startMattermost(options: MattermostOptions = {}): Promise<Mattermost> {
  const { channel = 'security-alerts', rateLimit = 'off' } = options;
  const ledger = new Ledger(options.postsKept ?? Number.POSITIVE_INFINITY);
  const world: MattermostWorld = {
    hooks: new Map(),
    channels: new Map(),
    users: new Set(options.users),
    takesPriority: options.takesPriority ?? true,
    faults: createFaultQueue(),
    ledger,
    limit: rateLimit === 'off' ? undefined : createRateLimiter(rateLimit),
    bodyBytesMax: options.bodyBytesMax ?? 300_000,
    tooLargeStatus: options.tooLargeStatus ?? 413,
  };
  const { hooks, channels } = world;
  const addChannel = (name: string, isPrivate: boolean) => channels.set(name, { name, isPrivate });
  addChannel(channel, false);
  for (const name of options.channels ?? ['town-square']) addChannel(name, false);
  for (const name of options.privateChannels ?? []) addChannel(name, true);

  const server = await listenOnLoopback(options.port ?? 0, (request, response) =>
    answerRequest(world, request, response),
  );
  const addHook = (name: string, isLocked = false): string => {
    const id = newId();
    hooks.set(id, { id, channel: name, isLocked });
    if (!channels.has(name)) addChannel(name, false);
    return `${server.address}/hooks/${id}`;
  };
  return {
    url: server.address,
    hookUrl: addHook(channel, options.isLocked),
    posts: ledger.posts,
    deliveries: ledger.deliveries,
    requests: ledger.requests,
    get channels() {
      return [...channels.keys()];
    },
    addHook: (name, wanted) => addHook(name, wanted?.isLocked),
    archive(name) {
      channels.delete(name);
      for (const hook of [...hooks.values()]) if (hook.channel === name) hooks.delete(hook.id);
    },
    fail: (fault, times, when) => world.faults.add(fault, times, when),
    heal: () => world.faults.clear(),
    onPost(listener) {
      ledger.listeners.add(listener);
      return () => ledger.listeners.delete(listener);
    },
    close: () => server.close(),
  };
}

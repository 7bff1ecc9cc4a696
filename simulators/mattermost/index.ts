// A simulated Mattermost on loopback: incoming webhooks and the REST API with the answers, checks
// and limits of the real server, and faults on demand. `tocsin demo` and the tests use it; it calls
// nothing but the buttons and commands that it was given, on loopback. What differs: api.ts.
import { createFaultQueue, type FaultFilter } from '../fault-queue.ts';
import { listenOnLoopback } from '../loopback.ts';
import { answerApi } from './api.ts';
import { defaultSettings } from './api-setup.ts';
import type { Ephemeral, ServerSettings, SlashCommand } from './api-world.ts';
import { type Account, Directory, type NewAccount, type User } from './directory.ts';
import { Ledger, type MattermostRequests, newId } from './ledger.ts';
import type { Post } from './post.ts';
import { createRateLimiter, type RateLimit } from './rate-limiter.ts';
import { answerRequest, type MattermostFault, type MattermostWorld } from './serve.ts';

export type { Ephemeral } from './api-world.ts';
export type { Account, NewAccount } from './directory.ts';
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
  /** Default true, as without a licence; false: a post with a priority is refused. */
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
  /** How long a `pending_post_id` is remembered; default 30,000. */
  readonly pendingMs?: number;
  /** Default: those of a new server, on which bots may be made. */
  readonly settings?: Partial<ServerSettings>;
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
  /** Takes a channel out of the archive; its hooks stay deleted. */
  restore(channel: string): void;
  /** A bot with its token. */
  addBot(username: string, more?: NewAccount): Account;
  addUser(username: string, more?: NewAccount): Account;
  revoke(token: string): void;
  /** Takes a user or bot out of a channel. */
  removeMember(channel: string, userId: string): void;
  addCommand(trigger: string, url: string): SlashCommand;
  /**
   * Presses a button as a user does, without HTTP to this server.
   * @returns the status that the user's client gets
   */
  press(postId: string, actionId: string, by: Account, selected?: string): Promise<number>;
  /** Types a command as a user does. @returns status and what the user sees */
  type(
    command: string,
    channel: string,
    by: Account,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** What was shown to one user alone, oldest first. */
  readonly ephemerals: readonly Ephemeral[];
  readonly team: { readonly id: string; readonly name: string };
  /** May be changed while it runs. */
  readonly settings: ServerSettings;
  /** By trigger. */
  readonly commands: ReadonlyMap<string, SlashCommand>;
  /** Undefined: there is no such account. */
  accountNamed(username: string): User | undefined;
  setDisabled(userId: string, isDisabled: boolean): void;
  isMember(channel: string, userId: string): boolean;
  channelId(name: string): string;
  /**
   * Shows the fault to the next `times` requests (default 1; `Infinity`: until `heal`) that `when`
   * accepts by their body and call (`PUT /api/v4/…`; of a hook ""). Several faults queue up.
   */
  fail(fault: MattermostFault, times?: number, when?: FaultFilter): void;
  heal(): void;
  /** Calls `listener` after each post, but not with `postsKept: 0`. @returns how to stop it */
  onPost(listener: (post: Post) => void): () => void;
  /** The same after each change of a post. */
  onChange(listener: (post: Post) => void): () => void;
  close(): Promise<void>;
}

export async function startMattermost(options: MattermostOptions = {}): Promise<Mattermost> {
  const { channel = 'security-alerts', rateLimit = 'off' } = options;
  const ledger = new Ledger(options.postsKept ?? Number.POSITIVE_INFINITY);
  const directory = new Directory();
  const world: MattermostWorld = {
    ...{ directory, ledger, commands: new Map(), ephemerals: [], pending: new Map() },
    settings: { ...defaultSettings(), ...options.settings },
    pendingMs: options.pendingMs ?? 30_000,
    hooks: new Map(),
    users: new Set(options.users),
    takesPriority: options.takesPriority ?? true,
    faults: createFaultQueue(),
    limit: rateLimit === 'off' ? undefined : createRateLimiter(rateLimit),
    bodyBytesMax: options.bodyBytesMax ?? 300_000,
    tooLargeStatus: options.tooLargeStatus ?? 413,
  };
  directory.addChannel(channel);
  for (const name of options.channels ?? ['town-square']) directory.addChannel(name);
  for (const name of options.privateChannels ?? []) directory.addChannel(name, true);

  const server = await listenOnLoopback(options.port ?? 0, (request, response) =>
    answerRequest(world, request, response),
  );
  const addHook = addHookTo(world, server.address);
  return {
    url: server.address,
    hookUrl: addHook(channel, { isLocked: options.isLocked ?? false }),
    posts: ledger.posts,
    deliveries: ledger.deliveries,
    requests: ledger.requests,
    get channels() {
      return directory.channelNames();
    },
    addHook,
    ...peopleOf(world),
    fail: (fault, times, when) => world.faults.add(fault, times, when),
    heal: () => world.faults.clear(),
    onPost: listening(ledger.listeners),
    onChange: listening(ledger.changeListeners),
    close: () => server.close(),
  };
}

function addHookTo({ hooks, directory }: MattermostWorld, address: string): Mattermost['addHook'] {
  return (name, { isLocked = false } = {}) => {
    const id = newId();
    hooks.set(id, { id, channel: name, isLocked });
    if (directory.channelNamed(name) === undefined) directory.addChannel(name);
    return `${address}/hooks/${id}`;
  };
}

function listening(listeners: Set<(post: Post) => void>): Mattermost['onPost'] {
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

type People = Pick<
  Mattermost,
  | 'archive'
  | 'restore'
  | 'addBot'
  | 'addUser'
  | 'revoke'
  | 'removeMember'
  | 'addCommand'
  | 'press'
  | 'type'
  | 'ephemerals'
  | 'team'
  | 'settings'
  | 'commands'
  | 'accountNamed'
  | 'setDisabled'
  | 'isMember'
  | 'channelId'
>;

function peopleOf(world: MattermostWorld): People {
  const { directory, hooks, commands, ephemerals } = world;
  const post = (target: string, { token }: Account, body: object) => {
    const request = { method: 'POST', target, authorization: `Bearer ${token}` };
    return answerApi(world, { ...request, body: JSON.stringify(body) });
  };
  return {
    archive(name) {
      directory.setArchived(name, true);
      for (const hook of [...hooks.values()]) if (hook.channel === name) hooks.delete(hook.id);
    },
    restore: (name) => directory.setArchived(name, false),
    addBot: (username, more) => directory.addAccount(username, { ...more, isBot: true }),
    addUser: (username, more) => directory.addAccount(username, more),
    revoke: (token) => directory.revoke(token),
    removeMember: (name, userId) => void directory.channelNamed(name)?.members.delete(userId),
    addCommand(trigger, url) {
      const command = { id: newId(), token: newId(), trigger, url };
      commands.set(trigger, command);
      return command;
    },
    async press(postId, actionId, by, selected) {
      const body = selected === undefined ? {} : { selected_option: selected };
      return (await post(`/posts/${postId}/actions/${actionId}`, by, body)).status;
    },
    type: (command, channel, by) =>
      post('/commands/execute', by, { channel_id: directory.channelNamed(channel)?.id, command }),
    ...{ ephemerals, team: directory.team, settings: world.settings, commands },
    accountNamed: (name) => directory.userNamed(name),
    setDisabled: (userId, isDisabled) => directory.setDisabled(userId, isDisabled),
    isMember(name, userId) {
      const channel = directory.channelNamed(name);
      return channel !== undefined && directory.isMember(userId, channel);
    },
    channelId: (name) => directory.channelNamed(name)?.id ?? '',
  };
}

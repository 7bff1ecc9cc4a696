// A simulated Slack on loopback: the methods of its Web API that a bot needs, with Slack's answers,
// checks and limits, and faults on demand. It calls nothing. What differs: api.ts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFaultQueue, type FaultFilter, type FaultQueue } from '../fault-queue.ts';
import { end, type HttpFault, showFault } from '../http-fault.ts';
import { listenOnLoopback, readBody } from '../loopback.ts';
import { methods, SlackRefusal } from './api.ts';
import { type SlackBot, type SlackMessage, SlackWorkspace } from './workspace.ts';

export type { SlackBot, SlackMessage } from './workspace.ts';

/** `error`: Slack's code, and nothing is done. `errorAfter`: the same, and yet it is done. */
export type SlackFault = HttpFault | { readonly error: string } | { readonly errorAfter: string };

export interface SlackOptions {
  /** Public ones, by name; default `soc-alerts`. */
  readonly channels?: readonly string[];
  readonly privateChannels?: readonly string[];
}

export interface NewSlackBot {
  /** Names of the channels that it is in; default none. */
  readonly channels?: readonly string[];
  /** Default: all that a bot can use here. */
  readonly scopes?: readonly string[];
}

export interface Slack {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Oldest first, without those that were deleted. */
  readonly messages: readonly SlackMessage[];
  /** `chat.postMessage`, in the order in which they were answered; with its status, 0: none. */
  readonly calls: readonly { readonly method: string; readonly status: number }[];
  addBot(name: string, more?: NewSlackBot): SlackBot;
  channelId(name: string): string;
  revoke(token: string): void;
  archive(channel: string): void;
  removeMember(channel: string, bot: SlackBot): void;
  /** As somebody with the right to delete any message. */
  remove(channel: string, ts: string): void;
  /** From now on nobody may edit what was posted. */
  endEditing(): void;
  /**
   * Shows the fault to the next `times` requests (default 1; `Infinity`: until `heal`) that `when`
   * accepts by their body and call (`POST chat.postMessage`). Several faults queue up.
   */
  fail(fault: SlackFault, times?: number, when?: FaultFilter): void;
  heal(): void;
  close(): Promise<void>;
}

interface World {
  readonly workspace: SlackWorkspace;
  readonly faults: FaultQueue<SlackFault>;
  readonly calls: { readonly method: string; readonly status: number }[];
  isEditingOver: boolean;
}

export const allScopes = [
  ...['chat:write', 'channels:read', 'groups:read', 'channels:history', 'groups:history'],
] as const;

export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const workspace = new SlackWorkspace();
  for (const name of options.channels ?? ['soc-alerts']) workspace.addChannel(name, false);
  for (const name of options.privateChannels ?? []) workspace.addChannel(name, true);
  const world: World = { workspace, faults: createFaultQueue(), calls: [], isEditingOver: false };
  const server = await listenOnLoopback(0, (request, response) => answer(world, request, response));
  const channelNamed = (name: string) => {
    const channel = workspace.channelNamed(name);
    if (channel === undefined) throw new Error(`there is no channel ${name}`);
    return channel;
  };
  return {
    url: server.address,
    get messages() {
      return workspace.messages.filter(({ isDeleted }) => !isDeleted);
    },
    calls: world.calls,
    addBot(name, { channels = [], scopes = allScopes } = {}) {
      const bot = workspace.addBot(name, scopes);
      for (const channel of channels) channelNamed(channel).members.add(bot.botId);
      return bot;
    },
    channelId: (name) => channelNamed(name).id,
    revoke: (token) => void workspace.bots.delete(token),
    archive(name) {
      channelNamed(name).isArchived = true;
    },
    removeMember: (name, bot) => void channelNamed(name).members.delete(bot.botId),
    remove(name, ts) {
      const message = workspace.message(channelNamed(name).id, ts);
      if (message !== undefined) workspace.change(message, { isDeleted: true });
    },
    endEditing() {
      world.isEditingOver = true;
    },
    fail: (fault, times, when) => world.faults.add(fault, times, when),
    heal: () => world.faults.clear(),
    close: () => server.close(),
  };
}

const page = '<!doctype html><html><head><title>Slack</title></head><body>Sign in</body></html>';
const bodyBytesMax = 1_000_000;

async function answer(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = (await readBody(request, bodyBytesMax))?.toString();
  const url = new URL(`http://localhost${request.url ?? '/'}`);
  const method = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1];
  if (method === undefined) return end(response, 404, 'text/html', page);
  const note = (status: number) => void world.calls.push({ method, status });
  const say = (status: number, said: object) => {
    note(status);
    end(response, status, 'application/json; charset=utf-8', JSON.stringify(said));
  };
  if (body === undefined) return say(413, { ok: false, error: 'request_too_large' });
  const fault = world.faults.take(body, `${request.method} ${method}`);
  if (typeof fault === 'object' && 'error' in fault)
    return say(200, { ok: false, error: fault.error });
  if (fault !== undefined && !(typeof fault === 'object' && 'errorAfter' in fault)) {
    const refuse = (status: number) => end(response, status, 'text/html', page);
    if (await showFault(fault, response, { page, note, refuse })) return;
  }
  const asked = { ...Object.fromEntries(url.searchParams), ...parsed(body) };
  const bot = botOf(world, request.headers.authorization);
  if (bot !== undefined) response.setHeader('X-OAuth-Scopes', bot.scopes.join(','));
  const said = answered(world, method, { bot, asked });
  if (fault === 'reset_after' || fault === 'hang_after') {
    note(0);
    if (fault === 'reset_after') response.socket?.resetAndDestroy();
  } else if (typeof fault === 'object' && 'errorAfter' in fault)
    say(200, { ok: false, error: fault.errorAfter });
  else say(200, said);
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function botOf({ workspace }: World, authorization: string | undefined): SlackBot | undefined {
  return workspace.bots.get(/^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '');
}

interface Asked {
  readonly bot: SlackBot | undefined;
  readonly asked: Readonly<Record<string, unknown>>;
}

function answered(world: World, name: string, { bot, asked }: Asked): object {
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new SlackRefusal('unknown_method');
    if (bot === undefined) throw new SlackRefusal('invalid_auth');
    const { workspace, isEditingOver } = world;
    return { ok: true, ...method({ workspace, bot, asked, isEditingOver }) };
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return { ok: false, error: error.message, ...error.more };
  }
}

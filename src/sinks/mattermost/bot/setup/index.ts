// `tocsin mattermost setup`: brings about what the bots of the configuration need at their servers,
// as far as an administrator's token may, and says what is left. Twice changes nothing.
import type { Setup, SetupReport, SetupRequest } from '../../../../kit/setup.ts';
import { MattermostApi } from '../api.ts';
import { type Bot, botOf } from './account.ts';
import { Administrator } from './administrator.ts';
import { registerCommand } from './command.ts';
import { type Ground, type Wish, wishOf } from './ground.ts';
import { makeHook } from './hook.ts';
import { channelOf, type FoundChannel, joinChannel, joinTeam } from './places.ts';
import { lookAtServer } from './server.ts';
import { Steps } from './steps.ts';

export const setup: Setup = { product: 'mattermost', run };

async function run(request: SetupRequest): Promise<SetupReport> {
  const steps = new Steps(request.isRehearsal);
  const wishes = request.sinks.flatMap((sink) => {
    const wish = wishOf(sink);
    if (wish === undefined) {
      const text = `The sink ${sink.id} needs url and channel before anything can be set up for it.`;
      steps.add({ what: 'sink', state: 'todo', text });
    }
    return wish ?? [];
  });
  for (const [url, ofServer] of groupsOf(wishes, (wish) => wish.url))
    await setUp(groundOf(request, url, steps), ofServer, request);
  return { steps: steps.steps, settings: steps.settings };
}

function groundOf(request: SetupRequest, url: string, steps: Steps): Ground {
  const { http, signal, token, account, isNewToken, publicUrl } = request;
  const api = token === undefined ? undefined : new MattermostApi({ http, url, token });
  const admin = new Administrator(api, new URL(url).host, signal);
  return { admin, steps, http, signal, url, account, isNewToken, publicUrl };
}

async function setUp(
  ground: Ground,
  wishes: readonly Wish[],
  { isHookWanted }: SetupRequest,
): Promise<void> {
  await lookAtServer(ground, {
    hasBotToMake: wishes.some(({ token }) => token === undefined),
    hasPeople: wishes.some(({ hasPeople }) => hasPeople),
    isHookWanted,
  });
  const bots = await botsOf(ground, wishes);
  const channels = new Map<string, FoundChannel | undefined>();
  for (const channel of new Set(wishes.flatMap((wish) => wish.channels))) {
    const found = await channelOf(ground, channel);
    channels.set(channel, found);
    if (found !== undefined && isHookWanted) await makeHook(ground, channel, found);
  }
  await join(ground, { wishes, bots, channels });
  await registerCommands(ground, wishes, channels);
}

/** By the sink's id; sinks of one token, or of none, share a bot. */
async function botsOf(ground: Ground, wishes: readonly Wish[]): Promise<Map<string, Bot>> {
  const bots = new Map<string, Bot>();
  for (const ofBot of groupsOf(wishes, ({ token }) => token ?? '').values()) {
    const bot = await botOf(ground, ofBot);
    // What is to be done for a bot that nobody could make is said with the name that it will have.
    for (const { id } of ofBot) bots.set(id, bot ?? { id: undefined, username: ground.account });
  }
  return bots;
}

interface Joining {
  readonly wishes: readonly Wish[];
  readonly bots: ReadonlyMap<string, Bot>;
  readonly channels: ReadonlyMap<string, FoundChannel | undefined>;
}

async function join(ground: Ground, { wishes, bots, channels }: Joining): Promise<void> {
  const joined = new Set<string>();
  const once = (...key: readonly (string | undefined)[]) => {
    const name = key.join(' ');
    if (joined.has(name)) return false;
    joined.add(name);
    return true;
  };
  for (const { id, channels: wanted } of wishes) {
    const bot = bots.get(id)!;
    for (const channel of wanted) {
      const found = channels.get(channel);
      const team = found?.team_id ?? channel.split('/')[0];
      if (once('team', bot.username, team)) await joinTeam(ground, { bot, channel }, found);
      if (once('channel', bot.username, channel))
        await joinChannel(ground, { bot, channel }, found);
    }
  }
}

/** One a team. */
async function registerCommands(
  ground: Ground,
  wishes: readonly Wish[],
  channels: ReadonlyMap<string, FoundChannel | undefined>,
): Promise<void> {
  const teams = groupsOf(
    wishes.filter(({ hasPeople }) => hasPeople),
    ({ channels: [channel = ''] }) => channels.get(channel)?.team_id ?? channel.split('/')[0]!,
  );
  for (const ofTeam of teams.values()) {
    // The sink that has a token already is the one whose address the command has.
    const wish = ofTeam.find(({ commandToken }) => commandToken !== undefined) ?? ofTeam[0]!;
    const [channel = ''] = wish.channels;
    const name = channel.includes('/') ? channel.split('/')[0]! : `of the channel ${channel}`;
    await registerCommand(ground, wish, { id: channels.get(channel)?.team_id, name });
  }
}

function groupsOf(
  wishes: readonly Wish[],
  keyOf: (wish: Wish) => string,
): ReadonlyMap<string, readonly Wish[]> {
  const groups = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const group = groups.get(keyOf(wish));
    if (group === undefined) groups.set(keyOf(wish), [wish]);
    else group.push(wish);
  }
  return groups;
}

// What an inspection of a working bot says: where it may post, and what an administrator must do.
import { AdapterError } from '../../../kit/errors.ts';
import type { SinkReport } from '../../../kit/sink.ts';
import type { WireUser } from './channels.ts';
import type { BotConfig, BotRouteSettings } from './config.ts';

export interface Inspected {
  readonly me: WireUser;
  readonly settings: BotConfig;
  readonly routes: readonly BotRouteSettings[];
}

/** @param check fails if the bot may not post into a channel */
export async function inspection(
  { me, settings, routes }: Inspected,
  check: (channel: string) => Promise<void>,
): Promise<SinkReport> {
  const remarks: string[] = [];
  const taken = [settings.channel];
  const others = new Set(routes.flatMap(({ channel }) => channel ?? []));
  others.delete(settings.channel);
  for (const channel of others) {
    const refusal = await refusalOf(channel, check);
    if (refusal === undefined) taken.push(channel);
    else remarks.push(`the channel ${channel} of a route is refused: ${refusal}`);
  }
  if (me.is_bot !== true) {
    remarks.push(
      'the token is that of a person and no bot: cards bear that name, and end when the person leaves. A system administrator can make a bot account under Integrations → Bot Accounts',
    );
  }
  const name = me.username === undefined ? 'the bot' : `@${me.username}`;
  const untried = [
    'whether the bot may edit its own posts',
    ...(settings.mention === undefined ? [] : ['whether anybody answers to the mention']),
    ...(settings.priority ? ['the priority of CRITICAL cards'] : []),
  ];
  return {
    tested: `answers, knows ${name}, and lets it post into ${taken.join(', ')}. Not tried, since only a post shows it: ${untried.join('; ')}`,
    remarks,
  };
}

async function refusalOf(
  channel: string,
  check: (channel: string) => Promise<void>,
): Promise<string | undefined> {
  try {
    await check(channel);
    return undefined;
  } catch (error) {
    if (error instanceof AdapterError) return error.message;
    throw error;
  }
}

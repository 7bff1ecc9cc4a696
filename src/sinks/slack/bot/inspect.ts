// What an inspection of a working bot says: where it may post, and which scope it lacks for what.
import { AdapterError } from '../../../kit/errors.ts';
import type { SinkReport } from '../../../kit/sink.ts';
import type { BotConfig, BotRouteSettings } from './config.ts';
import type { Bot, ChannelKind } from './workspace.ts';

export interface Inspected {
  readonly me: Bot;
  /** Of the channel of the sink. */
  readonly kind: ChannelKind;
  readonly settings: BotConfig;
  readonly routes: readonly BotRouteSettings[];
}

/** @param check fails if the bot may not post into a channel */
export async function inspection(
  { me, kind, settings, routes }: Inspected,
  check: (channel: string) => Promise<ChannelKind>,
): Promise<SinkReport> {
  const remarks: string[] = [];
  const kinds = new Map<string, ChannelKind>([[settings.channel, kind]]);
  for (const channel of new Set(routes.flatMap((route) => route.channel ?? []))) {
    if (kinds.has(channel)) continue;
    const seen = await seenOf(channel, check);
    if ('kind' in seen) kinds.set(channel, seen.kind);
    else remarks.push(`the channel ${channel} of a route is refused: ${seen.refusal}`);
  }
  remarks.push(...lacking(me, new Set(kinds.values())));
  const taken = [...kinds].filter(([, one]) => one !== 'unseen').map(([id]) => id);
  const where = taken.length === 0 ? '' : `, and may post into ${taken.join(', ')}`;
  const name = me.user === undefined ? 'the bot' : `@${me.user}`;
  const team = me.team === undefined ? '' : ` of ${me.team}`;
  const untried = [
    'whether the workspace lets it edit old messages',
    ...(settings.mention === undefined ? [] : ['whether anybody answers to the mention']),
  ];
  return {
    tested: `answers, and knows ${name}${team}${where}. Not tried, since only a message shows it: ${untried.join('; ')}`,
    remarks,
  };
}

async function seenOf(
  channel: string,
  check: (channel: string) => Promise<ChannelKind>,
): Promise<{ readonly kind: ChannelKind } | { readonly refusal: string }> {
  try {
    return { kind: await check(channel) };
  } catch (error) {
    if (error instanceof AdapterError) return { refusal: error.message };
    throw error;
  }
}

function lacking({ scopes }: Bot, kinds: ReadonlySet<ChannelKind>): string[] {
  const remarks: string[] = [];
  if (kinds.has('unseen'))
    remarks.push(
      'the app lacks the scope channels:read (groups:read for a private channel), so whether it is in its channel was not tried',
    );
  if (scopes === undefined) return remarks;
  const wanted = [
    ...(kinds.has('public') || kinds.has('unseen') ? ['channels:history'] : []),
    ...(kinds.has('private') ? ['groups:history'] : []),
  ].filter((scope) => !scopes.has(scope));
  for (const scope of wanted)
    remarks.push(
      `the app lacks the scope ${scope}, so it cannot look for a card that it posted before its process died: such a card comes twice`,
    );
  return remarks;
}

// Finds out what it can about the settings of a working webhook without posting, and says what it
// cannot.
import type { HttpAnswer } from '../../kit/http/index.ts';
import type { SinkReport } from '../../kit/sink.ts';
import { isServersOwn } from './answers.ts';
import type { MattermostConfig } from './config.ts';
import type { PostOptions } from './post.ts';

type Ask = (payload: object) => Promise<HttpAnswer>;

/** The server refuses types that begin with `system_`, but only after it found the channel. */
const probeType = 'system_probe';

/** @param wanted the options of the sink itself, then those of each route */
export async function inspection(
  wanted: readonly PostOptions[],
  { username, icon_url: iconUrl }: MattermostConfig,
  ask: Ask,
): Promise<SinkReport> {
  const taken: string[] = [];
  const untested: string[] = [];
  const remarks: string[] = [];
  for (const channel of new Set(wanted.map((one) => one.channel))) {
    if (channel?.startsWith('@')) untested.push(`whether there is a user ${channel}`);
    else {
      const refusal = refusalOfChannel(
        await ask({ text: 'Tocsin checks a channel.', channel, type: probeType }),
      );
      if (refusal === undefined) taken.push(channel ?? 'its own channel');
      else if (channel === undefined) remarks.push(`its own channel is refused: ${refusal}`);
      else remarks.push(`the channel ${channel} is refused: ${refusal}. ${consequence}`);
    }
  }
  if (username !== undefined || iconUrl !== undefined) {
    const names = [username && 'username', iconUrl && 'icon_url'].filter(Boolean).join(' and ');
    untested.push(
      `${names}, which do nothing unless the server allows overrides (${whereOverrides})`,
    );
  }
  if (wanted.some(({ hasPriority }) => hasPriority)) {
    untested.push('the priority of CRITICAL posts, without which they go out if it is refused');
  }
  return { tested: testedText(taken, untested), remarks };
}

const whereOverrides = 'System Console → Integrations → Integration Management';
const owner =
  'Posts bear the name of the account that owns the webhook, and reach whom that account may reach, so give it one of its own';
const consequence =
  'Posts for it go to the webhook’s own channel, with a note. Give a channel’s name in URLs';

function testedText(channels: readonly string[], untested: readonly string[]): string {
  const places = channels.length === 0 ? '' : `, which may post into ${channels.join(', ')}`;
  const tried = `answers, and knows the webhook${places}. ${owner}`;
  return untested.length === 0
    ? tried
    : `${tried}. Not tried, since only a post shows it: ${untested.join('; ')}`;
}

/** Undefined if the webhook may post there. */
function refusalOfChannel(answer: HttpAnswer): string | undefined {
  const { status } = answer;
  if (status === 404 && isServersOwn(answer))
    return 'there is none of that name, or it is archived';
  if (status === 403 && isServersOwn(answer)) {
    return 'the webhook is locked to another channel, or its owner is no member of this private one';
  }
  return status === 400 || status === 200 ? undefined : `the server answered ${status}`;
}

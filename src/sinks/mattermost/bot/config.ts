// The settings of the sink mattermost_bot. Pure.
import { z } from 'zod';
import { type SeverityName, severityNames } from '../../../kit/event.ts';
import { people } from '../../../kit/people.ts';
import { webUrlOf } from '../../../kit/web-url.ts';
import { config as ofWebhook } from '../config.ts';

/** Why it is no address of a server; undefined if it is one. */
function faultIn(url: URL, text: string): string | undefined {
  if (/[?#]/.test(text)) return 'has something behind the address of the server (? or #)';
  return /\/(?:hooks|api)(?:\/|$)/.test(url.pathname)
    ? 'is not the address of the server alone: leave out /hooks/… and /api/…'
    : undefined;
}

const id = '[a-z0-9]{26}';
const { mention, mention_from, priority, card, title } = ofWebhook.shape;

export const config = z.strictObject({
  url: webUrlOf(faultIn)
    .transform((text) => text.replace(/\/+$/, ''))
    .describe('The address of the Mattermost server, such as https://chat.example.com'),
  token: z
    .string()
    .trim()
    .regex(/^[\x21-\x7E]{10,200}$/, 'is no access token: it has 26 letters and digits, no blanks')
    .describe(
      'The access token of the bot account (Integrations → Bot Accounts); whoever has it can post as the bot.',
    ),
  channel: z
    .string()
    .regex(
      new RegExp(`^(?:${id}|[a-z0-9][a-z0-9-]{0,63}/[A-Za-z0-9][A-Za-z0-9._-]{0,63})$`),
      'is no channel: give the names of team and channel in URLs (secops/soc-alerts), or its id',
    )
    .describe(
      'Where to post: the names of team and channel in URLs, as in secops/soc-alerts, or the id of the channel.',
    ),
  details: z
    .enum(['thread', 'card'])
    .default('thread')
    .describe(
      'Where the details of a card stand. thread: in a reply below it, so that the channel stays short. card: on the card.',
    ),
  pin: z
    .enum(severityNames)
    .exclude(['UNKNOWN'])
    .optional()
    .describe(
      'From which severity up a card is pinned to its channel until it is resolved. Without it none is.',
    ),
  mention: mention.describe(
    'Whom a CRITICAL event pings, or one from mention_from up, such as @channel or @soc. Without it nobody is pinged.',
  ),
  mention_from,
  priority: priority.describe(
    'Marks CRITICAL cards as urgent. Where the server refuses that, the same card goes out without it, and so do those after it.',
  ),
  card,
  title,
  people: people
    .optional()
    .describe(
      'Who may press the buttons of cards: members of the channel, or a list of people. Without it cards have no buttons. They also need PUBLIC_URL.',
    ),
  command_token: ofWebhook.shape.command_token,
});
const { channel, pin } = config.shape;

/** What a route may set for this sink. */
export const routeSettings = z.strictObject({
  channel: channel.optional().describe(channel.description!),
  mention: config.shape.mention,
  mention_from,
  priority: config.shape.priority.unwrap().optional().describe(config.shape.priority.description!),
  pin,
});
export type BotRouteSettings = z.output<typeof routeSettings>;

export type BotConfig = z.output<typeof config>;

/** An unknown severity goes with HIGH. */
export function reaches(severity: number, from: SeverityName): boolean {
  return (severity === 0 ? 4 : severity) >= severityNames.indexOf(from);
}

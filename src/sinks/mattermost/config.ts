// The settings of the sink mattermost. Pure. The webhook's URL is its only credential, and no
// message repeats it.
import { z } from 'zod';
import { mentionFrom } from '../../kit/mention.ts';
import { listedPeople } from '../../kit/people.ts';
import { isFitForName } from '../../kit/text.ts';
import { plainlyUnfitForNames } from '../../kit/unseen.ts';
import { readWebUrl, webUrlOf } from '../../kit/web-url.ts';

const noDisplayName = 'is no display name: 1 to 64 characters, without @ < > and back-ticks';
/** The part of the rule that an editor can check: it is in the JSON Schema of tocsin.yaml. */
const displayName = new RegExp(`^[^@<>\`${plainlyUnfitForNames}]{1,64}$`, 'u');

/** Why it is no URL of a webhook; undefined if it is one. */
function faultIn(url: URL, text: string): string | undefined {
  if (/[?#]/.test(text))
    return 'has something behind the webhook’s id (? or #); copy the URL without it';
  if (!/\/hooks\/[A-Za-z0-9]+$/.test(url.pathname)) {
    return 'is not the URL of an incoming webhook, which ends in /hooks/ and an id of letters and digits';
  }
  return undefined;
}

function isWebAddress(text: string): boolean {
  return 'url' in readWebUrl(text);
}

/** One mention. */
export const mentionSyntax = /^@[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The setting of the webhook and of the bot. */
const commandToken = z
  .string()
  .trim()
  .min(16)
  .optional()
  .describe(
    'The token that the server made for the slash command (Integrations → Slash Commands), by which its requests are known. Without it there is no slash command.',
  );

export const config = z.strictObject({
  url: webUrlOf(faultIn).describe(
    'The URL of an incoming webhook (Integrations → Incoming Webhooks), such as https://chat.example.com/hooks/…; whoever has it can post.',
  ),
  channel: z
    .string()
    .regex(
      /^[#@]?[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      'is no channel: give its name in URLs (soc-alerts) or @username',
    )
    .optional()
    .describe(
      'Where to post instead of the webhook’s own channel: the channel’s name in URLs, or @username. If it is refused, the webhook’s own channel is used and the card says so.',
    ),
  username: z
    .string()
    .regex(displayName, noDisplayName)
    .refine(isFitForName, noDisplayName)
    .optional()
    .describe(
      'The name shown on posts, only if the server allows integrations to override usernames (off by default). Otherwise posts show the name of the webhook’s owner.',
    ),
  icon_url: z
    .string()
    .max(1024)
    .refine(isWebAddress, 'is no https or http URL')
    .optional()
    .describe(
      'The picture shown on posts, only if the server allows integrations to override profile picture icons (off by default). Otherwise posts show that of the webhook’s owner.',
    ),
  mention: z
    .string()
    .regex(
      /^@[A-Za-z0-9][A-Za-z0-9._-]{0,63}( @[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,4}$/,
      'is no mention: give one to five names with @, parted by a space (@channel, @soc)',
    )
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up, such as @channel or @soc. Without it nobody is pinged, ever.',
    ),
  mention_from: mentionFrom,
  priority: z
    .boolean()
    .default(true)
    .describe(
      'Marks CRITICAL posts as urgent (Mattermost 9.9 and newer; older ones ignore it). Where the server refuses that, the same post goes out without it, and so do those after it.',
    ),
  card: z
    .enum(['compact', 'full'])
    .default('compact')
    .describe(
      'compact: the headline, then facts as lines that fold and that the search finds. full: every fact as a field of its own, which makes a card taller than a screen.',
    ),
  title: z
    .enum(['number', 'stream'])
    .default('number')
    .describe(
      'What stands over a card: its number at the console, or New Event Detected and New Suspicious Event Detected, for whoever searches for that.',
    ),
  people: listedPeople
    .optional()
    .describe(
      'Who may press the buttons of cards and write the slash command. Without it there are neither. Buttons also need PUBLIC_URL.',
    ),
  command_token: commandToken,
});
const { channel, mention, mention_from } = config.shape;
/** What a route may set for this sink. */
export const routeSettings = z.strictObject({
  channel,
  mention,
  mention_from,
  priority: config.shape.priority.unwrap().optional().describe(config.shape.priority.description!),
});
export type RouteSettings = z.output<typeof routeSettings>;

export type MattermostConfig = z.output<typeof config>;

// The settings of the sink slack_bot. Pure.
import { z } from 'zod';
import { webUrlOf } from '../../../kit/web-url.ts';
import { config as ofWebhook } from '../config.ts';

/** Why it is not the address of Slack; undefined if it is. */
function faultIn(url: URL, text: string): string | undefined {
  if (/[?#]/.test(text)) return 'has something behind the address of Slack (? or #)';
  return /^\/(?:api|services)(?:\/|$)/.test(url.pathname)
    ? 'is not the address of Slack alone: leave out /api/… and /services/…'
    : undefined;
}

const { mention, mention_from } = ofWebhook.shape;

export const config = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(
      /^xoxb-[A-Za-z0-9-]{10,250}$/,
      'is no token of a bot, which begins with xoxb-: copy the Bot User OAuth Token of the app',
    )
    .describe(
      'The Bot User OAuth Token of the app (api.slack.com/apps → OAuth & Permissions); whoever has it can post as the bot.',
    ),
  channel: z
    .string()
    .regex(
      /^[CG][A-Z0-9]{7,20}$/,
      'is no id of a channel, such as C012AB3CD: Slack shows it at the end of what it says about the channel',
    )
    .describe(
      'Where to post: the id of a channel, such as C012AB3CD. Slack shows it at the end of what it says about the channel.',
    ),
  details: z
    .enum(['thread', 'card'])
    .default('thread')
    .describe(
      'Where the details of a card stand. thread: in a reply below it, so that the channel stays short. card: on the card.',
    ),
  mention,
  mention_from,
  url: webUrlOf(faultIn)
    .transform((text) => text.replace(/\/+$/, ''))
    .default('https://slack.com')
    .describe('The address of Slack; for GovSlack https://slack-gov.com'),
});
const { channel } = config.shape;

/** What a route may set for this sink. */
export const routeSettings = z.strictObject({
  channel: channel.optional().describe(channel.description!),
  mention,
  mention_from,
});
export type BotRouteSettings = z.output<typeof routeSettings>;

export type BotConfig = z.output<typeof config>;

// The settings of the sink slack. Pure.
import { z } from 'zod';
import { mentionFrom } from '../../kit/mention.ts';
import { webUrl } from '../../kit/web-url.ts';

/** One mention. */
export const mentionSyntax = /^(?:!here|!channel|(?:@[UW]|!subteam\^S)[A-Z0-9]{2,20})$/;

export const config = z.strictObject({
  url: webUrl.describe('The URL of an incoming webhook; whoever has it can post.'),
  mention: z
    .string()
    .regex(mentionSyntax, 'is no mention of Slack')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: !here, !channel, @U012AB3CD or !subteam^S012AB3CD.',
    ),
  mention_from: mentionFrom,
});
const { mention, mention_from } = config.shape;

/** What a route may set for this sink. */
export const routeSettings = z.strictObject({ mention, mention_from });
export type Mention = z.output<typeof routeSettings>;

export type SlackConfig = z.output<typeof config>;

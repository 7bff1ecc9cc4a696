// What the simulated Slack takes as the content of a message, by its documented limits. Pure.
import { z } from 'zod';

const textMax = 3_000;
const fieldMax = 2_000;
const fieldsMax = 10;
const blocksMax = 50;
/** Not documented; seen by users of its libraries. */
const lettersMax = 13_200;
/** What is longer is cut. */
const notificationMax = 40_000;

const textObject = (max: number) =>
  z.strictObject({
    type: z.enum(['mrkdwn', 'plain_text']),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
    emoji: z.boolean().optional(),
  });
const block = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('section'),
    text: textObject(textMax).optional(),
    fields: z.array(textObject(fieldMax)).min(1).max(fieldsMax).optional(),
  }),
  z.strictObject({
    type: z.literal('context'),
    elements: z.array(textObject(textMax)).min(1).max(10),
  }),
  z.strictObject({ type: z.literal('divider') }),
]);
const blocks = z.array(block).max(blocksMax);

export const content = z.looseObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).optional(),
  attachments: z.array(z.looseObject({ blocks: z.array(z.unknown()).optional() })).optional(),
  metadata: z
    .strictObject({
      event_type: z.string().regex(/^\w{1,255}$/),
      event_payload: z.record(z.string(), z.unknown()),
    })
    .optional(),
});
export type Content = z.output<typeof content>;

/** Slack's code for what is wrong; undefined if nothing is. */
export function faultOfContent({ text = '', blocks: own = [], attachments = [] }: Content) {
  const all = [own, ...attachments.map((one) => one.blocks ?? [])];
  if (text === '' && all.every((some) => some.length === 0)) return 'no_text';
  if (!all.every((some) => blocks.safeParse(some).success)) return 'invalid_blocks';
  return lettersIn(all) > lettersMax ? 'msg_blocks_too_long' : undefined;
}

export function cutNotification(text: string): string {
  return text.slice(0, notificationMax);
}

/** Of every text object. */
function lettersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const { text } = value as { readonly text?: unknown };
  const own = typeof text === 'string' ? text.length : 0;
  return Object.values(value).reduce((sum: number, one) => sum + lettersIn(one), own);
}

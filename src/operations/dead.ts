// What was given up, grouped by what went wrong, with what to do about it.
import { z } from 'zod';
import { groupDead, groupedMax, readDeliveries } from '../store/deliveries/index.ts';
import { adviceOn } from './advice.ts';
import { deliveryItem, itemsOf } from './delivery.ts';
import { name, text, time } from './fields.ts';
import type { Operation } from './operation.ts';

const group = z.object({
  sink: text,
  reason: text,
  status: z.number().nullable().describe('HTTP status of the last answer; null: there was none'),
  count: z.number(),
  isPartial: z
    .boolean()
    .describe(`The sink has more than ${groupedMax} dead; these are of the newest`),
  oldest: time.describe('When the first of them was given up'),
  newest: time.describe('When the last of them was given up'),
  lastAnswer: text.nullable().describe('To the newest; without secrets'),
  advice: text.describe('What it means, and what to do'),
  sample: z.array(deliveryItem).describe('The newest of them'),
});
const output = z.object({ items: z.array(group) });
const input = z.strictObject({ sink: name.optional() });

export const groups: Operation<z.infer<typeof input>, z.infer<typeof output>> = {
  name: 'dead-groups',
  summary: 'What was given up, by sink, reason and last status, with what to do',
  input,
  output,
  permission: 'read',
  route: 'GET /deliveries/dead',
  async run(context, { sink }) {
    const found = await groupDead(context.db, sink);
    const rows = await readDeliveries(
      context.db,
      found.flatMap(({ sample }) => sample),
    );
    const shown = new Map(itemsOf(context, rows).map((one) => [`${one.eventId} ${one.sink}`, one]));
    return {
      items: found.map(({ sample, ...one }) => {
        const items = sample.flatMap((key) => shown.get(`${key.eventId} ${key.sink}`) ?? []);
        const lastAnswer = items[0]?.lastAnswer ?? null;
        return { ...one, lastAnswer, advice: adviceOn(one.reason), sample: items };
      }),
    };
  },
};

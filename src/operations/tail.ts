// What was stored last. The live tail asks again and again.
import { z } from 'zod';
import type { TailedEvent } from '../kit/records/tail.ts';
import { newestEventId, readTail } from '../store/tail.ts';
import { rowId, severity, text, time } from './fields.ts';
import type { Operation } from './operation.ts';

/** The most events of one answer. */
export const tailMax = 250;
/** The most ids that an input may have beside `after`. */
export const tailAlsoMax = 1000;

export type ShownTailed = Omit<TailedEvent, 'id'> & { readonly id: string };

export const shownTailed = z.object({
  id: rowId,
  source: text,
  externalId: text,
  stream: text,
  type: text,
  severity,
  status: text.nullable(),
  action: text.nullable(),
  occurredAt: time.nullable(),
  receivedAt: time,
  itemId: text.nullable().describe('The number of the item in its console'),
  device: text.nullable(),
  user: text.nullable(),
  file: text.nullable(),
  sinks: z.array(text).describe('The sinks that it goes to'),
});

interface TailInput {
  readonly after: number | null;
  readonly also: readonly number[];
}

interface Tailed {
  readonly items: readonly ShownTailed[];
  readonly newest: number;
}

const position = z.int().min(0);

export const tail: Operation<TailInput, Tailed> = {
  name: 'event-tail',
  summary: 'The events that were stored after one, and which is the newest',
  input: z.strictObject({
    after: position.nullable().describe('Null: none, only which is the newest'),
    also: z.array(position).max(tailAlsoMax).describe('Earlier ids that may have come since'),
  }),
  output: z.object({ items: z.array(shownTailed), newest: position }),
  permission: 'read',
  async run({ db }, { after, also }) {
    if (after === null) return { items: [], newest: await newestEventId(db) };
    const found = await readTail(db, { afterId: after, alsoIds: also, limit: tailMax });
    const newest = Math.max(after, ...found.map(({ id }) => id));
    return { items: found.map((one) => ({ ...one, id: String(one.id) })), newest };
  },
};

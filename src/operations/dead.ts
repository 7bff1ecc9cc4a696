// Deliveries that were given up: what they are, and how they are put back.
import { z } from 'zod';
import type { DeadDelivery } from '../kit/records/delivery.ts';
import { listDead, redriveDead } from '../store/deliveries/index.ts';
import { id, listLimit, text } from './fields.ts';
import type { Operation } from './operation.ts';

const delivery = z.object({
  eventId: id,
  itemId: text.nullable(),
  sink: text,
  type: text,
  severity: z.number(),
  device: text.nullable(),
  reason: text,
  attempts: z.number(),
  deadSince: text,
  lastStatus: z.number().nullable(),
  lastAnswer: text.nullable(),
});

interface ListInput {
  /** Only those of this sink. */
  readonly sink?: string | undefined;
  readonly limit?: number | undefined;
}

export const list: Operation<ListInput, readonly DeadDelivery[]> = {
  name: 'dead-list',
  summary: 'The deliveries that were given up, the newest first',
  input: z.strictObject({ sink: text.optional(), limit: listLimit.optional() }),
  output: z.array(delivery),
  permission: 'read',
  run: ({ db }, { sink = null, limit = 100 }) => listDead(db, sink, limit),
};

interface RedriveInput {
  /** Only those of this sink. */
  readonly sink?: string | undefined;
  /** Absent: all. */
  readonly eventIds?: readonly number[] | undefined;
}

export const redrive: Operation<RedriveInput, number> = {
  name: 'dead-redrive',
  summary: 'Puts back what was given up, and says how many that were',
  input: z.strictObject({ sink: text.optional(), eventIds: z.array(id).min(1).optional() }),
  output: z.number(),
  permission: 'operate',
  run: ({ db }, { sink = null, eventIds = null }) => redriveDead(db, sink, eventIds),
};

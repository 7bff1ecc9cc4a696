// Attempts to record, and questions about what became of deliveries, for tests of the store.
import type { EventDraft } from '../../../src/kit/event.ts';
import type {
  DeliveredAttempt,
  FailedAttempt,
  ListedDelivery,
} from '../../../src/kit/records/delivery.ts';
import type { Database } from '../../../src/store/database.ts';
import {
  chooseDeliveries,
  listDeliveries,
  redriveDeliveries,
  takeDue,
} from '../../../src/store/deliveries/index.ts';
import { drafts, storePage } from '../stored.ts';

const both = [{ name: 'default', minSeverity: 1 as const, to: ['soc', 'boss'] }];

/** Stores the events for the sinks `soc` and `boss`. @returns their ids, in order */
export async function storeForBoth(
  db: Database,
  events: readonly EventDraft[] = drafts(1, 3),
): Promise<number[]> {
  const page = await storePage(db, { routes: both, events });
  return page!.events.map(({ id }) => id);
}

/** A first attempt that the far end answered with status 500; due again at once. */
export const failure = (eventId: number, more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  eventId,
  attempts: 1,
  state: 'pending',
  delayMs: 0,
  form: 'full',
  outcome: 'retry',
  reason: 'server_error',
  status: 500,
  durationMs: 12,
  answer: 'oops',
  ...more,
});

export const success = (eventId: number, more: Partial<DeliveredAttempt> = {}) => ({
  eventId,
  afterFailure: false,
  durationMs: 7.6,
  ...more,
});

export async function dueIds(db: Database, sink = 'soc'): Promise<number[]> {
  return (await takeDue(db, { sink, limit: 100 })).map(({ event }) => event.id);
}

/** The state of each delivery of the sink, in the order of their events. */
export async function statesOf(db: Database, sink: string): Promise<string[]> {
  const rows = await db.$client`
    select state from deliveries where sink = ${sink} order by event_id`;
  return rows.map((row) => String(row.state));
}

/** Puts pending deliveries of `soc` into a digest, the event of which is stored already. */
export async function putIntoDigest(
  db: Database,
  digestId: number,
  members: readonly number[],
): Promise<void> {
  await db.$client`
    update deliveries set digest_id = ${digestId}, group_key = 'g', priority = priority + 10
    where sink = 'soc' and event_id = any (string_to_array(${members.join()}, ',')::bigint[])`;
}

/** Dead deliveries, those of the newest events first. @param sink null for all */
export async function listDead(
  db: Database,
  sink: string | null,
  limit: number,
): Promise<readonly ListedDelivery[]> {
  const search = { states: ['dead'], sink: sink ?? undefined, after: null, limit } as const;
  return (await listDeliveries(db, search)).items;
}

/** Puts dead deliveries back. @param sink null for all @param eventIds null for all */
export async function redriveDead(
  db: Database,
  sink: string | null,
  eventIds: readonly number[] | null,
): Promise<number> {
  const choice = {
    states: ['dead'] as const,
    sink: sink ?? undefined,
    eventIds: eventIds?.map(String),
  };
  const { deliveries } = await chooseDeliveries(db, choice, 10_000);
  return redriveDeliveries(db, deliveries);
}

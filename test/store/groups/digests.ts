// Events that wait in a group, and digests made of them, for tests of the store.
import { randomUUID } from 'node:crypto';
import { composeDigest, digestEvent } from '../../../src/core/deliver/digest.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import type { DecidedEvent } from '../../../src/kit/records/decision.ts';
import type { GroupChange } from '../../../src/kit/records/group.ts';
import type { Fence } from '../../../src/kit/records/role.ts';
import type { Database } from '../../../src/store/database.ts';
import { freezeDigest } from '../../../src/store/groups/index.ts';
import { drafts, storePage } from '../stored.ts';

export const grouped: Route = {
  name: 'g',
  minSeverity: 0,
  to: ['soc'],
  group: { by: [], waitMs: 0, intervalMs: 1000, max: 9, cards: 0 },
};
export const plain: Route = { name: 'all', minSeverity: 0, to: ['soc'] };
export const key = '["g"]';
/** The group begins anew with what is sent. */
export const change: GroupChange = { key, isNew: true, startsInterval: true };

/** Stores the events for the sink `soc`. @returns their ids, in order */
export async function storeFor(db: Database, route: Route, events = drafts(1, 4)) {
  const page = await storePage(db, { routes: [route], events });
  return page!.events.map(({ id }) => id);
}

const one = {
  severity: 3,
  type: 'T',
  device: undefined,
  fileHash: undefined,
  fileName: undefined,
  receivedAtMs: 0,
} as const;

/** The event of a digest. @param group null for a storm's */
export function digestOf(ids: readonly number[], group: GroupChange | null = change): DecidedEvent {
  const members = ids.map((eventId) => ({ ...one, eventId, itemId: undefined, link: undefined }));
  const digest = composeDigest(members, { kind: group ? 'group' : 'storm', before: 0, by: [] });
  return digestEvent(digest, randomUUID(), 'soc');
}

/** Puts the events into a digest. @param group null for a storm's */
export function freeze(
  db: Database,
  fence: Fence,
  { ids, group = change }: { ids: readonly number[]; group?: GroupChange | null },
) {
  const event = digestOf(ids, group);
  return freezeDigest(db, fence, { sink: 'soc', event, members: ids, group: group ?? undefined });
}

/** How many deliveries there are of which that holds. */
export async function countWhere(db: Database, where: string): Promise<number> {
  const [row] = await db.$client.unsafe(`select count(*) as n from deliveries where ${where}`);
  return Number(row!.n);
}

// What a process leaves behind that was killed or frozen: deliveries that it sent and did not
// record. Only these may be sent again. Postgres only.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { World } from '../support/world.ts';
import { sink, withDatabase } from './checker.ts';

/** In flight (up to 64), or answered and not yet written for 50 ms. */
export const repeatedByKillMax = 228;

/**
 * To be called when the process runs no longer and before another takes its place.
 * @param before what had arrived when it began: what came since, it sent
 * @param quietMs longer than any answer takes: if nothing came for that long, nothing is on its way
 */
export async function sentAndUnwritten(
  world: World,
  url: string,
  before: ReadonlyMap<string, number>,
  quietMs = 150,
): Promise<readonly string[]> {
  await arrivalsOnTheWay(world, quietMs);
  const pending = await withDatabase(
    { url },
    (sql) => sql`select event_id from deliveries where state = 'pending' and sink = ${sink}`,
  );
  const hasCome = (id: string) =>
    (world.mattermost.deliveries.get(id) ?? 0) > (before.get(id) ?? 0);
  const unwritten = pending.map((row) => `${sink}-${row.event_id}`).filter(hasCome);
  expect(unwritten.length).toBeLessThanOrEqual(repeatedByKillMax);
  return unwritten;
}

/**
 * Its requests are in our socket's buffer, or held by a fault, and its last statement may still
 * run.
 */
async function arrivalsOnTheWay({ mattermost }: World, quietMs: number): Promise<void> {
  for (let seen = -1; seen !== mattermost.requests.total; ) {
    seen = mattermost.requests.total;
    await sleep(quietMs);
  }
}

/** Adds one for each id. */
export function addTo(mayRepeat: Map<string, number>, ids: readonly string[]): void {
  for (const id of ids) mayRepeat.set(id, (mayRepeat.get(id) ?? 0) + 1);
}

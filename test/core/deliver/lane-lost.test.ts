// A lane whose role another has taken, before its own heartbeat knows of it, on a real Postgres.
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Lane } from '../../../src/core/deliver/lane.ts';
import { defaultPolicy } from '../../../src/core/deliver/policy.ts';
import type { Lease } from '../../../src/core/loops/lease.ts';
import { drafts, hold, storePage, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { startLaneOf } from './lane-setup.ts';

const database = useDatabase();

/** Works until the test ends. */
function start(send: () => Promise<void>, lease: Lease): Lane {
  const lane = startLaneOf({ send }, lease, { db: database(), policy: { ...defaultPolicy, rereadMs: 20 } });
  onTestFinished(() => lane.stop());
  return lane;
}

test('sends nothing more once the database has refused an outcome, and is not stuck by that', async () => {
  const db = database();
  await storePage(db, { events: drafts(1, 1) });
  let sends = 0;
  let answer: (() => void) | undefined;
  const send = () => {
    sends += 1;
    return new Promise<void>((_, reject) => (answer = () => reject(new Error('reset'))));
  };
  const lane = start(send, await hold(db, 'sink:x'));
  expect(await until(() => answer !== undefined, 5000)).toBe(true);
  await db.$client`update leases set epoch = epoch + 1 where name = 'sink:x'`;
  answer?.();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(sends).toBe(1);
  expect(lane.stuckMs?.()).toBe(0);
  expect(await db.$client`select state, attempts from deliveries`).toEqual([{ state: 'pending', attempts: 0 }]);
});

test('sends nothing if the lease became too short for it while what is due was read', async () => {
  const db = database();
  await storePage(db, { events: drafts(1, 1) });
  const send = vi.fn(async () => {});
  // Before its first look at groups, and once more when it goes on.
  const outlasts = vi
    .fn(() => false)
    .mockReturnValueOnce(true)
    .mockReturnValueOnce(true);
  start(send, { ...(await hold(db, 'sink:x')), outlasts });
  expect(await until(() => outlasts.mock.calls.length > 3, 5000)).toBe(true);
  expect(send).not.toHaveBeenCalled();
});

// The service as a process, killed or stopped at random instants under load. A kill repeats what it
// cut off and nothing else; a stop repeats nothing at all.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import {
  createWorld,
  type DatabaseKind,
  type Service,
  until,
  type World,
} from '../support/world.ts';
import { badMoves, watchCursors } from './cursor-watch.ts';
import { addTo, repeatedByKillMax, sentAndUnwritten } from './cut-off.ts';
import { accountOf, drain, expectedOf } from './drained.ts';
import { type Dice, faultCase, isLong } from './fault-case.ts';
import { handoversIn, watchHandovers } from './handover-watch.ts';

const runsOf: Readonly<Record<DatabaseKind, number>> = isLong
  ? { postgres: 100, embedded: 50 }
  : { postgres: 6, embedded: 4 };

for (const database of ['postgres', 'embedded'] as const) {
  const runs = runsOf[database];
  const timeoutMs = 60_000 + runs * 20_000;

  faultCase(`kill -9 at random instants under load, ${database}`, { timeoutMs }, async (fault) => {
    const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
    const { databaseUrl, mattermost, tenant } = world;
    if (databaseUrl !== undefined) await watchCursors(databaseUrl);
    const mayRepeat = new Map<string, number>();
    let allowed = 0;
    let service = world.start();
    for (let run = 0; run < runs; run += 1) {
      const before = new Map(mattermost.deliveries);
      await workUntilRandomInstant(world, service, fault);
      await service.end('SIGKILL');
      fault.struck();
      const unwritten =
        databaseUrl === undefined ? undefined : await sentAndUnwritten(world, databaseUrl, before);
      addTo(mayRepeat, unwritten ?? []);
      allowed += unwritten?.length ?? repeatedByKillMax;
      service = world.start();
    }
    // A lone instance takes the roles of its own predecessor at once, and does not wait for its
    // heartbeat of 20 s to end: of one that held them.
    await drain(world, service);
    if (databaseUrl !== undefined) await watchHandovers(databaseUrl);
    await service.end('SIGKILL');
    service = world.start();
    await service.ready();
    const readyAt = performance.now();
    const reached = mattermost.deliveries.size;
    tenant.add('events', 50);
    expect(await until(() => mattermost.deliveries.size > reached, 12_000)).toBe(true);
    console.info(
      `${database}: at work ${Math.round(performance.now() - readyAt)} ms after it was ready`,
    );
    if (databaseUrl !== undefined) expect(await waitedFor(databaseUrl)).toEqual([]);
    await drain(world, service);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(
      { ...accountOf(world), ...(databaseUrl !== undefined && { mayRepeat }) },
      allowed,
    );
    if (databaseUrl !== undefined) expect(await badMoves(databaseUrl, tenant)).toEqual([]);
  });

  faultCase(`SIGTERM at random instants under load, ${database}`, { timeoutMs }, async (fault) => {
    const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
    let service = world.start();
    for (let run = 0; run < runs; run += 1) {
      await workUntilRandomInstant(world, service, fault);
      // Before it listens, the signal ends the process itself: nothing runs yet that could be
      // finished.
      expect([0, null]).toContain(await service.end('SIGTERM'));
      fault.struck();
      service = world.start();
    }
    await drain(world, service);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
  });
}

/**
 * Gives it work and lets it get to a random place of it: two times of three in the middle of
 * sending, else anywhere, also in its start.
 */
async function workUntilRandomInstant(world: World, service: Service, dice: Dice): Promise<void> {
  const { tenant, mattermost } = world;
  tenant.add('events', dice.between(40, 120));
  tenant.add('suspicious', dice.between(40, 120));
  mattermost.heal();
  mattermost.fail({ slowMs: dice.between(1, 60) }, 300);
  if (dice.random() < 1 / 3)
    return sleep(dice.between(0, service.child.exitCode === null ? 2000 : 0));
  const { size } = mattermost.deliveries;
  const wanted = size + dice.between(1, Math.max(1, expectedOf(world) - size - 20));
  await until(() => mattermost.deliveries.size >= wanted, 15_000);
  await sleep(dice.between(0, 20));
}

/** Roles whose last holder's heartbeat had to end before they were taken. */
async function waitedFor(databaseUrl: string): Promise<string[]> {
  const handovers = await handoversIn(databaseUrl);
  return handovers.filter(({ waits }) => waits > 0).map(({ role }) => role);
}

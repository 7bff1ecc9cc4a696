// The service as a process, killed with SIGKILL while it works: every event is stored once and
// arrives, on both databases.
// `KILLS=20 EACH_STREAM=2000` makes it the long form; CI runs the short one.
import { describe, expect, test } from 'vitest';
import { createWorld, type Service, until } from '../support/world.ts';

const eachStream = Number(process.env.EACH_STREAM ?? 200);
const kills = Number(process.env.KILLS ?? 3);
// Two notices: each stream says once from when on it is watched.
const expected = eachStream * 2 + 2;
/** In flight (32), or answered and not yet written for 50 ms. */
const repeatedByKillMax = 132;

describe.each(['postgres', 'embedded'] as const)('kill -9 on %s', (database) => {
  test('loses nothing, repeats only what was in flight, and a clean restart repeats nothing', {
    timeout: 90_000 + kills * 20_000,
  }, async () => {
    const world = await createWorld({ database });
    const { tenant, mattermost } = world;
    tenant.add('events', eachStream);
    tenant.add('suspicious', eachStream);
    let service = world.start();
    for (let kill = 1; kill <= kills; kill += 1) {
      await world.arrived(Math.ceil((kill * expected) / (kills + 1)));
      await service.end('SIGKILL');
      service = world.start();
    }
    expect(await world.arrived(expected)).toBe(expected);
    expect(world.repeated()).toBeLessThanOrEqual(kills * repeatedByKillMax);
    expect(await isNothingPending(service)).toBe(true);
    console.info(
      `${database}: ${kills} kills, ${expected} deliveries arrived, ${world.repeated()} posts were repetitions`,
    );
    await service.end('SIGTERM');
    const posts = mattermost.requests.posts;
    tenant.add('events', 1);
    world.start();
    expect(await world.arrived(expected + 1)).toBe(expected + 1);
    expect(mattermost.requests.posts).toBe(posts + 1);
  });

  test('a lone instance that was killed is back at work as soon as one that was stopped', async () => {
    const world = await createWorld({ database });
    const { tenant } = world;
    tenant.add('events', 5);
    const cold = world.start();
    expect(await world.arrived(7)).toBe(7);
    await cold.end('SIGTERM');
    const backAtWork = async (count: number) => {
      tenant.add('events', 1);
      const startedAt = performance.now();
      const service = world.start();
      expect(await world.arrived(count)).toBe(count);
      return { service, ms: performance.now() - startedAt };
    };
    const clean = await backAtWork(8);
    await clean.service.end('SIGKILL');
    const killed = await backAtWork(9);
    console.info(
      `${database}: at work ${Math.round(killed.ms)} ms after a kill, ${Math.round(clean.ms)} ms after a clean stop`,
    );
    // Whoever has to wait for the heartbeat of the dead one waits 15 s at the least; a busy machine
    // is as slow after a clean stop.
    expect(killed.ms).toBeLessThan(Math.max(10_000, clean.ms * 2));
  });
});

function isNothingPending(service: Service): Promise<boolean> {
  return until(
    async () => (await service.metric('tocsin_deliveries_pending{sink="soc"}')) === 0,
    10_000,
  );
}

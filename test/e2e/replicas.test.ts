// Two replicas on one Postgres: they share the work, nothing is said twice, and one goes on when
// the other dies.
import { expect, test } from 'vitest';
import { createWorld, type Service, until } from '../support/world.ts';

const eventsSource = 'deepinstinct_events';

test('two replicas relay every event once, and one takes over within 25 s when the other is killed', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  tenant.add('events', 300);
  tenant.add('suspicious', 300);
  const replicas = [world.start('one'), world.start('two')];
  await Promise.all(replicas.map((replica) => replica.ready()));
  expect(await world.arrived(602)).toBe(602);
  for (const more of [1, 2, 3]) {
    tenant.add('events', 20);
    expect(await world.arrived(602 + more * 20)).toBe(602 + more * 20);
  }
  expect(mattermost.requests.posts).toBe(662);
  expect(await heldBy(replicas)).toBe(1);

  const isPolling = await Promise.all(replicas.map(holdsEvents));
  const [polling, other] = isPolling[0] ? replicas : [...replicas].reverse();
  await polling!.end('SIGKILL');
  const killedAt = performance.now();
  tenant.add('events', 30);
  tenant.add('suspicious', 30);
  expect(await world.arrived(722, 30_000)).toBe(722);
  expect(performance.now() - killedAt).toBeLessThan(25_000);
  expect(await holdsEvents(other!)).toBe(true);
  expect(world.repeated()).toBe(0);
});

test('a replica that is stopped hands its roles over at once', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant } = world;
  const replicas = [world.start('one'), world.start('two')];
  await Promise.all(replicas.map((replica) => replica.ready()));
  expect(await world.arrived(2)).toBe(2);
  for (let n = 0; n < 3; n += 1) {
    const polling = (await Promise.all(replicas.map(holdsEvents))).indexOf(true);
    tenant.add('events', 50);
    const stoppedAt = performance.now();
    const stopped = replicas[polling]!.end('SIGTERM');
    expect(await world.arrived(2 + (n + 1) * 50)).toBe(2 + (n + 1) * 50);
    expect(performance.now() - stoppedAt).toBeLessThan(15_000);
    expect(await stopped).toBe(0);
    replicas[polling] = world.start(polling === 0 ? 'one' : 'two');
    await replicas[polling].ready();
    await until(async () => (await heldBy(replicas)) === 1, 15_000);
  }
  expect(world.repeated()).toBe(0);
});

async function holdsEvents(replica: Service): Promise<boolean> {
  return (await replica.metric(`tocsin_role_held{role="source:${eventsSource}"}`)) === 1;
}

async function heldBy(replicas: readonly Service[]): Promise<number> {
  return (await Promise.all(replicas.map(holdsEvents))).filter(Boolean).length;
}

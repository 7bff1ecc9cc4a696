// Two replicas on one Postgres: they share the work, nothing is announced twice, and one goes on
// when the other dies.
import { expect, test } from 'vitest';
import { type Handover, handoversIn, looksMax, watchHandovers } from '../faults/handover-watch.ts';
import { createWorld, type Service, until } from '../support/world.ts';

const eventsSource = 'deepinstinct_events';

test('two replicas relay every event once, and one takes over as soon as the heartbeat of the other expires', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  await watchHandovers(world.databaseUrl!);
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
  tenant.add('events', 30);
  tenant.add('suspicious', 30);
  expect(await world.arrived(722)).toBe(722);
  const taken = (await handoversIn(world.databaseUrl!)).filter(({ isGivenBack }) => !isGivenBack);
  expect(taken.map(({ role }) => role)).toContain(`source:${eventsSource}`);
  expect(taken.filter(isLate)).toEqual([]);
  expect(await holdsEvents(other!)).toBe(true);
  expect(world.repeated()).toBe(0);
});

test('a replica that is stopped hands its roles over at once, without its heartbeat being waited for', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant } = world;
  await watchHandovers(world.databaseUrl!);
  const replicas = [world.start('one'), world.start('two')];
  await Promise.all(replicas.map((replica) => replica.ready()));
  expect(await world.arrived(2)).toBe(2);
  for (let n = 0; n < 3; n += 1) {
    const polling = (await Promise.all(replicas.map(holdsEvents))).indexOf(true);
    tenant.add('events', 50);
    const stopped = replicas[polling]!.end('SIGTERM');
    expect(await world.arrived(2 + (n + 1) * 50)).toBe(2 + (n + 1) * 50);
    expect(await stopped).toBe(0);
    replicas[polling] = world.start(polling === 0 ? 'one' : 'two');
    await replicas[polling].ready();
    await until(async () => (await heldBy(replicas)) === 1, 15_000);
  }
  expect(world.repeated()).toBe(0);
  const handovers = await handoversIn(world.databaseUrl!);
  const isOfEvents = ({ role }: Handover) => role === `source:${eventsSource}`;
  expect(handovers.filter(isOfEvents).length).toBeGreaterThanOrEqual(3);
  expect(handovers.filter((one) => !one.isGivenBack || isLate(one))).toEqual([]);
});

const isLate = ({ looks }: Handover) => looks > looksMax;

async function holdsEvents(replica: Service): Promise<boolean> {
  return (await replica.metric(`tocsin_role_held{role="source:${eventsSource}"}`)) === 1;
}

async function heldBy(replicas: readonly Service[]): Promise<number> {
  return (await Promise.all(replicas.map(holdsEvents))).filter(Boolean).length;
}

// An operator pauses a sink of a running Tocsin, and meanwhile a process is killed, the role goes to
// another replica, or the database is away: nothing is sent before the end of the pause, and then
// everything is, once.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { createWorld, type Service, until, type World } from '../support/world.ts';
import { withDatabase } from './checker.ts';
import { accountOf, drain } from './drained.ts';
import { type Dice, faultCase } from './fault-case.ts';
import { environmentOn, startOwnPostgres } from './own-postgres.ts';

/** How soon every replica knows of a pause: one look, and some for a slow machine. */
const knownMs = 10_000;
/** Longer than any wait between two sends or probes. */
const quietMs = 4000;

faultCase(
  'an operator pauses a sink, and the process that works it is killed',
  { timeoutMs: 200_000 },
  async (fault) => {
    const world = await createWorld({
      database: 'postgres',
      environment: { POLLING_INTERVAL: '1' },
    });
    const first = world.start('first');
    expect(await world.arrived(2)).toBe(2);
    const call = await callingOn(world);
    await call(first, 'sinks/soc/pause', { reason: 'the channel moves', for: '1h' });
    await seesPause(first);
    addLoad(world, fault);
    const before = await restingAt(world);
    await first.end('SIGKILL');
    fault.struck();
    const second = world.start('first');
    await second.ready();
    addLoad(world, fault);
    await sleep(quietMs);
    expect(world.mattermost.deliveries.size, 'sent while it was paused').toBe(before);
    await call(second, 'sinks/soc/resume', {});
    await drain(world, second);
    await second.end('SIGTERM');
    await fault.account(accountOf(world));
  },
);

faultCase(
  'an operator pauses a sink at one replica, and another works it',
  { timeoutMs: 300_000 },
  async (fault) => {
    const world = await createWorld({
      database: 'postgres',
      environment: { POLLING_INTERVAL: '1' },
    });
    const replicas = [world.start('home-0'), world.start('home-1')];
    await Promise.all(replicas.map((one) => one.ready()));
    expect(await world.arrived(2)).toBe(2);
    const call = await callingOn(world);
    const origin = new URL(world.mattermost.url).origin;
    const holds = (one: Service) => one.metric(`tocsin_role_held{role="sink:${origin}"}`);
    const isFirst = (await holds(replicas[0]!)) === 1;
    const [holder, other] = isFirst ? replicas : replicas.toReversed();
    const askedAt = performance.now();
    await call(other!, 'sinks/soc/pause', { reason: 'r', for: '1h' });
    await seesPause(holder!);
    console.info(`the holder knew after ${Math.round(performance.now() - askedAt)} ms`);
    addLoad(world, fault);
    const before = await restingAt(world);
    for (const one of replicas) {
      const item = { state: 'paused_by_operator', pause: { reason: 'r' } };
      expect(await call(one, 'sinks')).toMatchObject({ items: [item] });
    }
    await holder!.end('SIGKILL');
    fault.struck();
    expect(await until(async () => (await holds(other!)) === 1, 60_000)).toBe(true);
    addLoad(world, fault);
    await sleep(quietMs);
    expect(world.mattermost.deliveries.size, 'sent while it was paused').toBe(before);
    await call(other!, 'sinks/soc/resume', {});
    await drain(world, other!);
    await other!.end('SIGTERM');
    await fault.account(accountOf(world));
  },
);

faultCase(
  'an operator pauses a sink, and the pause ends while the database is away',
  { timeoutMs: 200_000 },
  async (fault) => {
    const server = await startOwnPostgres();
    const world = await createWorld({
      database: 'embedded',
      environment: { ...(await environmentOn(server.url)), POLLING_INTERVAL: '1' },
    });
    const service = world.start();
    expect(await world.arrived(2)).toBe(2);
    const call = await callingOn(world);
    await call(service, 'sinks/soc/pause', { reason: 'r', for: '8s' });
    const endsAt = performance.now() + 8000;
    await seesPause(service);
    addLoad(world, fault);
    const before = await restingAt(world);
    await server.stop('fast');
    fault.struck();
    expect((await service.get('/healthz')).status).toBe(200);
    await sleep(Math.max(0, endsAt - performance.now()) + 500);
    expect(world.mattermost.deliveries.size, 'sent while it was paused').toBe(before);
    await server.start();
    await drain(world, service);
    const notices = await withDatabase(
      { url: server.url },
      (sql) => sql`select type from events where source = 'tocsin' and type like 'SINK%'`,
    );
    expect([...notices], 'a pause by an operator is no outage').toEqual([]);
    await service.end('SIGTERM');
    await fault.account({ ...accountOf(world), stored: { url: server.url } });
  },
);

function addLoad({ tenant }: World, dice: Dice): void {
  tenant.add('events', dice.between(20, 80));
  tenant.add('suspicious', dice.between(20, 80));
}

async function seesPause(service: Service): Promise<void> {
  const sees = () => service.log.some(({ msg }) => msg === 'paused by an operator');
  expect(await until(sees, knownMs), 'the pause is known').toBe(true);
}

/** What was in flight has ended, and was written. @returns how many deliveries have arrived */
async function restingAt({ mattermost }: World): Promise<number> {
  await sleep(2000);
  return mattermost.deliveries.size;
}

/** Calls the API of a replica as an operator. Fails unless it answers with 200. */
type Call = (service: Service, path: string, body?: object) => Promise<unknown>;

async function callingOn(world: World): Promise<Call> {
  const made = await world.run(['token', 'create', 'ann', '--role', 'operate']);
  const headers = {
    authorization: `Bearer ${made.stdout.trim()}`,
    'content-type': 'application/json',
  };
  return async (service, path, body) => {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const url = `${await service.address}/api/v1/${path}`;
    const answer = await fetch(url, { ...request, headers, signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return JSON.parse(text);
  };
}

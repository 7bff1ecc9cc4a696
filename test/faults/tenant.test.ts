// A tenant behind something hostile: whatever comes in place of a page, nothing is lost, nothing
// wrong is believed, and the key goes nowhere else.
import { expect } from 'vitest';
import type { TenantFault } from '../../simulators/tenant/index.ts';
import { startFarEnd } from '../support/far-end.ts';
import { createWorld, type Service, until, type World } from '../support/world.ts';
import { sourceOf } from './checker.ts';
import { badMoves, watchCursors } from './cursor-watch.ts';
import { accountOf, drain, expectedOf } from './drained.ts';
import { type Fault, faultCase } from './fault-case.ts';
import {
  endlessTrickle,
  type HostileProxy,
  readable,
  slowerThanTheTimeout,
  startHostileProxy,
  unreadable,
} from './hostile-proxy.ts';

/** Longer than the 30 s that an answer may take. */
const timedOutMs = 60_000;

interface Running {
  readonly world: World;
  readonly proxy: HostileProxy;
  readonly service: Service;
}

faultCase('tenant: pages that look odd and are whole', { timeoutMs: 120_000 }, async (fault) => {
  const { world, proxy, service } = await startBehindProxy(fault);
  for (const [name, distortion] of Object.entries(readable)) {
    proxy.distort('events', distortion);
    fault.struck();
    world.tenant.add('events', fault.between(51, 90));
    expect(await world.arrived(world.tenant.ids('events').length + 2, 20_000), name).toBe(
      world.tenant.ids('events').length + 2,
    );
    expect(troubles(service, 'events'), name).toBe(0);
  }
  await finish(fault, { world, proxy, service });
});

faultCase('tenant: answers of a hostile proxy', { timeoutMs: 240_000 }, async (fault) => {
  const { world, proxy, service } = await startBehindProxy(fault);
  const elsewhere = await startFarEnd();
  for (const [name, distortion] of Object.entries(unreadable(elsewhere.origin))) {
    const before = troubles(service, 'events');
    const arrived = world.mattermost.deliveries.size;
    proxy.distort('events', distortion);
    world.tenant.add('events', fault.between(1, 90));
    fault.struck();
    expect(await until(() => troubles(service, 'events') > before, 20_000), name).toBe(true);
    expect(world.mattermost.deliveries.size, name).toBe(arrived);
    expect((await service.get('/healthz')).status, name).toBe(200);
    proxy.distort('events', undefined);
    await drain(world, service);
  }
  expect(elsewhere.connectionCount()).toBe(0);
  expect(JSON.stringify(service.log)).not.toContain(world.tenant.token);
  await finish(fault, { world, proxy, service });
});

faultCase(
  'tenant: a page slower than the time-out, and a body without end',
  { timeoutMs: 240_000 },
  async (fault) => {
    const { world, proxy, service } = await startBehindProxy(fault);
    const arrived = world.mattermost.deliveries.size;
    proxy.distort('events', slowerThanTheTimeout);
    proxy.distort('suspicious', endlessTrickle);
    world.tenant.add('events', fault.between(51, 120));
    world.tenant.add('suspicious', fault.between(51, 120));
    for (const stream of ['events', 'suspicious'] as const) {
      expect(await until(() => troubles(service, stream) > 0, timedOutMs), stream).toBe(true);
      fault.struck();
    }
    expect(world.mattermost.deliveries.size).toBe(arrived);
    proxy.distort('events', undefined);
    proxy.distort('suspicious', undefined);
    await finish(fault, { world, proxy, service });
  },
);

faultCase('tenant: the same page for ever', { timeoutMs: 120_000 }, async (fault) => {
  const { world, proxy, service } = await startBehindProxy(fault);
  const { tenant } = world;
  tenant.add('events', 120);
  await drain(world, service);
  tenant.fail('events', 'same_page', Number.POSITIVE_INFINITY);
  tenant.add('events', fault.between(1, 90));
  fault.struck();
  expect(await until(() => troubles(service, 'events') > 1, 30_000)).toBe(true);
  // It is asked for once a step of the back-off, not as fast as it comes.
  expect(tenant.requests.events).toBeLessThan(60);
  tenant.heal();
  await finish(fault, { world, proxy, service });
});

/**
 * Answers of a wrong or an overloaded server. `isRejected`: announced once the key is refused
 * twice; a new process tries the key at once.
 */
const badAnswers: readonly { readonly fault: TenantFault; readonly isRejected?: boolean }[] = [
  ...[400, 404, 409, 500, 502, 504].map((fault) => ({ fault })),
  { fault: { status: 429, retryAfter: '2' } },
  { fault: { status: 503, retryAfter: '1', body: '<html>down for maintenance</html>' } },
  { fault: 'reset' },
  { fault: 'cut_body' },
  { fault: 'redirect' },
  ...[401, 403, 422].map((fault) => ({ fault, isRejected: true })),
];

faultCase('tenant: each bad answer in place of a page', { timeoutMs: 240_000 }, async (fault) => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant } = world;
  await watchCursors(world.databaseUrl!);
  let service = world.start();
  expect(await world.arrived(2)).toBe(2);
  let notices = 2;
  for (const { fault: answer, isRejected } of badAnswers) {
    const name = JSON.stringify(answer);
    const before = troubles(service, 'events');
    // In the middle of a backlog: the first page is read, the second is not.
    tenant.add('events', fault.between(51, 90));
    tenant.fail('events', { slowMs: 0 });
    tenant.fail('events', answer, Number.POSITIVE_INFINITY);
    fault.struck();
    // A refusal is logged when the second try confirms it.
    const refusals = isRejected ? 2 : 1;
    expect(await until(() => troubles(service, 'events') >= before + refusals, 20_000), name).toBe(
      true,
    );
    tenant.add('suspicious', 3);
    tenant.heal();
    if (isRejected) {
      expect(await service.end('SIGTERM')).toBe(0);
      service = world.start();
      // That the key is refused, and that it is accepted again.
      notices += 2;
    }
    await drain(world, service, 60_000, notices);
  }
  expect(tenant.requests.other, 'somebody followed a redirect').toBe(0);
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world));
  expect(await badMoves(world.databaseUrl!, tenant)).toEqual([]);
});

faultCase('tenant: suspicious events that stop with 401', { timeoutMs: 120_000 }, async (fault) => {
  const { world, proxy, service } = await startBehindProxy(fault);
  const { tenant } = world;
  tenant.add('suspicious', fault.between(1, 60));
  await drain(world, service);
  tenant.fail('suspicious', 'disabled', Number.POSITIVE_INFINITY);
  const arrived = world.mattermost.deliveries.size;
  tenant.add('suspicious', fault.between(1, 60));
  fault.struck();
  // Not taken for a feature that is off: it is an alarm on screen, and the other stream goes on.
  expect(await world.arrived(arrived + 1, 20_000)).toBe(arrived + 1);
  expect(world.mattermost.posts.at(-1)!.text).toContain(
    `Source \`${sourceOf.suspicious}\` refuses our credential`,
  );
  const more = tenant.add('events', fault.between(1, 60)).length;
  expect(await world.arrived(arrived + 1 + more, 20_000)).toBe(arrived + 1 + more);
  tenant.heal();
  expect(await service.end('SIGTERM')).toBe(0);
  const next = world.start('data', { DEEPINSTINCT_URL: proxy.url });
  // Besides that both are watched: that one is refused, and that it can be read again.
  await drain(world, next, 60_000, 4);
  await finish(fault, { world, proxy, service: next });
});

faultCase('tenant: rebuilt, its ids start anew', { timeoutMs: 120_000 }, async (fault) => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant } = world;
  tenant.add('events', fault.between(60, 120), { ageSeconds: 60 });
  const service = world.start();
  await drain(world, service);
  const earlier = [...tenant.ids('events')];
  tenant.rebuild('events');
  tenant.add('events', fault.between(1, 50));
  fault.struck();
  // Every tenth look compares.
  const isReset = () =>
    service.log.some(({ reason, source }) => reason === 'reset' && source === sourceOf.events);
  const isTold = () =>
    world.mattermost.posts.some(({ text }) =>
      text.includes(`\`${sourceOf.events}\` has been reset`),
    );
  expect(await until(() => isReset() && isTold(), 40_000)).toBe(true);
  const arrived = world.mattermost.deliveries.size;
  tenant.add('events', 150);
  tenant.add('suspicious', 5);
  expect(await world.arrived(arrived + 5, 20_000)).toBe(arrived + 5);
  expect(await world.run(['source', 'reset', sourceOf.events])).toMatchObject({ code: 0 });
  const isWatching = () =>
    world.mattermost.posts.filter(({ text }) => text.includes(`Watching \`${sourceOf.events}\``))
      .length;
  expect(await until(() => isWatching() === 2, 40_000)).toBe(true);
  await drain(world, service, 60_000, 4 + earlier.length);
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account({ ...accountOf(world), beforeRebuild: { events: earlier } });
});

const largest = Number.MAX_SAFE_INTEGER;

/** One answer each, between right ones. */
const poisoned: readonly ((page: string) => string)[] = [
  () => `{"last_id":${largest},"events":[]}`,
  (page) => page.replace(/"last_id": ?(\d+|null)/, `"last_id":${largest}`),
  (page) => withItem(page, { id: largest, type: 'STATIC_ANALYSIS' }),
];

function withItem(page: string, item: object): string {
  const { events } = JSON.parse(page) as { events: readonly object[] | null };
  return JSON.stringify({ last_id: largest, events: [...(events ?? []), item] });
}

for (const database of ['postgres', 'embedded'] as const) {
  faultCase(
    `tenant: wrong numbers, a restart, a restore (${database})`,
    { timeoutMs: 240_000 },
    async (fault) => {
      const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
      const { tenant } = world;
      const proxy = await startHostileProxy(tenant.url);
      const start = () => world.start('data', { DEEPINSTINCT_URL: proxy.url });
      let service = start();
      expect(await world.arrived(2)).toBe(2);
      for (const body of poisoned) {
        const before = proxy.distorted('events');
        proxy.distort('events', (page, response) => {
          proxy.distort('events', undefined);
          response.end(body(page.toString()));
        });
        fault.struck();
        expect(await until(() => proxy.distorted('events') > before, 30_000)).toBe(true);
        if (fault.random() < 0.5) {
          expect(await service.end('SIGTERM')).toBe(0);
          service = start();
        }
        tenant.add('events', fault.between(20, 60), { ageSeconds: 60 });
        await drain(world, service);
        expect(world.mattermost.deliveries.size, 'something was announced that is no event').toBe(
          expectedOf(world),
        );
      }
      const earlier = [...tenant.ids('events')];
      const firstId = earlier.at(-fault.between(10, 40))!;
      for (const id of earlier.filter((one) => one >= firstId)) tenant.remove('events', id);
      tenant.add('events', fault.between(1, 8), { firstId });
      fault.struck();
      const isReset = () =>
        service.log.some(({ reason, source }) => reason === 'reset' && source === sourceOf.events);
      expect(await until(isReset, 40_000), 'nobody noticed the restore').toBe(true);
      const command = ['source', 'reset', sourceOf.events];
      expect(await world.run(command, { DEEPINSTINCT_URL: proxy.url })).toMatchObject({ code: 0 });
      const watched = () =>
        world.mattermost.posts.filter(({ text }) =>
          text.includes(`Watching \`${sourceOf.events}\``),
        );
      expect(await until(() => watched().length === 2, 40_000)).toBe(true);
      await drain(world, service, 60_000, 4 + earlier.length);
      expect(await service.end('SIGTERM')).toBe(0);
      await fault.account({ ...accountOf(world), beforeRebuild: { events: earlier } });
    },
  );
}

faultCase(
  'tenant: ids that jump by 2^31, and late ones below the cursor',
  { timeoutMs: 120_000 },
  async (fault) => {
    const { world, proxy, service } = await startBehindProxy(fault);
    const { tenant } = world;
    for (let run = 0; run < 4; run += 1) {
      // An odd gap, so that each jump crosses another border of 32 bits at another place.
      const firstId = tenant.nextId('events') + 2 ** 31 + fault.between(0, 1000);
      tenant.add('events', fault.between(1, 90), { firstId });
      fault.struck();
      await drain(world, service);
    }
    // A row gets its number before it is committed: one of lower number can be seen later. Every
    // tenth look goes back by 50.
    const gap = tenant.nextId('events');
    tenant.add('events', 20, { firstId: gap + 5 });
    await drain(world, service);
    tenant.add('events', 5, { firstId: gap });
    fault.struck();
    await drain(world, service);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
    expect(proxy.distorted('events')).toBe(0);
  },
);

async function startBehindProxy(fault: Fault): Promise<Running> {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  await watchCursors(world.databaseUrl!);
  const proxy = await startHostileProxy(world.tenant.url);
  const service = world.start('data', { DEEPINSTINCT_URL: proxy.url });
  expect(await world.arrived(2)).toBe(2);
  world.tenant.add('events', fault.between(1, 20));
  await drain(world, service);
  return { world, proxy, service };
}

function troubles({ log }: Service, stream: 'events' | 'suspicious'): number {
  return log.filter(
    ({ level, source }) => (level === 'error' || level === 'warn') && source === sourceOf[stream],
  ).length;
}

async function finish(fault: Fault, { world, service }: Running): Promise<void> {
  await drain(world, service, 90_000);
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world));
  expect(await badMoves(world.databaseUrl!, world.tenant)).toEqual([]);
}

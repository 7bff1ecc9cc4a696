// What an answer costs the process that reads it: memory and CPU are bounded by its bytes, whatever
// stands in it, and the other streams go on meanwhile.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { costly, type HostileProxy, startHostileProxy } from '../faults/hostile-proxy.ts';
import { createWorld, type Service, until, type World } from '../support/world.ts';

const suspicious = 'deepinstinct_suspicious_events';
const memoryMaxMb = 400;
/** Of the CPU that an honest page of the same size takes in the same process. */
const cpuFactorMax = 6;
/**
 * What comes late on a busy machine comes; what a costly answer takes is seen in memory and CPU,
 * which no neighbour lengthens.
 */
const waitMs = 120_000;

interface Cost {
  readonly mb: number;
  readonly cpuSeconds: number;
}

test.skipIf(process.platform !== 'linux')(
  'no answer of 32 MB costs more memory or CPU than its size allows, and the other stream goes on',
  { timeout: 900_000 },
  async () => {
    const world = await createWorld({
      database: 'postgres',
      environment: { POLLING_INTERVAL: '1' },
    });
    const proxy = await startHostileProxy(world.tenant.url);
    const service = world.start('data', { DEEPINSTINCT_URL: proxy.url });
    expect(await world.arrived(2)).toBe(2);

    const costs: Record<string, Cost> = {};
    const honest = await costOf(service, () => addAndWait(world, 'suspicious', honestPage(world)));
    for (const [name, distortion] of Object.entries(costly)) {
      costs[name] = await costOf(service, async () => {
        const before = await polls(service, 'failed');
        proxy.distort('suspicious', distortion);
        await expectOthersGoOn(world, proxy, name);
        expect(
          await until(async () => (await polls(service, 'failed')) > before, waitMs),
          name,
        ).toBe(true);
      });
      proxy.distort('suspicious', undefined);
      const good = await polls(service, 'ok');
      expect(await until(async () => (await polls(service, 'ok')) > good, waitMs), name).toBe(true);
    }
    costs['an event of 1.5 million members'] = await costOf(service, () =>
      addAndWait(world, 'suspicious', heavyEvent(world)),
    );
    expect(world.mattermost.posts.at(-1)?.text).toContain('UNRECOGNISED');

    console.info(JSON.stringify({ honest, ...costs }, null, 1));
    for (const [name, { mb, cpuSeconds }] of Object.entries(costs)) {
      expect(mb, `${name}: MB`).toBeLessThan(memoryMaxMb);
      expect(cpuSeconds, `${name}: CPU beside ${honest.cpuSeconds} s`).toBeLessThan(
        cpuFactorMax * Math.max(honest.cpuSeconds, 0.5),
      );
    }
    expect(service.child.exitCode).toBeNull();
  },
);

function honestPage({ tenant }: World): string {
  const description = 'what happened, in many words. '.repeat(1_000_000);
  return JSON.stringify({
    id: tenant.nextId('suspicious'),
    type: 'SUSPICIOUS_ACTIVITY',
    description,
  });
}

function heavyEvent({ tenant }: World): string {
  const members = Array.from({ length: 1_500_000 }, (_, index) => `"k${index}":0`).join(',');
  return `{"id":${tenant.nextId('suspicious')},"type":"SUSPICIOUS_ACTIVITY",${members}}`;
}

async function addAndWait(world: World, stream: 'suspicious', raw: string): Promise<void> {
  const arrived = world.mattermost.deliveries.size + 1;
  world.tenant.addRaw(stream, raw);
  expect(await world.arrived(arrived, waitMs)).toBe(arrived);
}

async function expectOthersGoOn(world: World, proxy: HostileProxy, name: string): Promise<void> {
  const begun = proxy.distorted('suspicious');
  expect(await until(() => proxy.distorted('suspicious') > begun, waitMs), name).toBe(true);
  const arrived = world.mattermost.deliveries.size + world.tenant.add('events', 5).length;
  expect(await world.arrived(arrived, waitMs), name).toBe(arrived);
}

/** How many of its polls ended so far, well or not. */
async function polls(service: Service, outcome: 'ok' | 'failed'): Promise<number> {
  const { body } = await service.get('/metrics');
  const found = body.matchAll(
    /^tocsin_source_polls_total\{source="(\w+)",outcome="(\w+)"\} (\d+)/gm,
  );
  let count = 0;
  for (const [, source, its, times] of found) {
    if (source === suspicious && (its === 'ok') === (outcome === 'ok')) count += Number(times);
  }
  return count;
}

/** What `act` took in the service: the peak of its memory above where it began, and its CPU. */
async function costOf({ child }: Service, act: () => Promise<void>): Promise<Cost> {
  const before = memoryMb(child.pid!, 'VmRSS');
  const cpuBefore = cpuSeconds(child.pid!);
  // The peak begins anew.
  writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
  await act();
  return {
    mb: Math.round(memoryMb(child.pid!, 'VmHWM') - before),
    cpuSeconds: cpuSeconds(child.pid!) - cpuBefore,
  };
}

function memoryMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1000;
}

/** User and system, in clock ticks of a hundredth of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

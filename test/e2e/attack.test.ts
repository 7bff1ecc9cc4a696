// Visitors who ask for everything and read nothing: polling and delivery go on, memory stays bounded, probes are answered.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld, type Service, until, type World } from '../support/world.ts';

const pageOfRequests = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(1700);
const heldMax = 40;
const attemptsMax = 1500;

/** Sends 1,700 requests at once on each connection and reads no answer; 40 connections at a time, a new one every 25 ms. */
function attack(address: string): { readonly attempts: () => number; stop(): void } {
  const { hostname, port } = new URL(address);
  const held: Socket[] = [];
  let attempts = 0;
  const timer = setInterval(() => {
    if (held.length >= heldMax) held.shift()!.destroy();
    if (attempts >= attemptsMax) return;
    attempts += 1;
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {}).pause();
    socket.write(pageOfRequests(attempts % 2 === 0 ? '/metrics' : '/readyz'));
    held.push(socket);
  }, 25);
  const stop = () => {
    clearInterval(timer);
    for (const socket of held) socket.destroy();
  };
  onTestFinished(stop);
  return { attempts: () => attempts, stop };
}

/** Without notices. */
function eventsPosted({ mattermost }: World): number {
  return mattermost.posts.filter(({ props }) => (props.tocsin as { source: string }).source !== 'tocsin').length;
}

/** Milliseconds from the tenant's event to its post, of each of so many events, sorted. */
async function delaysOf(world: World, count: number): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const before = eventsPosted(world);
    world.tenant.add('events', 1);
    const addedAt = performance.now();
    const isPosted = () => eventsPosted(world) > before;
    expect(await until(isPosted, 30_000)).toBe(true);
    delays.push(performance.now() - addedAt);
  }
  return delays.sort((a, b) => a - b);
}

function peakMegabytes(service: Service): number {
  const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

test.runIf(process.platform === 'linux')(
  'requests without end on connections that are never read hold up neither deliveries nor probes, and cost a bounded memory',
  { timeout: 180_000 },
  async () => {
    const environment = { POLLING_INTERVAL: '1', START_FROM: '24h', NODE_OPTIONS: '--max-old-space-size=256' };
    const world = await createWorld({ database: 'embedded', environment });
    const service = world.start();
    await service.ready();
    await delaysOf(world, 1);
    const calm = await delaysOf(world, 12);
    const calmMegabytes = peakMegabytes(service);
    const { attempts, stop } = attack(await service.address);
    const attacked = await delaysOf(world, 12);
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      // A probe may be pushed out by a flood from its own address, and is sent again.
      const isAnswered = async () => (await service.get(path).catch(() => undefined))?.status === 200;
      expect([path, await until(isAnswered, 30_000)]).toEqual([path, true]);
    }
    stop();
    const figures = {
      calm: calm.at(-1)!,
      attacked: attacked.at(-1)!,
      attempts: attempts(),
      calmMegabytes,
      peak: peakMegabytes(service),
    };
    if (process.env.FIGURES) console.log(JSON.stringify(figures));
    expect(attempts(), 'the attack goes on for as long as the deliveries').toBeGreaterThan(heldMax);
    expect(figures.attacked / figures.calm, JSON.stringify(figures)).toBeLessThan(3);
    expect(peakMegabytes(service) - calmMegabytes).toBeLessThan(120);
    expect(await service.end('SIGTERM')).toBe(0);
  },
);

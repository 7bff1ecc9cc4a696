// The service as a process while Mattermost limits, fails, hangs, resets, and forgets its hook:
// nothing is lost, nothing dies, and the far end is asked no more often than the policy allows.
import { describe, expect, test } from 'vitest';
import type { MattermostFault } from '../../simulators/mattermost/index.ts';
import { withSinkTimeout } from '../support/sink-timeout.ts';
import {
  createWorld,
  type DatabaseKind,
  type Service,
  until,
  type World,
} from '../support/world.ts';

/** Sends at the same time, until answers show that the far end can take more. */
const inFlightMax = 4;
/**
 * Before the fifth failure stops all, four that failed have been replaced, and two were tried again
 * without their mark of urgency.
 */
const burstMax = inFlightMax + 4 + 2;
/** How many steps of a back-off begin within `elapsedMs`: `firstMs` doubling, each less 20 %. */
const stepsWithin = (elapsedMs: number, firstMs: number) =>
  Math.floor(Math.log2(elapsedMs / (0.8 * firstMs) + 1));
const forEver = Number.POSITIVE_INFINITY;

interface Running {
  readonly world: World;
  readonly service: Service;
}

/** With the two notices of a first start delivered and nothing else to do. */
async function startQuiet(database: DatabaseKind = 'embedded', more = {}): Promise<Running> {
  const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1', ...more } });
  const service = world.start();
  expect(await world.arrived(2)).toBe(2);
  return { world, service };
}

const isIn = async ({ service }: Running, state: 'ok' | 'backing_off' | 'paused') =>
  (await service.metric(`tocsin_sink_state{sink="soc",state="${state}"}`)) === 1;
const count = ({ service }: Running, gauge: 'pending' | 'dead') =>
  service.metric(`tocsin_deliveries_${gauge}{sink="soc"}`);

async function expectAllDelivered(running: Running, expected: number): Promise<void> {
  expect(await running.world.arrived(expected, 30_000)).toBe(expected);
  expect(await until(async () => (await count(running, 'pending')) === 0, 10_000)).toBe(true);
  expect(await count(running, 'dead')).toBe(0);
  expect(await isIn(running, 'ok')).toBe(true);
}

/** When the service logged it, in milliseconds since the epoch. */
async function timeOf({ log }: Service, said: RegExp): Promise<number> {
  const find = () =>
    log.find(({ msg, error }) => said.test(String(msg)) || said.test(String(error)));
  expect(await until(() => find() !== undefined, 30_000)).toBe(true);
  return new Date(find()!.time as string | number).getTime();
}

interface Outage {
  readonly fault: MattermostFault;
  /** How many probes it outlives. */
  readonly probes: number;
  readonly isRepeated?: boolean;
}

async function surviveOutage({ fault, probes, isRepeated = false }: Outage): Promise<void> {
  const running = await startQuiet();
  const { tenant, mattermost } = running.world;
  mattermost.fail(fault, forEver);
  const requests = () => mattermost.requests.log.slice(2);
  tenant.add('events', 60);
  const downAtMs = await timeOf(running.service, /^the sink backs off$/);
  const sinceDown = () => requests().filter(({ atMs }) => atMs > downAtMs);
  // Two may have been on their way already.
  expect(await until(() => sinceDown().length >= 2 + probes, 20_000)).toBe(true);
  mattermost.heal();
  const elapsedMs = Date.now() - downAtMs;
  const refused = () => requests().filter(({ status }) => status !== 200).length;
  const whileDown = refused();
  const made = sinceDown().filter(({ status }) => status !== 200);
  expect(whileDown - made.length).toBeLessThanOrEqual(burstMax);
  // Those that were under way when it went down, each once more without its mark, and one a step.
  expect(made.length).toBeLessThanOrEqual(2 * inFlightMax + stepsWithin(elapsedMs, 250) + 1);
  const probed = made.slice(-probes).map(({ deliveryId }) => deliveryId);
  expect(new Set(probed).size).toBe(probes);
  await expectAllDelivered(running, 62);
  // Counted now, for one that was under way when it came back may have got through.
  if (isRepeated) expect(running.world.repeated()).toBe(refused());
  else expect(running.world.repeated()).toBe(0);
}

interface Limit {
  readonly status: number;
  /**
   * How many of the first requests are still being worked when the others are refused, and then
   * succeed.
   */
  readonly underWay: number;
}

async function obeyRetryAfter({ status, underWay }: Limit): Promise<void> {
  const running = await startQuiet();
  const { tenant, mattermost } = running.world;
  mattermost.fail({ slowMs: 500 }, underWay);
  mattermost.fail({ status, retryAfter: '3' }, forEver);
  const requests = () => mattermost.requests.log.slice(2);
  tenant.add('events', 100);
  const downAtMs = await timeOf(running.service, /^the sink backs off$/);
  const isAskedAgain = () => requests().some(({ atMs }) => atMs > downAtMs + 2500);
  expect(await until(isAskedAgain, 10_000)).toBe(true);
  mattermost.heal();
  const made = requests();
  expect(made.length).toBeLessThanOrEqual(underWay + inFlightMax + 1);
  expect(made.filter((one) => one.status === 200)).toHaveLength(underWay);
  const refused = made.filter((one) => one.status === status);
  expect(refused.at(-1)!.atMs - refused.at(-2)!.atMs).toBeGreaterThanOrEqual(2990);
  await expectAllDelivered(running, 102);
  expect(running.world.repeated()).toBe(0);
}

describe('while Mattermost is down', () => {
  test.each<Outage>([
    { fault: 500, probes: 2 },
    { fault: 'reset_before', probes: 1 },
    { fault: 'reset_after', probes: 1, isRepeated: true },
    { fault: { status: 429 }, probes: 1 },
    { fault: { status: 429, retryAfter: '0' }, probes: 1 },
  ])(
    '$fault: one request a step, each with another delivery, and afterwards all arrive',
    surviveOutage,
  );

  test('requests without an answer hold back all others until they have timed out, and all arrive', async () => {
    const running = await startQuiet('embedded', withSinkTimeout('5s'));
    const { tenant, mattermost } = running.world;
    mattermost.fail('hang', inFlightMax - 1);
    mattermost.fail('hang_after', 1);
    tenant.add('events', 60);
    const firstFailedAtMs = await timeOf(running.service, /no (complete )?answer within/);
    const earlier = mattermost.requests.log.slice(2).filter(({ atMs }) => atMs < firstFailedAtMs);
    expect(earlier.map(({ status }) => status)).toEqual(Array(inFlightMax).fill(0));
    await expectAllDelivered(running, 62);
    expect(running.world.repeated()).toBe(1);
  });

  const obeys =
    '$status with Retry-After, $underWay still to succeed: after what was in flight nothing, then one request';
  test.each<Limit>([
    { status: 503, underWay: 0 },
    { status: 429, underWay: 4 },
  ])(obeys, obeyRetryAfter);

  test('events go on being stored, and when it is back the CRITICAL ones go before the LOW ones', async () => {
    const running = await startQuiet();
    const { tenant, mattermost } = running.world;
    mattermost.fail(500, forEver);
    tenant.add('events', 40, { severity: 'LOW' });
    await timeOf(running.service, /^the sink backs off$/);
    tenant.add('events', 50, { severity: 'LOW' });
    tenant.add('events', 50, { severity: 'VERY_HIGH' });
    tenant.add('suspicious', 50, { severity: 'HIGH' });
    expect(await until(async () => (await count(running, 'pending')) === 190, 15_000)).toBe(true);
    mattermost.heal();
    await expectAllDelivered(running, 192);
    // The first was the probe, which takes any delivery. What comes after the first of a lesser
    // severity was in flight with that one.
    const severities = mattermost.posts.slice(3).map(({ text }) => /\*\*(\w+)\*\*/.exec(text)?.[1]);
    const afterFirst = (lesser: string, greater: string) =>
      severities.slice(severities.indexOf(lesser)).filter((one) => one === greater).length;
    expect(severities.slice(0, 10)).toEqual(Array(10).fill('CRITICAL'));
    expect(afterFirst('HIGH', 'CRITICAL')).toBeLessThan(inFlightMax);
    expect(afterFirst('LOW', 'CRITICAL') + afterFirst('LOW', 'HIGH')).toBeLessThan(inFlightMax);
    expect(running.world.repeated()).toBe(0);
  });

  test.each([
    { fault: 500, said: /^the sink backs off$/ },
    { fault: 'unknown_hook', said: /paused, everything/ },
    { fault: 'hang', said: undefined },
  ] as const)(
    '$fault: a SIGTERM ends the process cleanly without another try, and the next start delivers all, none twice',
    async ({ fault, said }) => {
      const more = fault === 'hang' ? withSinkTimeout('5s') : {};
      const { world, service } = await startQuiet('postgres', more);
      const { tenant, mattermost } = world;
      mattermost.fail(fault, forEver);
      tenant.add('events', 60);
      if (said) await timeOf(service, said);
      else
        expect(await until(() => mattermost.requests.total >= 2 + inFlightMax, 10_000)).toBe(true);
      const { total } = mattermost.requests;
      const ended = service.end('SIGTERM');
      if (fault === 'hang') {
        // While it waits for its last answers nobody is to be sent to it, and nobody is to kill it.
        expect(await until(async () => (await service.get('/readyz')).status === 503, 5000)).toBe(
          true,
        );
        expect((await service.get('/healthz')).status).toBe(200);
      }
      expect(await ended).toBe(0);
      // At most what was on its way when the signal came.
      expect(mattermost.requests.total - total).toBeLessThanOrEqual(inFlightMax);
      mattermost.heal();
      await expectAllDelivered(
        { world, service: world.start() },
        62 + (fault === 'unknown_hook' ? 1 : 0),
      );
      expect(world.repeated()).toBe(0);
    },
  );
});

/** Answers after which nothing can pass until somebody repairs the far end. */
const refusals = ['unknown_hook', 'disabled', 'html'] as const;

test('a hook that is gone pauses the sink: nothing dies, checks are ever rarer, and it goes on by itself', {
  timeout: 150_000,
}, async () => {
  const all = await Promise.all(
    refusals.map(async (fault) => ({ fault, ...(await startQuiet()) })),
  );
  await Promise.all(all.map(expectPauseAndReturn));
});

async function expectPauseAndReturn(running: Running & { fault: MattermostFault }): Promise<void> {
  const { world, service } = running;
  const { tenant, mattermost } = world;
  mattermost.fail(running.fault, forEver);
  tenant.add('events', 60);
  const pausedAtMs = await timeOf(service, /^the sink is paused, everything is kept/);
  expect(await until(() => Date.now() > pausedAtMs + 3000, 10_000)).toBe(true);
  const requests = mattermost.requests.log.slice(2);
  const checks = requests.filter(
    ({ deliveryId, atMs }) => deliveryId === undefined && atMs > pausedAtMs,
  );
  expect(checks.length).toBeLessThanOrEqual(stepsWithin(Date.now() - pausedAtMs, 1000) + 1);
  expect(requests.filter(({ deliveryId }) => deliveryId !== undefined).length).toBeLessThanOrEqual(
    2 * inFlightMax,
  );
  expect(requests.length - checks.length).toBeLessThanOrEqual(3 * inFlightMax);
  tenant.add('events', 10);
  expect(await until(async () => (await count(running, 'pending')) === 70, 10_000)).toBe(true);
  expect(await isIn(running, 'paused')).toBe(true);
  expect(await count(running, 'dead')).toBe(0);
  mattermost.heal();

  const total = mattermost.requests.total;
  const unwell: string[] = [];
  const isAskedAgain = async () => {
    for (const path of ['/readyz', '/healthz'])
      if ((await service.get(path)).status !== 200)
        unwell.push(`${path} after ${Date.now() - pausedAtMs} ms`);
    return mattermost.requests.total > total;
  };
  expect(await until(isAskedAgain, 75_000)).toBe(true);
  expect(unwell).toEqual([]);
  await expectAllDelivered(running, 73);
  const [check, probe] = mattermost.requests.log.slice(total);
  expect(check).toMatchObject({ status: 404 });
  expect(check!.deliveryId).toBeUndefined();
  expect(probe).toMatchObject({ status: 200, deliveryId: expect.any(String) });
  expect(mattermost.posts.filter(({ text }) => text.includes('works again'))).toHaveLength(1);
  expect(world.repeated()).toBe(0);
}

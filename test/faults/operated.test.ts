// What is done to a running Tocsin on purpose, under 200 events a second: replicas are replaced as
// the Deployment does it, and the database is away for a minute. The channel falls silent for no
// longer than it must, and the probes tell Kubernetes the right thing.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { createWorld, type Service, until } from '../support/world.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { accountOf, drain } from './drained.ts';
import { faultCase, isLong } from './fault-case.ts';
import { type Handover, handoversIn, looksMax, watchHandovers } from './handover-watch.ts';
import { environmentOn, startOwnPostgres } from './own-postgres.ts';
import { startLoad } from './steady.ts';

const perSecond = 200;

interface Deployment {
  readonly spec: {
    readonly minReadySeconds: number;
    readonly strategy: { readonly rollingUpdate: Readonly<Record<string, number>> };
    readonly template: { readonly spec: { readonly terminationGracePeriodSeconds: number } };
  };
}
const { spec } = parse(readProjectFile('k8s/base/deployment.yaml')) as Deployment;

faultCase(
  'a rollout of two replicas under 200 events a second',
  { timeoutMs: 400_000 },
  async (fault) => {
    // One more than wanted, and never fewer: this is what is done below.
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    const graceMs = spec.template.spec.terminationGracePeriodSeconds * 1000;
    const world = await createWorld({
      database: 'postgres',
      environment: { POLLING_INTERVAL: '1' },
    });
    let pods = [world.start('pod-1'), world.start('pod-2')];
    await Promise.all(pods.map((pod) => pod.ready()));
    expect(await world.arrived(2)).toBe(2);
    await watchHandovers(world.databaseUrl!);
    const load = startLoad(world, perSecond);
    const stopsMs: number[] = [];
    for (let n = 3; n <= (isLong ? 8 : 4); n += 1) {
      const fresh = world.start(`pod-${n}`);
      await fresh.ready();
      // The short form does not wait until the new one has joined, which is harder.
      if (isLong) await sleep(spec.minReadySeconds * 1000);
      const [oldest, ...others] = pods;
      const stoppedAt = performance.now();
      expect(await oldest!.end('SIGTERM')).toBe(0);
      stopsMs.push(Math.round(performance.now() - stoppedAt));
      fault.struck();
      const { size } = world.mattermost.deliveries;
      expect(await until(() => world.mattermost.deliveries.size > size, 60_000)).toBe(true);
      pods = [...others, fresh];
    }
    const silenceMs = load.stop();
    console.info(
      `rollout: longest silence ${Math.round(silenceMs)} ms, stops took ${stopsMs.join(', ')} ms`,
    );
    // The silence is one look of the next holder: whoever does not give its roles back is waited
    // for until its heartbeat expires, 15 s at the least.
    const handovers = await handoversIn(world.databaseUrl!);
    expect(handovers).not.toEqual([]);
    const isLate = ({ isGivenBack, looks }: Handover) => !isGivenBack || looks > looksMax;
    expect(handovers.filter(isLate)).toEqual([]);
    expect(Math.max(...stopsMs)).toBeLessThan(graceMs);
    await drain(world, pods[0]!);
    for (const pod of pods) expect(await pod.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
  },
);

faultCase(
  'Postgres away for a minute under 200 events a second',
  { timeoutMs: 400_000 },
  async (fault) => {
    if (!isLong) return fault.context.skip('a minute is for the long form: FAULTS=long');
    const server = await startOwnPostgres();
    const world = await createWorld({
      database: 'embedded',
      environment: { ...(await environmentOn(server.url)), POLLING_INTERVAL: '1' },
    });
    const service = world.start();
    expect(await world.arrived(2)).toBe(2);
    const load = startLoad(world, perSecond);
    await sleep(5000);
    const probes = startProbes(service);
    await sleep(1000);
    await server.stop('fast');
    fault.struck();
    await sleep(60_000);
    await server.start();
    const backAt = performance.now();
    expect(await until(() => probes.ready().length === 3, 60_000)).toBe(true);
    const readyMs = Math.round(performance.now() - backAt);
    const { size } = world.mattermost.deliveries;
    expect(await until(() => world.mattermost.deliveries.size > size, 60_000)).toBe(true);
    const postedMs = Math.round(performance.now() - backAt);
    await sleep(5000);
    load.stop();
    await drain(world, service, 120_000);
    const caughtUpMs = Math.round(performance.now() - backAt);
    console.info(
      `Postgres back: ready after ${readyMs} ms, posting after ${postedMs} ms, all posted after ${caughtUpMs} ms`,
    );
    expect(probes.live()).toEqual([200]);
    expect(probes.ready()).toEqual([200, 503, 200]);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
  },
);

/**
 * Asks both probes again and again. @returns what each answered, the same answers in a row as one;
 * 0: none within 5 s
 */
function startProbes(service: Service) {
  const answers = { '/healthz': [] as number[], '/readyz': [] as number[] };
  let isStopped = false;
  onTestFinished(() => {
    isStopped = true;
  });
  const ask = async (path: keyof typeof answers) => {
    while (!isStopped && service.child.exitCode === null) {
      const status = await service.get(path).then(
        (answer) => answer.status,
        () => 0,
      );
      if (answers[path].at(-1) !== status && service.child.exitCode === null)
        answers[path].push(status);
      await sleep(200);
    }
  };
  void ask('/healthz');
  void ask('/readyz');
  return { live: () => answers['/healthz'], ready: () => answers['/readyz'] };
}

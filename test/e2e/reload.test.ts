// Another configuration for a service that runs: taken over whole or not at all, and no event is
// lost or posted twice.
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLoopbackProxy } from '../faults/loopback-proxy.ts';
import { startFarEnd } from '../support/far-end.ts';
import {
  createWorld,
  type Service,
  until,
  type World,
  type WorldOptions,
} from '../support/world.ts';

const lastSuccessful = 'tocsin_config_last_reload_successful';
const lastSuccessAt = 'tocsin_config_last_reload_success_timestamp_seconds';
const hash = 'tocsin_config_hash';

/** A world whose service reads tocsin.yaml. */
async function createConfigured(options: Partial<WorldOptions> = {}) {
  const environment = {
    TOCSIN_CONFIG: 'tocsin.yaml',
    POLLING_INTERVAL: '1',
    ...options.environment,
  };
  const world = await createWorld({ database: 'postgres', ...options, environment });
  const directory = dirname(world.environment.DATA_DIR!);
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, `${name}.new`), text);
    renameSync(join(directory, `${name}.new`), join(directory, name));
  };
  const hooks = { one: world.mattermost.addHook('one'), two: world.mattermost.addHook('two') };
  /** Everything to that sink. */
  const to = (sink: 'one' | 'two', more = '') => yamlOf(hooks, [sink], more);
  return { ...world, directory, write, hooks, to };
}

function yamlOf(hooks: Readonly<Record<string, string>>, to: readonly string[], more = ''): string {
  const sinks = Object.entries(hooks).map(
    ([id, url]) => `  ${id}: { type: mattermost, url: "${url}" }\n`,
  );
  return `sinks:\n${sinks.join('')}routes: [{ name: all, to: [${to}] }]\n${more}`;
}

const takenOver = 'new configuration taken over';
const rereadAlike = 'the configuration was read again, and nothing has changed';
const countOf = (service: Service, message: string) =>
  service.log.filter(({ msg }) => String(msg).startsWith(message)).length;
const expectLogged = async (service: Service, message: string, count = 1) =>
  expect(
    await until(() => countOf(service, message) >= count, 15_000),
    `${message}: ${JSON.stringify(service.log.slice(-4))}`,
  ).toBe(true);
const hangUp = (service: Service) => service.child.kill('SIGHUP');
const postsIn = (world: Pick<World, 'mattermost'>, channel: string) =>
  world.mattermost.posts.filter((post) => post.channel === channel).length;

/**
 * The folder `mounted` with one file in it, as Kubernetes mounts a ConfigMap or a Secret. @returns
 * what gives it another content
 */
function mount(directory: string, file: string): (version: string, text: string) => void {
  const mounted = join(directory, 'mounted');
  mkdirSync(mounted);
  symlinkSync(`..data/${file}`, join(mounted, file));
  return (version, text) => {
    mkdirSync(join(mounted, version));
    writeFileSync(join(mounted, version, file), text);
    symlinkSync(version, join(mounted, '..data_tmp'));
    renameSync(join(mounted, '..data_tmp'), join(mounted, '..data'));
  };
}

describe('SIGHUP', () => {
  test('swaps the routes; what was there before goes on, and the metrics say so', async () => {
    const world = await createConfigured({ database: 'embedded' });
    world.write('tocsin.yaml', world.to('one'));
    const beganAt = Date.now() / 1000;
    const service = world.start();
    await service.ready();
    world.tenant.add('events', 5);
    await world.arrived(7);
    expect(await service.metric(lastSuccessful)).toBe(1);
    const before = { hash: await service.metric(hash), at: (await service.metric(lastSuccessAt))! };
    expect(before.at).toBeGreaterThanOrEqual(Math.floor(beganAt));
    expect(before.at).toBeLessThanOrEqual(Date.now() / 1000);
    const delivered = (sink: string) =>
      service.metric(`tocsin_deliveries_total{sink="${sink}",outcome="delivered"}`);
    expect(await until(async () => (await delivered('one')) === 7, 5000)).toBe(true);

    const three = { ...world.hooks, three: world.mattermost.addHook('three') };
    const { one: _, ...withoutOne } = three;
    world.write('tocsin.yaml', yamlOf(withoutOne, ['three']));
    hangUp(service);
    await expectLogged(service, takenOver);
    world.tenant.add('events', 5);
    await world.arrived(12);
    expect([postsIn(world, 'one'), postsIn(world, 'three')]).toEqual([7, 5]);
    expect(world.repeated()).toBe(0);
    expect(await service.metric(lastSuccessful)).toBe(1);
    expect(await service.metric(lastSuccessAt)).toBeGreaterThan(before.at);
    expect(await service.metric(hash)).not.toBe(before.hash);
    expect(await delivered('one')).toBe(7);
    expect(await until(async () => (await delivered('three')) === 5, 5000)).toBe(true);
    const pendingOf = (sink: string) => service.metric(`tocsin_deliveries_pending{sink="${sink}"}`);
    expect([await pendingOf('one'), await pendingOf('three')]).toEqual([undefined, 0]);
    expect(countOf(service, 'embedded database')).toBe(1);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('many at once, during the start, with nothing changed, and during the stop: all end well', async () => {
    const world = await createConfigured({ database: 'embedded' });
    world.write('tocsin.yaml', world.to('one'));
    const service = world.start();
    // Its database is being opened.
    expect(await until(() => existsSync(world.environment.DATA_DIR!), 15_000)).toBe(true);
    for (let n = 0; n < 5; n += 1) hangUp(service);
    await service.ready();
    await expectLogged(service, rereadAlike);
    expect(countOf(service, takenOver)).toBe(0);
    await world.arrived(2);
    const rereadBefore = countOf(service, rereadAlike);
    hangUp(service);
    await expectLogged(service, rereadAlike, rereadBefore + 1);
    world.write('tocsin.yaml', world.to('two'));
    for (let n = 0; n < 5; n += 1) hangUp(service);
    await expectLogged(service, takenOver);
    world.tenant.add('events', 5);
    expect(await until(() => postsIn(world, 'two') === 5, 15_000)).toBe(true);
    world.write('tocsin.yaml', world.to('one'));
    hangUp(service);
    const ended = service.end('SIGTERM');
    hangUp(service);
    expect(await ended).toBe(0);
    expect(countOf(service, 'tocsin stopped')).toBe(1);
    expect(service.log.filter(({ level }) => level === 'error')).toEqual([]);
    expect(world.repeated()).toBe(0);
  });
});

describe('a changed file', () => {
  test('is noticed when its folder is swapped, as Kubernetes does it, and nothing else is', async () => {
    const world = await createConfigured({ environment: { TOCSIN_CONFIG: 'mounted/tocsin.yaml' } });
    const swap = mount(world.directory, 'tocsin.yaml');
    swap('..1', world.to('one'));
    const service = world.start();
    await service.ready();
    await world.arrived(2);
    swap('..2', world.to('one'));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(countOf(service, 'the configuration was read again')).toBe(0);
    swap('..3', world.to('two'));
    await expectLogged(service, takenOver);
    world.tenant.add('events', 3);
    expect(await until(() => postsIn(world, 'two') === 3, 15_000)).toBe(true);
    expect(countOf(service, takenOver)).toBe(1);
  });

  test('with a new key is taken over from a mounted Secret: what could not be read with the old one is posted', async () => {
    const environment = {
      TOCSIN_CONFIG: '',
      TOKENS_KEY: '',
      TOKENS_KEY_FILE: 'mounted/TOKENS_KEY',
    };
    const world = await createConfigured({ environment });
    const { tenant } = world;
    const swap = mount(world.directory, 'TOKENS_KEY');
    swap('..1', tenant.token);
    const service = world.start();
    await service.ready();
    await world.arrived(2);
    const renewed = tenant.renewToken();
    tenant.add('events', 3);
    const refused = (stream: string) =>
      `tocsin_source_polls_total{source="${stream}",outcome="auth"}`;
    for (const stream of ['deepinstinct_events', 'deepinstinct_suspicious_events']) {
      expect(
        await until(async () => Number(await service.metric(refused(stream))) > 0, 15_000),
      ).toBe(true);
      // It is logged once the notice is stored.
      expect(
        await until(
          () => service.log.some((line) => line.source === stream && line.reason === 'auth'),
          5000,
        ),
      ).toBe(true);
    }
    swap('..2', renewed);
    await expectLogged(service, takenOver);
    // The three, and of each stream: that it is watched, that it was refused, and that it can be
    // read again.
    expect(await world.arrived(9, 15_000)).toBe(9);
    expect(world.repeated()).toBe(0);
    for (const key of [tenant.token, renewed])
      expect(JSON.stringify(service.log)).not.toContain(key);
  });

  test('that is wrong changes nothing and every problem is logged; the next right one is taken', async () => {
    const world = await createConfigured();
    world.write('tocsin.yaml', world.to('one'));
    const service = world.start();
    await service.ready();
    const before = await service.metric(hash);
    world.write('tocsin.yaml', world.to('two', 'time_zone: Nowhere\nlocale: klingon\n'));
    await expectLogged(service, 'a new configuration is refused as a whole');
    const { problems } = service.log.find(({ msg }) => String(msg).includes('refused'))! as {
      problems: string[];
    };
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'tocsin.yaml:6:1',
      'tocsin.yaml:5:1',
    ]);
    expect(await service.metric(lastSuccessful)).toBe(0);
    expect(await service.metric(hash)).toBe(before);
    world.tenant.add('events', 3);
    await world.arrived(5);
    expect([postsIn(world, 'one'), postsIn(world, 'two')]).toEqual([5, 0]);
    world.write('tocsin.yaml', world.to('two'));
    await expectLogged(service, takenOver);
    expect(await until(async () => (await service.metric(lastSuccessful)) === 1, 5000)).toBe(true);
    world.tenant.add('events', 3);
    expect(await until(() => postsIn(world, 'two') === 3, 15_000)).toBe(true);
    expect(countOf(service, 'a new configuration is refused')).toBe(1);
  });

  test('that changes what only a restart can change is refused as a whole, by name', async () => {
    const world = await createConfigured();
    world.write('tocsin.yaml', world.to('one'));
    const service = world.start('data', { LOG_LEVEL: '' });
    await service.ready();
    world.write('tocsin.yaml', world.to('two'));
    world.write('.env', 'LOG_LEVEL=debug\n');
    hangUp(service);
    await expectLogged(service, 'a new configuration is refused as a whole');
    const { problems } = service.log.find(({ msg }) => String(msg).includes('refused'))!;
    expect(problems).toEqual(['Only a restart can change LOG_LEVEL.']);
    expect(await service.metric(lastSuccessful)).toBe(0);
    world.tenant.add('events', 3);
    await world.arrived(5);
    expect([postsIn(world, 'one'), postsIn(world, 'two')]).toEqual([5, 0]);
    world.write('.env', '\n');
    await expectLogged(service, takenOver);
  });

  test('with a new webhook is taken over: what waited for the old one, which was removed, is posted', async () => {
    const world = await createConfigured();
    const { mattermost } = world;
    world.write('hook', `${world.hooks.one}\n`);
    world.write('tocsin.yaml', 'sinks: { soc: { type: mattermost, url_file: hook } }\n');
    const service = world.start();
    await service.ready();
    await world.arrived(2);
    mattermost.archive('one');
    world.tenant.add('events', 4);
    expect(
      await until(
        async () => (await service.metric('tocsin_sink_state{sink="soc",state="paused"}')) === 1,
        15_000,
      ),
    ).toBe(true);
    world.write('hook', `${world.hooks.two}\n`);
    await expectLogged(service, takenOver);
    // The four, and the notice that the sink is back.
    expect(await until(() => postsIn(world, 'two') === 5, 15_000)).toBe(true);
    expect(world.repeated()).toBe(0);
    const ids = Object.values(world.hooks).map((url) => url.split('/').at(-1)!);
    expect(ids.filter((id) => JSON.stringify(service.log).includes(id))).toEqual([]);
  });

  test('with a new secret has it masked in the log, and the old one as well', async () => {
    const world = await createConfigured();
    world.write('tocsin.yaml', world.to('one'));
    const proxied = (password: string) =>
      `NO_PROXY=127.0.0.1\nHTTPS_PROXY=http://tocsin:${password}@proxy.example:3128\n`;
    world.write('.env', proxied('old-password'));
    const service = world.start();
    await service.ready();
    await world.arrived(2);
    world.write('.env', proxied('new-password'));
    hangUp(service);
    await expectLogged(service, takenOver);
    world.mattermost.fail({ status: 500, body: 'said old-password and new-password' }, 1);
    world.tenant.add('events', 1);
    expect(
      await until(() => service.log.some(({ answer }) => String(answer).includes('said')), 15_000),
    ).toBe(true);
    expect(service.log.find(({ answer }) => String(answer).includes('said'))).toMatchObject({
      answer: 'said [secret] and [secret]',
    });
  });
});

describe('under load', () => {
  for (const database of ['postgres', 'embedded'] as const) {
    test(`six times another configuration: nothing is lost and nothing is posted twice (${database})`, async () => {
      const world = await createConfigured({ database });
      world.write('tocsin.yaml', world.to('one'));
      const total = database === 'postgres' ? 1500 : 800;
      world.tenant.add('events', total);
      world.mattermost.fail({ slowMs: 60 }, Number.POSITIVE_INFINITY);
      const service = world.start();
      const startMs = await service.ready();
      await world.arrived(100);
      const unready: number[] = [];
      const gaps: number[] = [];
      for (let n = 1; n <= 6; n += 1) {
        world.write(
          'tocsin.yaml',
          world.to(n % 2 === 0 ? 'one' : 'two', `polling_interval: ${n}\n`),
        );
        const sentAt: number[] = [performance.now()];
        const end = world.mattermost.onPost(() => sentAt.push(performance.now()));
        hangUp(service);
        await expectLogged(service, takenOver, n);
        world.tenant.add('events', 50);
        world.tenant.add('suspicious', 50);
        await new Promise((resolve) => setTimeout(resolve, 300));
        end();
        if (sentAt.length > 1)
          gaps.push(Math.max(...sentAt.slice(1).map((at, index) => at - sentAt[index]!)));
        const { status } = await service.get('/readyz');
        if (status !== 200) unready.push(status);
      }
      const expected = total + 602;
      expect(await world.arrived(expected)).toBe(expected);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(world.mattermost.requests.posts).toBe(expected);
      expect(world.repeated()).toBe(0);
      expect(unready).toEqual([]);
      expect(await service.metric('tocsin_deliveries_dead{sink="one"}')).toBe(0);
      const delivered = async (sink: string) =>
        (await service.metric(`tocsin_deliveries_total{sink="${sink}",outcome="delivered"}`)) ?? 0;
      expect((await delivered('one')) + (await delivered('two'))).toBe(expected);
      // Milliseconds between two posts around a reload, 60 to 500 as a rule. A machine on which
      // they are more takes as much longer for the start.
      expect(Math.max(...gaps)).toBeLessThan(Math.max(5000, 5 * startMs));
    });
  }

  test('two replicas that take it over one after the other lose nothing, post nothing twice, and can be compared', async () => {
    const world = await createConfigured();
    world.write('tocsin.yaml', world.to('one'));
    world.tenant.add('events', 800);
    world.mattermost.fail({ slowMs: 20 }, Number.POSITIVE_INFINITY);
    const replicas = [world.start('first'), world.start('second')];
    await Promise.all(replicas.map((replica) => replica.ready()));
    await world.arrived(50);
    const hashes = () => Promise.all(replicas.map((replica) => replica.metric(hash)));
    for (const [n, replica] of [...replicas, ...replicas].entries()) {
      if (n % 2 === 0) world.write('tocsin.yaml', world.to(n === 0 ? 'two' : 'one'));
      hangUp(replica);
      await expectLogged(replica, takenOver, n < 2 ? 1 : 2);
      world.tenant.add('events', 50);
    }
    expect(new Set(await hashes()).size).toBe(1);
    expect(await world.arrived(1002)).toBe(1002);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(world.mattermost.requests.posts).toBe(1002);
  });

  test('a sink that answers nothing holds up no other', async () => {
    const world = await createConfigured();
    const { origin: hanging } = await startFarEnd(() => {});
    const yaml = (interval: number) =>
      yamlOf(
        { ...world.hooks, slow: `${hanging}/hooks/abcdefghijklmnopqrstuvwxyz` },
        ['one', 'slow'],
        `polling_interval: ${interval}\n`,
      );
    world.write('tocsin.yaml', yaml(1));
    const service = world.start();
    await service.ready();
    await world.arrived(2);
    world.tenant.add('events', 1);
    await world.arrived(3);
    world.write('tocsin.yaml', yaml(2));
    hangUp(service);
    expect(await until(() => countOf(service, 'role restarted') >= 1, 20_000)).toBe(true);
    world.tenant.add('events', 1);
    expect(await world.arrived(4)).toBe(4);
    // It was sent while the reload still waits for the sink that hangs.
    expect(countOf(service, takenOver)).toBe(0);
    await expectLogged(service, takenOver);
  });
});

test('while the database is away a configuration waits, the newest one, and is taken over when it is back', async () => {
  const world = await createConfigured();
  const url = new URL(world.environment.DATABASE_URL!);
  const proxy = await createLoopbackProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  world.write('tocsin.yaml', world.to('one'));
  const service = world.start('data', { DATABASE_URL: url.href });
  await service.ready();
  await world.arrived(2);
  await proxy.refuse();
  world.tenant.add('events', 5);
  world.write('tocsin.yaml', world.to('one', 'polling_interval: 2\n'));
  hangUp(service);
  await expectLogged(
    service,
    'a new configuration is right, and is taken over when the database answers',
  );
  world.write('tocsin.yaml', world.to('two'));
  hangUp(service);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(countOf(service, takenOver)).toBe(0);
  await proxy.accept();
  await expectLogged(service, takenOver);
  world.tenant.add('events', 3);
  expect(await world.arrived(10, 20_000)).toBe(10);
  expect(postsIn(world, 'two')).toBeGreaterThanOrEqual(3);
  expect(countOf(service, takenOver)).toBe(1);
  expect(world.repeated()).toBe(0);
  expect(await service.end('SIGTERM')).toBe(0);
});

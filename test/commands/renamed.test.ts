// What people do to ids: rename a source or a sink, point one at another console, take one out.
// Nothing is told twice, and nothing is left unsaid.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startTenant } from '../../simulators/tenant/index.ts';
import { createCheck } from '../../src/commands/check.ts';
import { createOnce } from '../../src/commands/once.ts';
import { createHttpClient } from '../../src/kit/http/index.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { cardsOf } from '../support/cards.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { runIn } from './in-process.ts';

const others = {
  check: createCheck({
    registries: { sources, sinks },
    createHttp: () => createHttpClient({}),
    now: Date.now,
  }),
};
const check = (world: World, more: Readonly<Record<string, string>> = {}) =>
  runIn(world, ['check'], more, others);

function writeFile(world: World, text: string) {
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, text);
  return { TOCSIN_CONFIG: file };
}

const fileOf = (sourceId: string, sinkId: string) => `
sources:
  ${sourceId}: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
sinks:
  ${sinkId}: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
polling_interval: 1
`;

test('the first example after the variables announces nothing again, whatever ids it uses', async () => {
  const world = await createWorld({ database: 'postgres' });
  const { tenant, mattermost } = world;
  tenant.add('events', 5, { ageSeconds: 60 });
  tenant.add('suspicious', 2, { ageSeconds: 60 });
  expect((await runIn(world, ['once'])).code).toBe(0);
  const before = mattermost.posts.length;
  const example = readProjectFile('examples/one-channel.yaml').replace(
    'https://console.example.com',
    tenant.url,
  );
  const renamed = example
    .replaceAll('https://console.example.com', tenant.url)
    .replace(/^ {2}deepinstinct_events:/m, '  events:')
    .replace(/^ {2}deepinstinct_suspicious_events:/m, '  suspicious:');
  expect(renamed).toContain('  events:\n');
  const config = writeFile(world, renamed);
  expect((await check(world, config)).stdout).toContain('goes on where "deepinstinct_events" was');
  tenant.add('events', 1);
  expect(await runIn(world, ['once'], config)).toMatchObject({ code: 0, stderr: '' });
  expect(mattermost.posts.length).toBe(before + 1);
  const listed = await runIn(world, ['source', 'list'], config);
  expect(listed.stdout).toMatch(/^events {2}.*\nsuspicious {2}/);
  expect(listed.stdout).toContain(`${tenant.url} event`);
});

test('a second service with the same ids leaves everything to the first, now and when that one comes back', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  const b = await startTenant();
  onTestFinished(() => b.close());
  const of = (channel: string) => mattermost.posts.filter((post) => post.channel === channel);
  const cards = (channel: string) => cardsOf('events', of(channel));
  tenant.add('events', 5, { ageSeconds: 60 });
  const first = world.start('a');
  await first.ready();
  expect(await world.arrived(7)).toBe(7);
  b.add('events', 9, { ageSeconds: 30 });
  const hook = mattermost.addHook('channel-of-b');
  const other = { DEEPINSTINCT_URL: b.url, TOKENS_KEY: b.token, MATTERMOST_WEBHOOK_URL: hook };
  const found = await check(world, other);
  expect([found.code, found.stdout]).toEqual([
    1,
    expect.stringContaining(`is that of ${tenant.url}`),
  ]);
  expect(found.stdout).toContain(
    'warn  sink soc: a running process posts to another place under this id',
  );
  const second = world.start('b', other);
  await second.address;
  const ready = async (service: typeof second) => {
    const { status, body } = await service.get('/readyz');
    return `${status} ${body}`;
  };
  expect(
    await until(async () => /^503.*other consoles/.test(await ready(second)), 30_000),
    await ready(second),
  ).toBe(true);
  expect(second.log.filter(({ msg }) => msg === 'this source cannot be read').length).toBe(2);
  expect(await ready(first)).toMatch(/^200/);

  // What waits for the first one's sink waits for the first one.
  mattermost.fail(503, Number.POSITIVE_INFINITY);
  tenant.add('events', 1);
  expect(
    await until(
      async () => (await first.metric('tocsin_deliveries_pending{sink="soc"}')) === 1,
      20_000,
    ),
  ).toBe(true);
  expect(await first.end('SIGTERM')).toBe(0);
  const isAsked = () => second.log.some(({ reason }) => reason === 'other_console');
  expect(await until(isAsked, 60_000)).toBe(true);
  mattermost.heal();
  expect(await second.metric('tocsin_sink_other_place{sink="soc"}')).toBe(1);
  const again = world.start('a');
  await again.ready();
  tenant.add('events', 3);
  expect(
    await until(() => cards('security-alerts').length === 9, 60_000),
    JSON.stringify(again.log.slice(-5)),
  ).toBe(true);
  // The people of the database hear of it, too.
  const isTold = () =>
    of('security-alerts').some((post) =>
      JSON.stringify(post).includes('its stored position belongs to another console'),
    );
  expect(await until(isTold, 20_000)).toBe(true);
  expect(of('channel-of-b')).toEqual([]);
  expect(await ready(again)).toMatch(/^200/);
  expect(await ready(second)).toMatch(/^503/);

  expect(await again.end('SIGTERM')).toBe(0);
  const reset = await runIn(world, ['source', 'reset', 'deepinstinct_events'], other);
  expect([reset.code, reset.stderr]).toEqual([
    0,
    expect.not.stringContaining('a running process reads'),
  ]);
  expect(await until(() => cards('channel-of-b').length === 9, 60_000)).toBe(true);
  expect(await ready(second)).toMatch(/^200/);
});

test('a process that may read nothing is at no moment ready, also while its console has yet to answer', async () => {
  const world = await createWorld({ database: 'postgres' });
  const b = await startTenant();
  onTestFinished(() => b.close());
  const slow = createServer(async ({ url, headers }, answer) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    try {
      const told = await fetch(new URL(url!, b.url), {
        headers: headers as Record<string, string>,
      });
      answer.writeHead(told.status, { 'content-type': 'application/json' }).end(await told.text());
    } catch {
      // The test is over, and the tenant behind it closed.
      answer.destroy();
    }
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void slow.close());
  world.tenant.add('events', 1, { ageSeconds: 60 });
  world.tenant.add('suspicious', 1, { ageSeconds: 60 });
  expect((await runIn(world, ['once'])).code).toBe(0);
  const { port } = slow.address() as AddressInfo;
  const other = world.start('b', {
    DEEPINSTINCT_URL: `http://127.0.0.1:${port}`,
    TOKENS_KEY: b.token,
  });
  await other.address;
  // For one yes, a rollout would end the process that does read.
  const statuses = new Set<number>();
  const isRefused = async () => {
    const { status, body } = await other.get('/readyz');
    statuses.add(status);
    return body.includes('other consoles');
  };
  expect(await until(isRefused, 30_000)).toBe(true);
  expect([...statuses]).toEqual([503]);
});

test('a run of another service for cron posts nothing of what waits for the first, and says why', async () => {
  const world = await createWorld({ database: 'postgres' });
  const { tenant, mattermost } = world;
  const b = await startTenant();
  onTestFinished(() => b.close());
  const waits = { roleMs: 10_000, patienceMs: 3000, pausedPatienceMs: 1000, stormPatienceMs: 3000 };
  const once = (more: Readonly<Record<string, string>> = {}) =>
    runIn(world, ['once'], more, { once: createOnce(waits) });
  tenant.add('events', 1, { ageSeconds: 60 });
  expect((await once()).code).toBe(0);
  mattermost.fail(503, Number.POSITIVE_INFINITY);
  tenant.add('events', 2);
  expect((await once()).code).toBe(1);
  mattermost.heal();
  const posts = mattermost.posts.length;
  const hook = mattermost.addHook('channel-of-b');
  const ran = await once({
    DEEPINSTINCT_URL: b.url,
    TOKENS_KEY: b.token,
    MATTERMOST_WEBHOOK_URL: hook,
  });
  expect([ran.code, ran.stderr]).toEqual([
    1,
    expect.stringContaining('What waits belongs to another place'),
  ]);
  expect(mattermost.posts.length).toBe(posts);
  expect((await once()).code).toBe(0);
  const told = mattermost.posts.slice(posts);
  expect(cardsOf('events', told)).toHaveLength(2);
  expect(told.every(({ channel }) => channel === 'security-alerts')).toBe(true);
});

test('a run of another service neither withdraws a silence of the first nor makes one there', async () => {
  const world = await createWorld({ database: 'postgres' });
  const b = await startTenant();
  onTestFinished(() => b.close());
  const silence = (name: string) => `
silences:
  recurring: [{ name: ${name}, reason: why, times: [{ from: "00:00", to: "24:00" }], match: { types: [A] } }]
`;
  world.tenant.add('events', 1, { ageSeconds: 60 });
  expect(
    (await runIn(world, ['once'], writeFile(world, fileOf('events', 'soc') + silence('first'))))
      .code,
  ).toBe(0);
  const waits = { roleMs: 3000, patienceMs: 1000, pausedPatienceMs: 1000, stormPatienceMs: 1000 };
  const other = {
    ...writeFile(world, fileOf('events', 'soc') + silence('second')),
    DEEPINSTINCT_URL: b.url,
  };
  const once = { once: createOnce(waits) };
  expect((await runIn(world, ['once'], { ...other, TOKENS_KEY: b.token }, once)).code).toBe(1);
  const { stdout } = await runIn(world, ['silence', 'list', '--all', '--json']);
  const listed = JSON.parse(stdout) as { state: string; reason: string }[];
  expect(listed.map(({ state, reason }) => [state, reason])).toEqual([
    ['waiting', 'first: why'],
    ['active', 'first: why'],
  ]);
});

test('a rollout with a new webhook: the old process posts to its end, then the new one, each to its own hook', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  const of = (channel: string) => mattermost.posts.filter((post) => post.channel === channel);
  tenant.add('events', 2, { ageSeconds: 60 });
  const old = world.start('a');
  await old.ready();
  expect(await world.arrived(4)).toBe(4);
  const next = world.start('b', { MATTERMOST_WEBHOOK_URL: mattermost.addHook('new-channel') });
  const contested = () => next.metric('tocsin_sink_other_place{sink="soc"}');
  await next.ready();
  expect(await until(async () => (await contested()) === 1, 20_000)).toBe(true);
  // Else the rollout would wait for itself.
  const ready = await next.get('/readyz');
  expect([ready.status, ready.body]).toEqual([
    200,
    expect.stringContaining('left to a process with other consoles'),
  ]);
  tenant.add('events', 3);
  expect(await until(() => of('security-alerts').length === 7, 30_000)).toBe(true);
  expect(await old.end('SIGTERM')).toBe(0);
  tenant.add('events', 4);
  expect(await until(() => of('new-channel').length === 4, 60_000)).toBe(true);
  expect(of('security-alerts')).toHaveLength(7);
  expect([await contested(), world.repeated()]).toEqual([0, 0]);
  const freed = next.log.filter(({ msg }) => msg === 'no role is left to another process any more');
  expect(freed).toHaveLength(1);
});

test('a console that moved while its webhook changed is known by its events, and then the new webhook is used', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  const of = (channel: string) => mattermost.posts.filter((post) => post.channel === channel);
  tenant.add('events', 2, { ageSeconds: 60 });
  tenant.add('suspicious', 1, { ageSeconds: 60 });
  const old = world.start('a');
  await old.ready();
  expect(await world.arrived(5)).toBe(5);
  expect(await old.end('SIGTERM')).toBe(0);
  const moved = tenant.url.replace('127.0.0.1', 'localhost');
  const hook = mattermost.addHook('new-channel');
  const next = world.start('a', { DEEPINSTINCT_URL: moved, MATTERMOST_WEBHOOK_URL: hook });
  await next.address;
  tenant.add('events', 3);
  expect(
    await until(() => of('new-channel').length === 3, 60_000),
    JSON.stringify(next.log.slice(-9)),
  ).toBe(true);
  expect((await next.get('/readyz')).status).toBe(200);
  expect(of('security-alerts')).toHaveLength(5);
});

test('who takes a source from a service that runs is warned', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  world.tenant.add('events', 1);
  const service = world.start('a');
  await service.ready();
  expect(await world.arrived(3)).toBe(3);
  const isSaid = /a running process reads .* as source deepinstinct_events, and cannot go on/;
  const own = await runIn(world, ['source', 'adopt', 'deepinstinct_events']);
  expect([own.code, own.stderr]).toEqual([0, expect.not.stringMatching(isSaid)]);
  for (const action of ['adopt', 'reset']) {
    const taken = await runIn(world, ['source', action, 'deepinstinct_events'], {
      DEEPINSTINCT_URL: 'http://127.0.0.1:9',
    });
    expect([taken.code, taken.stderr]).toEqual([0, expect.stringMatching(isSaid)]);
  }
});

test('what waits for a renamed sink goes along, also in a running service', async () => {
  const world = await createWorld({ database: 'postgres' });
  const config = writeFile(world, fileOf('di', 'soc'));
  const service = world.start('data', config);
  await service.ready();
  expect(await world.arrived(1)).toBe(1);
  world.mattermost.fail(503, Number.POSITIVE_INFINITY);
  world.tenant.add('events', 3);
  const pending = () => service.metric('tocsin_deliveries_pending{sink="soc"}');
  expect(await until(async () => (await pending()) === 3, 20_000)).toBe(true);
  writeFile(world, fileOf('di', 'soc-2'));
  expect(await until(() => service.log.some(({ former }) => former === 'soc'), 20_000)).toBe(true);
  world.mattermost.heal();
  expect(await world.arrived(4)).toBe(4);
  expect(world.repeated()).toBe(0);
  expect(service.log.filter(({ msg }) => msg === 'a backlog under another id')).toHaveLength(1);
});

test('what waits for a sink that is gone is told everywhere, and can be moved or given up', async () => {
  const world = await createWorld({ database: 'postgres' });
  const { mattermost } = world;
  expect((await runIn(world, ['once'], writeFile(world, fileOf('di', 'soc')))).code).toBe(0);
  const cards = mattermost.posts.length;
  mattermost.fail(404, Number.POSITIVE_INFINITY);
  world.tenant.add('events', 3);
  expect((await runIn(world, ['once'], writeFile(world, fileOf('di', 'soc')))).code).toBe(1);
  mattermost.heal();
  const config = writeFile(
    world,
    `${fileOf('di', 'ops').replace('WEBHOOK_URL}"', 'WEBHOOK_URL}", channel: town-square')}`,
  );
  const found = await check(world, config);
  expect([found.code, found.stdout]).toEqual([
    1,
    expect.stringContaining('FAIL  sink soc: 3 deliveries wait and 0 are dead'),
  ]);
  const listed = await runIn(world, ['dead', 'list'], config);
  expect([listed.stdout, listed.stderr]).toEqual([
    'nothing is dead\n',
    expect.stringContaining('tocsin dead move --from soc'),
  ]);
  const service = world.start('data', config);
  await service.ready();
  expect(service.log).toContainEqual(
    expect.objectContaining({ msg: 'a backlog under another id', sink: 'soc' }),
  );
  expect(await service.metric('tocsin_deliveries_orphaned{sink="soc"}')).toBe(3);
  expect((await runIn(world, ['dead', 'move', '--from', 'ops', '--to', 'ops'], config)).code).toBe(
    2,
  );
  expect(
    (await runIn(world, ['dead', 'move', '--from', 'soc', '--to', 'nobody'], config)).code,
  ).toBe(2);
  expect(
    (await runIn(world, ['dead', 'move', '--from', 'soc', '--to', 'ops'], config)).stdout,
  ).toBe('3 moved from soc to ops\n');
  expect(await until(() => mattermost.posts.length === cards + 3, 20_000)).toBe(true);
  const orphaned = () => service.metric('tocsin_deliveries_orphaned{sink="soc"}');
  expect(await until(async () => (await orphaned()) === undefined, 10_000)).toBe(true);
  expect(await runIn(world, ['dead', 'drop', '--sink', 'soc'], config)).toMatchObject({
    code: 1,
    stdout: '0 given up for soc\n',
  });
});

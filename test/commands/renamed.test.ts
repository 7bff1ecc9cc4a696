// What people do to ids: rename a source or a sink, point one at another console, take one out. Nothing is told twice, and nothing is left unsaid.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCheck } from '../../src/commands/check.ts';
import { createHttpClient } from '../../src/core/http.ts';
import { startTenant } from '../../src/demo/tenant.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { runIn } from './in-process.ts';

const others = {
  check: async () => ({
    command: createCheck({ registries: { sources, sinks }, createHttp: () => createHttpClient({}), now: Date.now }),
  }),
};
const check = (world: World, more: Readonly<Record<string, string>> = {}) => runIn(world, ['check'], more, others);

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
  const example = readProjectFile('examples/one-channel.yaml').replace('https://console.example.com', tenant.url);
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

test('a second service with the same ids reads nothing in the name of the first, and says so', async () => {
  const world = await createWorld({ database: 'postgres', environment: { POLLING_INTERVAL: '1' } });
  const b = await startTenant();
  onTestFinished(() => b.close());
  world.tenant.add('events', 5, { ageSeconds: 60 });
  const first = world.start('a');
  await first.ready();
  expect(await world.arrived(7)).toBe(7);
  b.add('events', 9, { ageSeconds: 30 });
  const other = { DEEPINSTINCT_URL: b.url, TOKENS_KEY: b.token };
  const found = await check(world, other);
  expect([found.code, found.stdout]).toEqual([1, expect.stringContaining(`is that of ${world.tenant.url}`)]);
  const second = world.start('b', other);
  await second.ready();
  expect(second.log.filter(({ msg }) => msg === 'this source cannot be read').length).toBe(2);
  expect(await first.end('SIGTERM')).toBe(0);
  // Now the second one holds the roles, and still reads nothing.
  const refused = () => second.log.some(({ reason }) => reason === 'other_console');
  expect(await until(refused, 60_000)).toBe(true);
  expect(b.ids('events').length).toBe(9);
  const told = () =>
    world.mattermost.posts.some((post) =>
      JSON.stringify(post).includes('its stored position is that of another console'),
    );
  expect(await until(told, 20_000)).toBe(true);
  const announced = world.mattermost.posts.filter((post) => JSON.stringify(post).includes('New Event Detected'));
  expect(announced).toHaveLength(5);
  expect((await runIn(world, ['source', 'reset', 'deepinstinct_events'], other)).code).toBe(0);
  expect(
    await until(
      () => world.mattermost.posts.filter((post) => JSON.stringify(post).includes('New Event Detected')).length === 14,
      60_000,
    ),
  ).toBe(true);
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
  expect(service.log).toContainEqual(expect.objectContaining({ msg: 'a backlog under another id', sink: 'soc' }));
  expect(await service.metric('tocsin_deliveries_orphaned{sink="soc"}')).toBe(3);
  expect((await runIn(world, ['dead', 'move', '--from', 'ops', '--to', 'ops'], config)).code).toBe(2);
  expect((await runIn(world, ['dead', 'move', '--from', 'soc', '--to', 'nobody'], config)).code).toBe(2);
  expect((await runIn(world, ['dead', 'move', '--from', 'soc', '--to', 'ops'], config)).stdout).toBe(
    '3 moved from soc to ops\n',
  );
  expect(await until(() => mattermost.posts.length === cards + 3, 20_000)).toBe(true);
  const orphaned = () => service.metric('tocsin_deliveries_orphaned{sink="soc"}');
  expect(await until(async () => (await orphaned()) === undefined, 10_000)).toBe(true);
  expect(await runIn(world, ['dead', 'drop', '--sink', 'soc'], config)).toMatchObject({
    code: 1,
    stdout: '0 given up for soc\n',
  });
});

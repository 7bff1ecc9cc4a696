// A run of `tocsin once`: how long it waits for what, and what it says of the rest.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { createOnce } from '../../../src/commands/once.ts';
import type { OnceWaits } from '../../../src/service/once/index.ts';
import { runIn } from '../../commands/in-process.ts';
import { startFarEnd } from '../../support/far-end.ts';
import { createWorld, type World } from '../../support/world.ts';

/** With the waits of a command that is in a hurry. */
function onceHere(world: World, waits: Partial<OnceWaits> = {}, more: Record<string, string> = {}) {
  const command = createOnce({
    roleMs: 20_000,
    patienceMs: 20_000,
    pausedPatienceMs: 20_000,
    stormPatienceMs: 20_000,
    ...waits,
  });
  return runIn(world, ['once'], more, { once: command });
}

/** What it says beside its log. */
const wordsOf = (stderr: string) =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

test('a heartbeat is sent at the end of a run in which everything worked, and of no other', async () => {
  const beats = await startFarEnd();
  const environment = { HEARTBEAT_URL: `${beats.origin}/ping/0f1e2d3c4b5a69788796` };
  const world = await createWorld({ database: 'postgres', environment });
  world.tenant.fail('events', 401, Number.POSITIVE_INFINITY);
  expect((await onceHere(world)).code).toBe(1);
  expect(beats.received).toEqual([]);
  world.tenant.heal();
  expect((await onceHere(world)).code).toBe(0);
  expect(beats.received.map(({ method, target }) => `${method} ${target}`)).toEqual([
    'GET /ping/0f1e2d3c4b5a69788796',
  ]);
  beats.answering((_request, response) => response.writeHead(500).end());
  const { code, stderr } = await world.run(['once']);
  expect([code, stderr.includes('heartbeats do not arrive'), stderr.includes('0f1e2d3c')]).toEqual([
    0,
    true,
    false,
  ]);
});

test('a webhook that is gone ends the run soon, and the next run delivers what was kept', async () => {
  const world = await createWorld({ database: 'postgres' });
  const { tenant, mattermost } = world;
  tenant.add('events', 2);
  mattermost.fail('unknown_hook', Number.POSITIVE_INFINITY);
  for (const run of ['that finds the hook gone', 'that finds the sink paused']) {
    const { code, stderr } = await onceHere(world, { patienceMs: 300_000, pausedPatienceMs: 500 });
    expect(wordsOf(stderr), run).toEqual([
      expect.stringMatching(
        /^sink soc: 4 not delivered yet; they are kept, the next run goes on with them\. .* does not know the webhook .* MATTERMOST_WEBHOOK_URL/,
      ),
    ]);
    expect(code).toBe(1);
  }
  mattermost.heal();
  const mended = await onceHere(world);
  expect([wordsOf(mended.stderr), mended.code]).toEqual([[], 0]);
  expect(mattermost.deliveries.size).toBe(5); // with the notice that it is back
});

test('roles that another live process holds are waited for, for a time, and then said', async () => {
  const world = await createWorld({
    database: 'postgres',
    environment: { POLLING_INTERVAL: '300' },
  });
  await world.start().ready();
  expect(await world.arrived(2)).toBe(2);
  const { code, stderr } = await onceHere(world, { roleMs: 500 });
  expect(wordsOf(stderr)).toEqual(
    ['deepinstinct_events', 'deepinstinct_suspicious_events'].map(
      (id) => `source ${id}: another process is reading it; nothing was read here`,
    ),
  );
  expect(code).toBe(1);
});

test('one source that another process holds keeps the run neither from the others nor from its end', async () => {
  const world = await createWorld({ database: 'postgres' });
  world.tenant.add('events', 2);
  const sql = postgres(world.databaseUrl!, { max: 1 });
  onTestFinished(() => sql.end());
  await sql`insert into replicas (id, expires_at) values ('00000000-0000-4000-8000-000000000001', now() + interval '1 hour')`;
  await sql`insert into leases (name, holder) values ('source:deepinstinct_suspicious_events', '00000000-0000-4000-8000-000000000001')`;
  // What a route connects is worked by one process, so the held one must be apart.
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    'routes: [{ name: events, match: { sources: [deepinstinct_events] }, to: [soc] }]',
  );
  const { code, stderr } = await onceHere(
    world,
    { roleMs: 2000 },
    { TOCSIN_CONFIG: 'tocsin.yaml' },
  );
  expect(wordsOf(stderr)).toEqual([
    'source deepinstinct_suspicious_events: another process is reading it; nothing was read here',
  ]);
  expect(code).toBe(1);
  expect(world.mattermost.deliveries.size).toBe(3);
});

test('what waits for the time of its group is left to a later run, and is no failure', async () => {
  const world = await createWorld({ database: 'postgres' });
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    'routes: [{ name: all, to: [soc], group: { by: [], wait: 0s, interval: 1h } }]',
  );
  const file = { TOCSIN_CONFIG: 'tocsin.yaml' };
  world.tenant.add('events', 1);
  expect((await onceHere(world, {}, file)).code).toBe(0);
  world.tenant.add('events', 3);
  const second = await onceHere(world, { patienceMs: 1500 }, file);
  expect([wordsOf(second.stderr), second.code]).toEqual([[], 0]);
  // That both streams are watched, and the first card.
  expect(world.mattermost.requests.posts).toBe(3);
});

test('a storm comes to its end within the run, and the channel hears of it', async () => {
  const world = await createWorld({ database: 'postgres', environment: { STORM: '5' } });
  world.tenant.add('events', 30, { severity: 'MODERATE' });
  expect((await onceHere(world)).code).toBe(0);
  // That both streams are watched, that a storm has begun, its digest, and that it is over.
  expect(world.mattermost.requests.posts).toBe(5);
});

test('what an operator has paused is left out on purpose, and that is said', async () => {
  const world = await createWorld({ database: 'postgres' });
  world.tenant.add('events', 2);
  await onceHere(world);
  const posts = world.mattermost.requests.posts;
  const sql = postgres(world.databaseUrl!, { max: 1 });
  onTestFinished(() => sql.end());
  const pause = (name: string) => sql`
    insert into controls (name, paused_by, pause_reason, paused_at, paused_until)
    values (${name}, 'ann', 'moves', now(), now() + interval '1 hour')`;
  await pause('sink:soc');
  world.tenant.add('events', 3);
  const one = await onceHere(world);
  expect([one.code, world.mattermost.requests.posts]).toEqual([0, posts]);
  expect(wordsOf(one.stderr)).toEqual([
    expect.stringMatching(/^sink soc: paused until .*Z by ann \(moves\); 3 wait and are kept$/),
  ]);
  await pause('source:deepinstinct_events');
  const requests = world.tenant.requests.events;
  const two = await onceHere(world);
  expect([two.code, world.tenant.requests.events]).toEqual([0, requests]);
  expect(wordsOf(two.stderr)[0]).toMatch(
    /^source deepinstinct_events: paused until .* by ann \(moves\); it was not read$/,
  );
});

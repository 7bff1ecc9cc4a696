// Two replicas between a tenant and two chat servers: trouble that lasts is announced to operations
// once, and its end once, whatever restarts meanwhile.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { startMattermost } from '../../simulators/mattermost/index.ts';
import { startFarEnd } from '../support/far-end.ts';
import { createWorld, type Service, until } from '../support/world.ts';

const patienceMs = 30_000;
const address = '/ping/0f1e2d3c4b5a69788796';

/** A key that says that it ends in five days. */
const token = [
  'e30',
  Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 5 * 86_400 })).toString(
    'base64url',
  ),
  'e30',
].join('.');

async function startWatched() {
  const world = await createWorld({
    database: 'postgres',
    tenant: { token },
    environment: { POLLING_INTERVAL: '1' },
  });
  const ops = await startMattermost({ channel: 'ops' });
  onTestFinished(() => ops.close());
  const beats = await startFarEnd();
  const yaml = `
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}" }
  ops: { type: mattermost, url: "${ops.hookUrl}" }
routes: [{ name: all, to: [soc] }]
operations: ops
heartbeat: { url: "${beats.origin}${address}" }
`;
  const file = join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml');
  writeFileSync(file, yaml);
  const services: Service[] = [];
  const start = async (home: string) => {
    const service = world.start(home, { TOCSIN_CONFIG: file });
    services.push(service);
    await service.ready();
    return service;
  };
  const sql = postgres(world.databaseUrl!, { max: 1 });
  onTestFinished(() => sql.end());
  const run = (args: readonly string[]) => world.run(args, { TOCSIN_CONFIG: file });
  return { world, ops, beats, services, start, sql, run };
}

const kinds = {
  ending: /^\S+ \*\*HIGH\*\* · The credential of source/,
  rejected: /refuses our credential/,
  sourceBack: /can be read again/,
  paused: /Sink `soc` refuses our messages .* and is paused/,
  sinkBack: /Sink `soc` works again/,
  dead: /gave up delivering 1 event to sink `soc`/,
  deadOver: /Nothing that was given up for sink `soc` is left/,
};
type Kind = keyof typeof kinds;

test('operations get one notice of each trouble and one of its end, however often it changes hands', {
  timeout: 240_000,
}, async () => {
  const { world, ops, beats, services, start, sql, run } = await startWatched();
  const { tenant, mattermost: soc } = world;
  const heard = (server: typeof ops) =>
    Object.fromEntries(
      Object.entries(kinds).flatMap(([kind, pattern]) => {
        // A post that was answered and not yet written down when its process was killed comes
        // again, as the same delivery.
        const count = new Set(
          server.posts.filter(({ text }) => pattern.test(text)).map((post) => post.deliveryId),
        ).size;
        return count > 0 ? [[kind, count]] : [];
      }),
    );
  const expectHeard = async (server: typeof ops, kind: Kind, count = 1) =>
    expect(
      await until(() => heard(server)[kind] === count, patienceMs),
      `${kind}: ${JSON.stringify(heard(server))}`,
    ).toBe(true);
  let [first, second] = [await start('first'), await start('second')];
  /** From then on another process works everything. */
  const changeHands = async () => {
    await first.end('SIGKILL');
    first = await start('first');
    await second.end('SIGTERM');
    second = await start('second');
  };
  await expectHeard(ops, 'ending', 2);

  soc.fail('unknown_hook', Number.POSITIVE_INFINITY);
  tenant.add('events', 3);
  await expectHeard(ops, 'paused');
  await changeHands();
  soc.heal();
  await changeHands();
  expect(
    await until(
      () => soc.posts.filter(({ text }) => !text.includes('Watching')).length >= 3,
      patienceMs,
    ),
  ).toBe(true);
  await sql`update sinks set since = since - interval '3 minutes' where sink = 'soc'`;
  await expectHeard(ops, 'sinkBack');

  tenant.fail('events', 401, Number.POSITIVE_INFINITY);
  await expectHeard(ops, 'rejected');
  await changeHands();
  tenant.heal();
  await changeHands();
  await expectHeard(ops, 'sourceBack');
  expect(heard(ops)).toMatchObject({ paused: 1, sinkBack: 1 });
  // Its own channel is told at once that it is back.
  expect(heard(soc)).toMatchObject({ sinkBack: 1 });

  const [refused] = tenant.add('events', 1);
  soc.fail(400, Number.POSITIVE_INFINITY, (body) => new RegExp(`\\b${refused}\\b`).test(body));
  // Alone it would be kept, whatever form is refused: others that pass show that the sink is well.
  const isGivenUp = async () => {
    tenant.add('events', 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const rows = await sql`select 1 from deliveries d join events e on e.id = d.event_id
      where e.raw->>'id' = ${String(refused)} and d.sink = 'soc' and d.state = 'dead'`;
    return rows.length === 1;
  };
  expect(await until(isGivenUp, patienceMs)).toBe(true);
  await expectHeard(ops, 'dead');
  await changeHands();
  soc.heal();
  expect((await run(['dead', 'redrive', '--all'])).code).toBe(0);
  await expectHeard(ops, 'deadOver');
  await expectHeard(soc, 'deadOver');

  // On a machine so busy that nothing else passes for seconds, the one that is refused pauses the
  // sink for a moment.
  const { paused: _1, sinkBack: _2, ...others } = heard(ops);
  expect(others).toEqual({ ending: 2, rejected: 1, sourceBack: 1, dead: 1, deadOver: 1 });
  // Its own channel is told what its readers missed.
  const { sinkBack: _3, ...own } = heard(soc);
  expect(own).toEqual({ rejected: 1, sourceBack: 1, dead: 1, deadOver: 1 });
  expect(await until(() => beats.received.length > 0, patienceMs)).toBe(true);
  expect(beats.received[0]).toMatchObject({ method: 'GET', target: address });
  expect(JSON.stringify(services.map(({ log }) => log))).not.toContain('0f1e2d3c4b5a');
});

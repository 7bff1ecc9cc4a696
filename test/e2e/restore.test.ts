// A backup by the commands of the operating page: what was stored comes back, and what happened
// later is read again.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import postgres from 'postgres';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createWorld, until, type World } from '../support/world.ts';
import { blocksOf } from '../tree/documents.ts';
import { readProjectFile } from '../tree/project-files.ts';

/** The line of the page that begins so. */
function commandOf(beginning: string): string {
  const page = { path: 'docs/operating.md', text: readProjectFile('docs/operating.md') };
  return blocksOf(page)
    .flatMap(({ text }) => text.split('\n'))
    .find((line) => line.startsWith(`${beginning} `))!;
}

function shell(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): void {
  const { status, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect(status, `${command}: ${stderr}`).toBe(0);
}

async function storedAndDelivered(sql: postgres.Sql) {
  const [row] = await sql`
    select count(*)::int as stored, count(*) filter (where d.state = 'delivered')::int as delivered
    from events e left join deliveries d on d.event_id = e.id where e.source <> 'tocsin'`;
  return row;
}

/** How many posts are about an event of the tenant. */
function announced({ mattermost }: World): number {
  return mattermost.posts.filter(
    ({ props }) => (props.tocsin as { source: string }).source !== 'tocsin',
  ).length;
}

test('a dump that is restored has all events of its time; later ones are read and announced again', async ({
  skip,
}) => {
  const isThere = spawnSync('pg_dump', ['--version']).error === undefined;
  skip(!isThere, 'pg_dump is not installed; `apt-get install postgresql-client` brings it');
  const world = await createWorld({
    database: 'postgres',
    environment: { START_FROM: 'all', POLLING_INTERVAL: '1' },
  });
  const folder = dirname(world.environment.DATA_DIR!);
  const environment = { DATABASE_URL: world.databaseUrl! };
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice() {} });
  onTestFinished(() => sql.end());
  const settled = (count: number) =>
    until(async () => {
      const counts = await storedAndDelivered(sql);
      return counts?.stored === count && counts.delivered === count;
    }, 30_000);

  world.tenant.add('events', 20);
  const service = world.start();
  expect(await settled(20)).toBe(true);
  shell(commandOf('pg_dump'), folder, environment);
  world.tenant.add('events', 10);
  expect(await settled(30)).toBe(true);
  await service.end('SIGTERM');

  shell(commandOf('pg_restore'), folder, environment);
  expect(await storedAndDelivered(sql)).toEqual({ stored: 20, delivered: 20 });
  world.tenant.add('events', 5);
  world.start();
  expect(await settled(35)).toBe(true);
  expect(announced(world)).toBe(35 + 10);
});

test('a copy of the embedded database, made while the service is stopped, is a whole one', async () => {
  const world = await createWorld({
    database: 'embedded',
    environment: { START_FROM: 'all', POLLING_INTERVAL: '1' },
  });
  world.tenant.add('events', 20);
  const service = world.start();
  expect(await until(() => announced(world) === 20, 40_000)).toBe(true);
  await service.end('SIGTERM');
  shell(commandOf('cp'), dirname(world.environment.DATA_DIR!));
  expect(existsSync(`${world.environment.DATA_DIR}-backup`)).toBe(true);
  world.tenant.add('events', 5);
  const copy = world.start('data-backup');
  expect(await until(() => announced(world) === 25, 40_000)).toBe(true);
  await copy.end('SIGTERM');
  expect(announced(world)).toBe(25);
});

test('a database that is lost without a backup is not ready, and after a restart it begins at START_FROM once more', async () => {
  const world = await createWorld({
    database: 'postgres',
    environment: { START_FROM: '1h', POLLING_INTERVAL: '1' },
  });
  world.tenant.add('events', 10);
  const service = world.start();
  await service.ready();
  expect(await until(() => announced(world) === 10, 20_000)).toBe(true);
  const name = new URL(world.databaseUrl!).pathname.slice(1);
  const server = postgres(inject('postgres').url, { max: 1, onnotice() {} });
  onTestFinished(() => server.end());
  await server.unsafe(`drop database "${name}" with (force)`);
  await server.unsafe(`create database "${name}"`);
  expect(await until(async () => (await service.get('/readyz')).status === 503, 15_000)).toBe(true);
  expect(await until(async () => (await service.metric('tocsin_database_up')) === 0, 15_000)).toBe(
    true,
  );
  expect((await service.get('/healthz')).status).toBe(200);
  world.tenant.add('events', 5);
  await service.end('SIGTERM');
  await world.start().ready();
  expect(await until(() => announced(world) === 10 + 15, 20_000)).toBe(true);
});

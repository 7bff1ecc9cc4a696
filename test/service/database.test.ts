// The commands that need the database: `migrate`, and what all of them say when it cannot be used.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { onDatabase, runIn } from '../commands/in-process.ts';
import { createWorld } from '../support/world.ts';

test('migrate brings an empty Postgres to this release once, and then finds it so', async () => {
  const world = await createWorld({ database: 'postgres' });
  const sql = postgres(world.databaseUrl!, { max: 1, onnotice() {} });
  onTestFinished(() => sql.end());
  await sql`drop schema drizzle cascade`;
  await sql`drop schema public cascade`;
  await sql`create schema public`;
  const first = await runIn(world, ['migrate']);
  expect(first).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^[1-9]\d* applied\n$/),
    stderr: onDatabase,
  });
  expect(await runIn(world, ['migrate'])).toEqual({
    code: 0,
    stdout: 'the database is up to date\n',
    stderr: onDatabase,
  });
  expect(await sql`select source from cursors`).toEqual([]);
});

test('migrate works on the embedded database, and says who holds it beside a running service', async () => {
  const world = await createWorld({ database: 'embedded' });
  expect(await runIn(world, ['migrate'])).toEqual({
    code: 0,
    stdout: 'the database is up to date\n',
    stderr: onDatabase,
  });
  const service = world.start();
  await service.ready();
  const { code, stderr } = await runIn(world, ['migrate']);
  expect(stderr).toMatch(
    new RegExp(`^tocsin migrate: DATA_DIR .* it is in use by process ${service.child.pid} on host`),
  );
  expect(code).toBe(1);
});

test.each([[['migrate']], [['once']], [['dead', 'list']], [['source', 'list']]])(
  '%j on a database that does not answer fails in words, without a stack or a password',
  async (argv) => {
    const world = await createWorld({ database: 'embedded' });
    const { code, stdout, stderr } = await runIn(world, argv, {
      DATABASE_URL: 'postgres://user:s3cret-word@127.0.0.1:1/tocsin-db',
    });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^tocsin ${argv.join(' ')}: DATABASE_URL \\(127\\.0\\.0\\.1:1\\): nothing accepts connections there \\(ECONNREFUSED\\)\\. Check`,
        ),
      ),
    ]);
    expect(stdout + stderr).not.toMatch(/s3cret-word|tocsin-db/);
    expect(code).toBe(1);
  },
);

test('a port of something that is not Postgres does not hold a command up for ever', async () => {
  let calls = 0;
  const web = createServer().on('connection', () => {
    calls += 1;
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => web.close(() => done())));
  const world = await createWorld({ database: 'embedded' });
  const { port } = web.address() as AddressInfo;
  const { code, stderr } = await runIn(world, ['migrate'], {
    DATABASE_URL: `postgres://user:word@127.0.0.1:${port}/tocsin`,
  });
  expect(stderr).toContain('nothing answers there as Postgres does');
  expect(code).toBe(1);
  expect(calls).toBe(1);
});

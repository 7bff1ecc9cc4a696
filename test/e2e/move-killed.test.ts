// `tocsin move` is killed while it copies, and again at its mark: the next one ends it, and what
// waited is sent once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { builtFile } from '../support/built.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import type { World } from '../support/world.ts';
import { createFilled, expectSentOnce, inEmbedded } from '../upgrades/loaded.ts';

/** Runs the command and kills it once `isTime`. @returns whether it was still running then */
async function killed(
  world: World,
  there: Readonly<Record<string, string>>,
  isTime: () => Promise<boolean> | boolean,
): Promise<boolean> {
  const child = spawn(process.execPath, [builtFile('main.ts'), 'move'], {
    env: { ...world.environment, ...there },
    cwd: dirname(world.environment.DATA_DIR!),
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  while (child.exitCode === null && !(await isTime())) await sleep(1);
  child.kill('SIGKILL');
  await exited;
  return child.signalCode === 'SIGKILL';
}

test('killed while it copies and at its mark, it sends nothing twice', async () => {
  const world = await createFilled();
  await inEmbedded(
    world,
    (sql) => sql`
      insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
      select 'edr', 'many-' || i, 's', 'event', 'T', 1, '{}', '{}', '{}'
      from generate_series(1, 3000) i`,
  );
  const database = await createTestDatabase(false);
  const sql = postgres(database.directUrl, { max: 1, fetch_types: false, onnotice() {} });
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  const there = environmentOf(database);
  const mark = join(world.environment.DATA_DIR!, 'moved');
  const isCopying = async () =>
    (
      await sql`
        select 1 from pg_locks l join pg_class c on c.oid = l.relation
        where c.relname = 'events' and l.mode = 'ExclusiveLock' and l.granted`
    ).length > 0;
  expect(await killed(world, there, isCopying)).toBe(true);
  expect(existsSync(mark), 'DATA_DIR can be used as before').toBe(false);
  expect(await world.run(['dead', 'list'])).toMatchObject({ code: 0 });

  await killed(world, there, () => existsSync(mark));
  expect(existsSync(mark)).toBe(true);
  expect(await world.run(['once'])).toMatchObject({ code: 1 });

  const ended = await world.run(['move'], there);
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toMatch(/11 deliveries wait, 1 are dead/);
  expect(await sql`select count(*)::int as count from events`).toEqual([{ count: 3016 }]);
  const service = world.start('data', there);
  await service.ready();
  await expectSentOnce(sql, world);
  expect(await service.end('SIGTERM')).toBe(0);
});

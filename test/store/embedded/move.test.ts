// A move that is interrupted at the mark is ended by the next, whichever way it went. What arrives,
// and what is refused: test/commands/move.test.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { type MoveOptions, moveBack, moveDatabase } from '../../../src/store/embedded/move.ts';
import { readMove, writeMove } from '../../../src/store/embedded/moved.ts';
import { openEmbedded } from '../../../src/store/embedded/open.ts';
import { seedPath } from '../../../src/store/embedded/seed.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { createTestDatabase } from '../../support/database.ts';
import { until } from '../../support/world.ts';

async function create(): Promise<{ options: MoveOptions; sql: postgres.Sql }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tocsin-move-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const embedded = await openEmbedded({ dataDir, seedPath, onFatal() {} });
  await migrate(embedded.sql);
  await embedded.sql`insert into cursors (source, cursor) values ('a', '1')`;
  await embedded.close();
  const { directUrl: url, drop } = await createTestDatabase(false);
  const sql = postgres(url, { max: 2, fetch_types: false, onnotice() {} });
  onTestFinished(async () => {
    await sql.end();
    await drop();
  });
  const address = '127.0.0.1:5432';
  return { options: { dataDir, url, address, actor: 'anna', isTrial: false, onFatal() {} }, sql };
}

test('killed after the commit: the next call only completes the mark', async () => {
  const { options, sql } = await create();
  const report = await moveDatabase(options);
  expect(report).toMatchObject({ state: 'moved', pending: 0, rows: { cursors: 1 } });
  const mark = (await readMove(options.dataDir))!;
  expect(mark.state).toBe('done');
  await writeMove(options.dataDir, { ...mark, state: 'begun' });
  await sql`insert into cursors (source, cursor) values ('written since', '1')`;
  expect(await moveDatabase(options)).toEqual({ ...report, state: 'finished' });
  expect(await readMove(options.dataDir)).toMatchObject({ id: mark.id, state: 'done' });
  expect(await sql`select target from audit_log`).toEqual([{ target: `move:${mark.id}` }]);
});

test('killed before the commit: the next call copies again; to another address it refuses', async () => {
  const { options, sql } = await create();
  const at = new Date().toISOString();
  const mark = { id: 'a1', state: 'begun', address: options.address, at } as const;
  await writeMove(options.dataDir, mark);
  await expect(moveDatabase({ ...options, address: 'other:5432' })).rejects.toThrow(
    /was interrupted at .*, and may have been made/,
  );
  expect(await moveDatabase(options)).toMatchObject({ state: 'moved' });
  expect(await sql`select source from cursors`).toEqual([{ source: 'a' }]);
});

test('a commit that is still on its way is waited for', async () => {
  const { options, sql } = await create();
  await moveDatabase(options);
  const mark = (await readMove(options.dataDir))!;
  await writeMove(options.dataDir, { ...mark, state: 'begun' });
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let hold: Promise<unknown> | undefined;
  await new Promise<void>((held) => {
    hold = sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(7406241196)`;
      held();
      await ended;
    });
  });
  const again = moveDatabase(options);
  const isWaiting = async () =>
    (await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`).length > 0;
  expect(await until(isWaiting, 60_000)).toBe(true);
  expect((await readMove(options.dataDir))!.state).toBe('begun');
  end();
  await hold;
  expect(await again).toMatchObject({ state: 'finished' });
});

test('what does not arrive as it left is taken back whole', async () => {
  const { options, sql } = await create();
  await migrate(sql);
  await sql`
    create function swallow() returns trigger language plpgsql as 'begin return null; end'`;
  await sql`create trigger swallow before insert on cursors for each row execute function swallow()`;
  await expect(moveDatabase(options)).rejects.toThrow('what arrived is not what left');
  expect(await readMove(options.dataDir)).toBeUndefined();
  await sql`drop trigger swallow on cursors`;
  expect(await moveDatabase(options)).toMatchObject({ state: 'moved' });
});

test('where the database that it was moved to is lost, only the way back is left', async () => {
  const { options, sql } = await create();
  await moveDatabase(options);
  await sql`drop schema public cascade`;
  await sql`create schema public`;
  await expect(moveDatabase(options)).rejects.toThrow(/does not have it.*tocsin move --back/);
  expect(await moveBack(options.dataDir, options.url)).toMatchObject({ state: 'done' });
  await expect(moveBack(options.dataDir, options.url)).rejects.toThrow('was not moved');
});

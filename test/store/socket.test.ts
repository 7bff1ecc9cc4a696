// The driver's sockets on a real server: cut when silent, and led from one host to the next.
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { databaseErrorCode, openPostgres } from '../../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Stands between the driver and Postgres; while `isCut`, bytes vanish without an error. */
async function cable(url: string) {
  const state = {
    isCut: false,
    connections: 0,
    reset: () => [...sockets].map((one) => one.resetAndDestroy()),
  };
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    state.connections += 1;
    const socketDirectory = target.searchParams.get('host');
    const far = socketDirectory
      ? connect(`${socketDirectory}/.s.PGSQL.${target.port || 5432}`)
      : connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (bytes) => void (state.isCut || to.write(bytes)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const through = new URL(url);
  through.searchParams.delete('host');
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return { state, url: through.href };
}

describe('the connection to Postgres', () => {
  test('when it falls silent in the middle of a question, it is cut, the question fails, and the next goes over a new one', async () => {
    const { state, url } = await cable(database.url);
    const { $client: sql } = openPostgres({
      url,
      prepare: database.prepare,
      connectionsMax: 1,
      silenceMs: 1500,
    });
    cleanups.push(() => sql.end({ timeout: 1 }));
    await sql`select 1`;
    state.isCut = true;
    const failure = await sql`select 2`.catch((error: unknown) => error);
    expect(databaseErrorCode(failure)).toBe('CONNECTION_CLOSED');
    state.isCut = false;
    const [row] = await sql`select 3 as n`;
    expect(row).toEqual({ n: 3 });
    expect(state.connections).toBe(2);
  });

  test('when it is reset, what is asked right after the failure is answered too', async () => {
    const { state, url } = await cable(database.url);
    const { $client: sql } = openPostgres({ url, prepare: database.prepare, connectionsMax: 1 });
    cleanups.push(() => sql.end({ timeout: 1 }));
    for (let n = 0; n < 3; n += 1) {
      await sql`select 1`;
      const asked = sql`select pg_sleep(10)`.catch((error: unknown) => error);
      setTimeout(state.reset, 50);
      await asked;
      const again = await sql`select 2 as n`.catch((error: unknown) => databaseErrorCode(error));
      expect([[{ n: 2 }], 'CONNECTION_CLOSED']).toContainEqual(again);
    }
  });

  test('a server that hangs up politely is asked again with pauses, and open queries fail', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { $client: one } = openPostgres({
      url: `postgres://u@127.0.0.1:${port}/d`,
      prepare: true,
    });
    const { $client: two } = openPostgres({
      url: `postgres://u@127.0.0.1:${port},127.0.0.1:${port}/d`,
      prepare: true,
    });
    cleanups.push(() => Promise.all([one.end({ timeout: 0 }), two.end({ timeout: 0 })]));
    const failure = await one`select 1`.catch((error: unknown) => error);
    expect(databaseErrorCode(failure)).toBe('CONNECTION_CLOSED');
    two`select 1`.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(connections).toBeLessThan(10);
  });

  test('while answers come it stays, however long it is used', async () => {
    const { state, url } = await cable(database.url);
    const { $client: sql } = openPostgres({
      url,
      prepare: database.prepare,
      connectionsMax: 1,
      silenceMs: 1200,
    });
    cleanups.push(() => sql.end({ timeout: 1 }));
    for (let n = 0; n < 5; n += 1) await sql`select pg_sleep(0.4)`;
    expect(state.connections).toBe(1);
  });

  test('of several hosts, one that refuses does not keep it from the next', async () => {
    const { url } = await cable(database.url);
    const several = url.replace('127.0.0.1', '127.0.0.1:1,127.0.0.1');
    const { $client: sql } = openPostgres({
      url: several,
      prepare: database.prepare,
      connectionsMax: 1,
    });
    cleanups.push(() => sql.end({ timeout: 1 }));
    const answers: unknown[] = [];
    for (let n = 0; n < 3 && answers.length === 0; n += 1)
      await sql`select 4 as n`.then(
        ([row]) => answers.push(row),
        () => undefined,
      );
    expect(answers).toEqual([{ n: 4 }]);
  });
});

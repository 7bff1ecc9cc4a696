// What one process reads of the others on its database.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Works } from '../../src/kit/records/role.ts';
import { joinReplicas } from '../../src/store/leases.ts';
import { readSurroundings } from '../../src/store/standing.ts';
import { useDatabase } from './stored.ts';

const database = useDatabase();
const me = randomUUID();

const works = (role: string): Works => ({
  roles: [role],
  consoles: { a: 'https://console.example' },
  places: { soc: 'https://chat.example' },
});

test('an empty database has nobody and nothing', async () => {
  expect(await readSurroundings(database(), me)).toEqual({ others: [], positions: [], places: [] });
});

test('others are those that live and say what they work; not this process, nor one of a release that did not say', async () => {
  const db = database();
  const join = (id: string, more: object) =>
    joinReplicas(db, { id, ttlMs: 20_000, predecessor: null, ...more });
  await join(me, { works: works('sink:mine') });
  await join(randomUUID(), { works: works('sink:other') });
  await join(randomUUID(), { works: works('sink:dead'), ttlMs: -1000 });
  await join(randomUUID(), {});
  expect((await readSurroundings(db, me)).others).toEqual([works('sink:other')]);
});

test('positions are those of all sources by id, with what they were read under before', async () => {
  const db = database();
  const former = { generation: 2, names: [{ source: 'old', generation: 1, until: 7 }] };
  await db.$client`
    insert into cursors (source, cursor, generation, console, former, updated_at) values
      ('b', null, 1, null, null, '2026-02-03T01:19:32.505Z'),
      ('a', 'c17', 2, 'https://console.example', ${JSON.stringify(former)}::text::json, '2026-02-03T01:19:33Z')`;
  const { positions } = await readSurroundings(db, me);
  expect(positions).toMatchObject([
    { source: 'a', cursor: 'c17', generation: 2, console: 'https://console.example', former },
    { source: 'b', cursor: null, generation: 1, console: null, former: null },
  ]);
  expect(positions.map(({ updatedAt }) => Date.parse(updatedAt))).toEqual([
    Date.parse('2026-02-03T01:19:33Z'),
    Date.parse('2026-02-03T01:19:32.505Z'),
  ]);
});

test('places are those of all sinks by id, also of one that did not say', async () => {
  const db = database();
  await db.$client`
    insert into sinks (sink, state, place) values ('soc', 'ok', 'https://chat.example'), ('dev', 'paused', null)`;
  expect((await readSurroundings(db, me)).places).toEqual([
    { id: 'dev', place: null },
    { id: 'soc', place: 'https://chat.example' },
  ]);
});

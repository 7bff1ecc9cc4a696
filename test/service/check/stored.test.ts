// What check finds in the database about positions, backlogs and other processes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import {
  lookAtBacklog,
  lookAtOthers,
  lookAtPositions,
  type Polled,
} from '../../../src/service/check/stored.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { type Database, openPostgres } from '../../../src/store/database.ts';
import { drafts, replicaWith, storePage } from '../../store/stored.ts';
import { createTestDatabase, environmentOf, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openPostgres(database);
});
beforeEach(async () => {
  await db.$client`truncate events, deliveries, cursors, replicas, leases, sinks`;
});
afterAll(async () => {
  await db.$client.end({ timeout: 5 });
  await database.drop();
});

function config(env: Record<string, string> = environmentOf(database)) {
  const registries = { sources, sinks };
  return loadConfig({ env, directory: '/nowhere', registries, needs: ['database'] });
}

const [here, there] = ['https://a.example', 'https://b.example'];

describe('a position', () => {
  const read = (polled: Polled[]) => lookAtPositions(config(), polled);
  const polled = (recognises?: Polled['source']['recognises']): Polled[] => [
    { id: 'di', source: { console: here, ...(recognises && { recognises }) } },
  ];
  const store = (console: string, cursor: string | null = '17') =>
    db.$client`insert into cursors (source, cursor, console) values ('di', ${cursor}, ${console})`;

  test('of the same console is nothing to speak of, and nobody is asked', async () => {
    await store(here);
    expect(await read(polled(() => Promise.reject(new Error('asked'))))).toEqual([]);
  });

  test.each<[string, Polled['source']['recognises'], string[]]>([
    ['knows the position: it has only moved', async () => true, []],
    ['does not know the position', async () => false, ['failed']],
    ['cannot say', async () => undefined, ['failed']],
    ['does not answer', () => Promise.reject(new Error('down')), ['failed']],
    ['cannot be asked', undefined, ['failed']],
  ])('of a console with another address that %s', async (_title, recognises, statuses) => {
    await store(there);
    const findings = await read(polled(recognises));
    expect(findings.map(({ status }) => status)).toEqual(statuses);
    for (const { kind, id, text } of findings) {
      expect([kind, id]).toEqual(['source', 'di']);
      expect(text).toContain(`is that of ${there}, but the configuration names ${here}`);
    }
  });

  test('at which nothing was read yet is not asked about', async () => {
    await store(there, null);
    expect(await read(polled(() => Promise.reject(new Error('asked'))))).toEqual([]);
  });

  test('of a source that is no longer configured is a warning', async () => {
    await store(here);
    expect(await read([])).toMatchObject([
      { status: 'warn', kind: 'source', id: 'di', text: expect.stringContaining('source remove') },
    ]);
  });
});

describe('a backlog', () => {
  beforeEach(async () => {
    const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'] }];
    await storePage(db, { routes, events: drafts(1, 2) });
  });

  test('of a configured sink is nothing to speak of', async () => {
    expect(await lookAtBacklog(config(), [{ id: 'soc', place: here }])).toEqual([]);
  });

  test('of no sink fails, as nobody gets it', async () => {
    expect(await lookAtBacklog(config(), [{ id: 'new', place: here }])).toMatchObject([
      { status: 'failed', kind: 'sink', id: 'soc', text: expect.stringContaining('2 deliveries') },
    ]);
  });

  test('of a renamed sink is a warning', async () => {
    await db.$client`insert into sinks (sink, state, place) values ('soc', 'ok', ${here})`;
    expect(await lookAtBacklog(config(), [{ id: 'new', place: here }])).toMatchObject([
      { status: 'warn', kind: 'sink', id: 'soc', text: expect.stringContaining('go to "new"') },
    ]);
  });

  test('says nothing where no sink is configured, or no database answers', async () => {
    expect(await lookAtBacklog(config(), [])).toEqual([]);
    const away = { DATABASE_URL: 'postgres://u:p@127.0.0.1:9/x' };
    expect(await lookAtBacklog(config(away), [{ id: 'new', place: here }])).toEqual([]);
  });
});

test('a running process that posts elsewhere under the id is a warning, and the same place is not', async () => {
  const replica = await replicaWith(db, []);
  const works = { roles: [], consoles: {}, places: { soc: there } };
  await db.$client`update replicas set works = ${JSON.stringify(works)}::text::jsonb where id::text = ${replica}`;
  expect(await lookAtOthers(config(), [{ id: 'soc', place: there }])).toEqual([]);
  expect(await lookAtOthers(config(), [{ id: 'soc', place: here }])).toMatchObject([
    { status: 'warn', kind: 'sink', id: 'soc', text: expect.stringContaining(there) },
  ]);
});

// What outlasts a configuration: the metrics ask the store what only it knows. They do so once in a
// while, so that each test asks once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { type Ground, openGround } from '../../src/service/ground.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { writePause } from '../../src/store/controls.ts';
import { drafts, quiet, storePage } from '../store/stored.ts';
import { createTestDatabase, environmentOf, type TestDatabase } from '../support/database.ts';

let directory: string;
let database: TestDatabase;
let ground: Ground;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-ground-'));
  database = await createTestDatabase();
});
beforeEach(async () => {
  const env = { ...environmentOf(database), DATA_DIR: join(directory, 'data') };
  const registries = { sources, sinks };
  const config = loadConfig({ env, directory, registries, needs: ['database'] });
  ground = await openGround({ config, version: 't', log: quiet, onFatal() {} });
  await ground.store.db.$client`truncate events, deliveries, silences`;
  return () => ground.store.close();
});
afterAll(async () => {
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

const store = (to: string[], count: number) =>
  storePage(ground.store.db, {
    routes: [{ name: 'all', minSeverity: 0, to }],
    events: drafts(1, count),
  });
const samples = async (name: string) =>
  (await ground.metrics.expose()).split('\n').filter((line) => line.startsWith(name));

test('a sink has its backlog shown, and nothing waiting shows as 0', async () => {
  ground.metrics.expect({ sources: [], sinks: [{ id: 'soc' }, { id: 'idle' }], roles: [] });
  await store(['soc'], 3);
  await ground.store.db.$client`
    update deliveries set state = 'dead', reason = 'rejected', finalized_at = now() where event_id = (select min(id) from events)`;
  expect((await samples('tocsin_deliveries_pending{')).sort()).toEqual([
    'tocsin_deliveries_pending{sink="idle"} 0',
    'tocsin_deliveries_pending{sink="soc"} 2',
  ]);
  expect(await samples('tocsin_deliveries_dead{')).toContain(
    'tocsin_deliveries_dead{sink="soc"} 1',
  );
  expect(await samples('tocsin_deliveries_orphaned{')).toEqual([]);
});

test('what belongs to no sink is shown as such, for 50 names at most', async () => {
  const names = Array.from({ length: 60 }, (_, n) => `former-${n}`);
  await store(names, 1);
  const shown = await samples('tocsin_deliveries_orphaned{');
  expect(shown).toHaveLength(50);
  expect(shown[0]).toMatch(/^tocsin_deliveries_orphaned\{sink="former-\d+"\} 1$/);
});

test('active silences are counted', async () => {
  await ground.store.db.$client`
    insert into silences (matcher, owner, reason, starts_at, ends_at)
    values ('{}', 'anna', 'r', now() - interval '1 hour', now() + interval '1 hour'),
           ('{}', 'anna', 'r', now() - interval '2 hours', now() - interval '1 hour')`;
  expect(await samples('tocsin_silences_active ')).toEqual(['tocsin_silences_active 1']);
});

describe('writes that fail', () => {
  const full = Object.assign(new Error('full'), { code: '53100' });
  const failing = async () =>
    (await samples('tocsin_database_writes_failing{')).filter((line) => line.endsWith(' 1'));
  beforeEach(() => {
    for (let n = 0; n < 3; n += 1) ground.writes.failed('x', full);
  });

  test('show by their reason', async () => {
    expect(await failing()).toEqual(['tocsin_database_writes_failing{reason="disk_full"} 1']);
  });

  test('show no more once one has passed', async () => {
    ground.writes.passed('x');
    expect(await failing()).toEqual([]);
  });
});

test('without an endpoint for spans there is no export', () => {
  expect(ground.exporting).toBeUndefined();
});

test('what an operator has paused is shown, and nothing else is', async () => {
  ground.metrics.expect({
    sources: [{ id: 'a' }],
    sinks: [{ id: 'soc' }, { id: 'a' }],
    roles: [],
  });
  await writePause(ground.store.db, {
    ...{ name: 'sink:soc', by: 'ann', reason: 'r', end: { forMs: 60_000 }, replaces: true },
  });
  await ground.controls.look();
  expect((await samples('tocsin_sink_paused_by_operator{')).sort()).toEqual([
    'tocsin_sink_paused_by_operator{sink="a"} 0',
    'tocsin_sink_paused_by_operator{sink="soc"} 1',
  ]);
  expect(await samples('tocsin_source_paused_by_operator{')).toEqual([
    'tocsin_source_paused_by_operator{source="a"} 0',
  ]);
});

// What silences make of an event that is only tried: those of the time that is asked about, and
// nothing where nobody can be asked.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { afterSilences } from '../../../src/commands/routes/silenced.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { Decision } from '../../../src/kit/records/decision.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';
import { type Database, openPostgres } from '../../../src/store/database.ts';
import { insertSilences } from '../../../src/store/silences.ts';
import { draft } from '../../store/stored.ts';
import { createTestDatabase, environmentOf, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openPostgres(database);
});
beforeEach(() => db.$client`truncate silences restart identity`);
afterAll(async () => {
  await db.$client.end({ timeout: 5 });
  await database.drop();
});

function config(env: Record<string, string> = environmentOf(database)) {
  const registries = { sources, sinks };
  return loadConfig({ env, directory: '/nowhere', registries, needs: ['database'] });
}

const atMs = Date.now();
const decisions: Decision[] = [{ sink: 'soc', state: 'pending', reason: null, priority: 1 }];
const after = (at = atMs, where = config()) =>
  afterSilences(where, { source: 'di', event: draft(1, { type: 'A' }), decisions, atMs: at });

/** @param ends milliseconds from now */
const silence = (matcher: object, ends = 3_600_000) =>
  insertSilences(db, [
    {
      matcher: { ...matcher },
      ...{ owner: 'anna', reason: 'patch night', startsAtMs: atMs - 1000, endsAtMs: atMs + ends },
    },
  ]);

test('without a silence the routes have the last word', async () => {
  expect(await after()).toEqual(decisions);
});

test('the oldest silence that covers the event is named', async () => {
  await silence({ types: ['B'] });
  const [oldest] = await silence({ types: ['A'] });
  await silence({ types: ['A*'] });
  expect(await after()).toMatchObject([{ sink: 'soc', state: 'suppressed', silenceId: oldest }]);
});

test('a silence counts at its own time alone', async () => {
  await silence({ types: ['A'] });
  expect(await after(atMs + 3_600_001)).toEqual(decisions);
  expect(await after(atMs - 2000)).toEqual(decisions);
});

test('one that this release cannot read silences nothing, and the others do', async () => {
  await silence({ of_a_later_release: ['A'] });
  expect(await after()).toEqual(decisions);
  const [readable] = await silence({ types: ['A'] });
  expect(await after()).toMatchObject([{ silenceId: readable }]);
});

test('where no service and no database answers, nothing is known of silences', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-silenced-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  expect(await after(atMs, config({ DATABASE_URL: 'postgres://u:p@127.0.0.1:9/x' }))).toBe(
    undefined,
  );
  expect(await after(atMs, config({ DATA_DIR: join(directory, 'data') }))).toBe(undefined);
});

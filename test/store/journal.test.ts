// What is made of a database by its journal and its tables.
import postgres from 'postgres';
import { describe, expect, onTestFinished, test } from 'vitest';
import { judgeSchema, ownColumns, readSchema, type SchemaFacts } from '../../src/store/journal.ts';
import { createTestDatabase } from '../support/database.ts';

describe('judgeSchema', () => {
  const known = ['a', 'b'];
  const empty: SchemaFacts = {
    schema: 'public',
    isSchemaChosen: false,
    otherSchemas: [],
    encoding: 'UTF8',
    journal: null,
    sharedJournal: [],
    columns: new Set(),
  };
  const whole = new Set(ownColumns);
  const without = (prefix: string) =>
    new Set(ownColumns.filter((column) => !column.startsWith(prefix)));

  test.each<[string, Partial<SchemaFacts>, object]>([
    ['nothing', {}, { state: 'none', applied: [] }],
    [
      'a shared journal whose tables are elsewhere or gone',
      { sharedJournal: known },
      { state: 'none', applied: [] },
    ],
    [
      'a journal that is behind',
      { journal: ['a'], columns: whole },
      { state: 'behind', applied: ['a'] },
    ],
    [
      'a newer one',
      { journal: ['a', 'b', 'c'], columns: whole },
      { state: 'newer', applied: known, isAdopted: false },
    ],
    [
      'a shared one that is behind',
      { sharedJournal: ['a', 'shop'], columns: without('events.traceparent') },
      { state: 'behind', applied: ['a'], isAdopted: true },
    ],
    [
      'all tables and no journal, as after a restore of one schema',
      { columns: whole },
      { state: 'current', applied: known, isAdopted: true },
    ],
  ])('%s', (_, facts, state) => {
    expect(judgeSchema({ ...empty, ...facts }, known)).toMatchObject(state);
  });

  test.each<[string, Partial<SchemaFacts>, RegExp]>([
    [
      'a whole journal without its tables',
      { journal: known },
      /record of migrations is complete, but .* lacks/,
    ],
    [
      'a whole journal without a column',
      { journal: known, columns: without('events.traceparent') },
      /lacks events\.traceparent\. Restore/,
    ],
    [
      'tables of the same name and no journal',
      { columns: new Set(['events.id']) },
      /has tables with the names of Tocsin's \(events\).*create schema tocsin/,
    ],
    ['SQL_ASCII', { encoding: 'SQL_ASCII' }, /encoding of the database is SQL_ASCII/],
  ])('refuses %s', (_, facts, words) => {
    expect(() => judgeSchema({ ...empty, ...facts }, known)).toThrow(words);
  });
});

test('readSchema finds the tables, the journals, and whether the connection chose its schema', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const found = async (connection: Record<string, string> = {}) => {
    const sql = postgres(database.directUrl, { max: 1, onnotice() {}, connection });
    const facts = await readSchema(sql);
    await sql.end();
    return facts;
  };
  const facts = await found();
  expect(facts).toMatchObject({
    schema: 'public',
    isSchemaChosen: false,
    otherSchemas: [],
    encoding: 'UTF8',
  });
  expect([...facts.columns].sort()).toEqual([...ownColumns].sort());
  expect(facts.journal?.length).toBeGreaterThan(5);
  expect([...facts.sharedJournal].sort()).toEqual([...(facts.journal ?? [])].sort());
  expect(await found({ search_path: 'nowhere' })).toMatchObject({
    schema: null,
    isSchemaChosen: true,
    otherSchemas: ['public'],
    journal: null,
    columns: new Set(),
  });
});

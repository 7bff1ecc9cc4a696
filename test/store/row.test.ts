// Rows are read with their types checked: by the compiler against the schema, at the edge by value.
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type ColumnOf, millisecondsOf, RowReader } from '../../src/store/row.ts';
import type { deliveries, events } from '../../src/store/schema.ts';
import { useDatabase } from './stored.ts';

const database = useDatabase();

const reader = new RowReader<ColumnOf<typeof events>>('events');
const extended = new RowReader<ColumnOf<typeof deliveries> | 'age'>('deliveries');

test('names are those of the columns, and a name that is none does not compile', () => {
  expect(reader.text({ external_id: '7' }, 'external_id')).toBe('7');
  expect(extended.number({ age: 1.5 }, 'age')).toBe(1.5);
  // @ts-expect-error the property of the schema, not the column
  expect(() => reader.text({ external_id: '7' }, 'externalId')).toThrow('events.externalId');
  // @ts-expect-error a column of another table
  expect(() => reader.text({ external_id: '7' }, 'group_key')).toThrow('events.group_key');
});

describe('a value is read', () => {
  test.each([
    ['a text', () => reader.text({ source: '' }, 'source'), ''],
    ['null, where a column may be', () => reader.textOrNull({ status: null }, 'status'), null],
    [
      'a text, where a column may be null',
      () => reader.textOrNull({ status: 'OPEN' }, 'status'),
      'OPEN',
    ],
    ['a number', () => reader.number({ id: 7 }, 'id'), 7],
    [
      'a number that came as text',
      () => reader.number({ id: '9007199254740991' }, 'id'),
      2 ** 53 - 1,
    ],
    [
      'a number with a fraction',
      () => reader.number({ id: '1770081572505.123' }, 'id'),
      1770081572505.123,
    ],
    ['no number', () => reader.numberOrNull({ id: null }, 'id'), null],
    [
      'a time',
      () => reader.time({ received_at: '1770081572505.123' }, 'received_at'),
      '2026-02-03T01:19:32.505Z',
    ],
    ['no time', () => reader.timeOrNull({ occurred_at: null }, 'occurred_at'), null],
    ['one of some words', () => reader.oneOf({ severity: 5 }, 'severity', [0, 5]), 5],
    ['true', () => reader.boolean({ id: true }, 'id'), true],
    ['false', () => reader.boolean({ id: false }, 'id'), false],
    ['an object', () => reader.json({ body: '{"a":1}' }, 'body'), { a: 1 }],
    ['no object', () => reader.jsonOrNull({ body: null }, 'body'), null],
  ])('as %s', (_, read, value) => {
    expect(read()).toEqual(value);
  });
});

describe('a value that the schema does not allow is an error that names the column and not the value', () => {
  test.each([
    ['null for a text', () => reader.text({ source: null }, 'source')],
    ['a number for a text', () => reader.text({ source: 4711 }, 'source')],
    ['a column that did not come', () => reader.text({}, 'source')],
    ['a column that may be null and did not come', () => reader.textOrNull({}, 'source')],
    ['a text for a number', () => reader.number({ source: 'evil' }, 'source')],
    ['nothing for a number', () => reader.number({ source: '' }, 'source')],
    ['null for a number', () => reader.number({ source: null }, 'source')],
    ['null for a time', () => reader.time({ source: null }, 'source')],
    ['a text for true or false', () => reader.boolean({ source: 'evil' }, 'source')],
    ['null for true or false', () => reader.boolean({ source: null }, 'source')],
    ['another word', () => reader.oneOf({ source: 'evil' }, 'source', ['good'])],
    ['a text for an object', () => reader.json({ source: '"evil"' }, 'source')],
    ['null within JSON', () => reader.json({ source: 'null' }, 'source')],
  ])('%s', (_, read) => {
    expect(read).toThrow(/^the database gave \w+ for events\.source, not: /);
    expect(read).not.toThrow(/4711|evil/);
  });
});

test('the builder reads a time or an interval as milliseconds', async () => {
  const rows = await database()
    .select({
      time: millisecondsOf(sql`to_timestamp(1770081572.505)`),
      interval: millisecondsOf(sql`interval '1.5 seconds'`),
    })
    .from(sql`(select 1) one`);
  expect(rows).toEqual([{ time: 1770081572505, interval: 1500 }]);
});

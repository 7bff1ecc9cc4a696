// The store's connections, also behind PgBouncer in transaction mode, which keeps no prepared
// statements and no session; and what may be said of an error of the database.
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  databaseErrorCode,
  databaseErrorText,
  isForWantOfDescriptors,
  isUnstorable,
  openPostgres,
} from '../../src/store/database.ts';
import { missing, startPgBouncer } from '../support/pgbouncer.ts';

async function openBehindPooler(connectionsMax: number) {
  const { url } = inject('postgres');
  const pooler = await startPgBouncer(url);
  onTestFinished(() => pooler.close());
  const db = openPostgres({ url: pooler.through(url), prepare: false, connectionsMax });
  onTestFinished(() => db.$client.end({ timeout: 1 }));
  return db;
}

describe('behind a pooler in transaction mode', () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test('what is asked at once is all answered, with parameters or without', async () => {
    const { $client: sql } = await openBehindPooler(2);
    const asked = Array.from({ length: 200 }, (_, n) =>
      n % 3 === 0 ? sql`select 1 as n` : sql`select ${n}::int as n`,
    );
    const answers = await Promise.all(asked);
    expect(answers.map(([row]) => Number(row?.n))).toEqual(
      answers.map((_, n) => (n % 3 === 0 ? 1 : n)),
    );
  });

  test('a transaction of the driver is refused, and nothing is left open', async () => {
    const db = await openBehindPooler(1);
    await expect(db.transaction(async () => {})).rejects.toThrow(/no transactions/);
    const open =
      await db.$client`select 1 from pg_stat_activity where state = 'idle in transaction' and datname = current_database()`;
    expect(open).toEqual([]);
  });
});

test('with prepared statements there are transactions', async () => {
  const db = openPostgres({ url: inject('postgres').url, prepare: true, connectionsMax: 1 });
  onTestFinished(() => db.$client.end({ timeout: 1 }));
  expect(await db.transaction(async (tx) => [...(await tx.execute('select 1 as n'))])).toEqual([
    { n: 1 },
  ]);
});

const coded = (code: unknown, message = 'words', cause?: Error) =>
  Object.assign(new Error(message, { cause }), { code });

describe('an error of the database', () => {
  test.each([
    ['its own code', coded('23505'), '23505'],
    ['that of its cause, which Drizzle wraps', new Error('x', { cause: coded('57P01') }), '57P01'],
    ['the outermost', coded('A', 'x', coded('B')), 'A'],
    ['none, if it has none', new Error('x'), undefined],
    ['none, if it is a number', coded(7), undefined],
    ['none of what is no error', { code: '23505' }, undefined],
    ['none of nothing', undefined, undefined],
  ])('has %s', (_, error, code) => {
    expect(databaseErrorCode(error)).toBe(code);
  });

  test.each([
    ['22P02', true],
    ['22021', true],
    ['54000', true],
    ['23505', false],
    ['53100', false],
    ['22', false],
    ['XX22P02', false],
    ['ECONNREFUSED', false],
  ])('%s says that this text will never fit: %s', (code, isSo) => {
    expect(isUnstorable(coded(code))).toBe(isSo);
    expect(isUnstorable(new Error('Failed query', { cause: coded(code) }))).toBe(isSo);
  });

  test('is logged in the words of its innermost cause: the outer ones hold the statement', () => {
    const query = new Error('Failed query: insert secret', { cause: coded('23505', 'duplicate') });
    expect(databaseErrorText(query)).toBe('23505 duplicate');
    expect(databaseErrorText(new Error('plain'))).toBe('plain');
    expect(databaseErrorText('a text')).toBe('a text');
  });

  test('is logged in 300 characters at most', () => {
    expect(databaseErrorText(coded('22P02', 'x'.repeat(1000)))).toBe(`22P02 ${'x'.repeat(294)}`);
  });

  test.each(['EMFILE', 'ENFILE'])('%s is explained', (code) => {
    expect(databaseErrorText(coded(code))).toMatch(
      new RegExp(`^${code} this process has no file descriptor left.*Raise the limit`),
    );
  });

  test.each([
    ['EMFILE', true],
    ['ENFILE', true],
    // While descriptors are left, a name that is not found is just that.
    ['ENOTFOUND', false],
    ['EAI_AGAIN', false],
    ['ECONNREFUSED', false],
    [undefined, false],
  ])('%s is for want of descriptors: %s', (code, isSo) => {
    expect(isForWantOfDescriptors(code)).toBe(isSo);
  });
});

// Several statements as one act.
import { expect, test } from 'vitest';
import { controls } from '../../src/store/schema.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();

test('what fails leaves nothing, by hand or by the builder', async () => {
  const failing = inTransaction(db(), async (own, isWhole) => {
    expect(isWhole).toBe(true);
    await own.insert(controls).values({ name: 'sink:a' });
    await own.$client`insert into controls (name) values ('sink:b')`;
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await db().select().from(controls)).toEqual([]);
});

test('what succeeds stays, and a transaction within is a part of it', async () => {
  const answer = await inTransaction(db(), async (own) => {
    await own.insert(controls).values({ name: 'sink:a' });
    await own.$client
      .begin(async (sql) => {
        await sql`insert into controls (name) values ('sink:b')`;
        throw new Error('only this part');
      })
      .catch(() => undefined);
    return 'done';
  });
  expect(answer).toBe('done');
  expect((await db().select().from(controls)).map(({ name }) => name)).toEqual(['sink:a']);
});

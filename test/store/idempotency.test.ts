// The keys of requests: one owner each, for a day.
import { expect, test } from 'vitest';
import {
  claimKey,
  forgetKeys,
  keepAnswer,
  lockKey,
  releaseKey,
} from '../../src/store/idempotency.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();
const asked = { actor: 'ann', key: 'k1', request: 'a'.repeat(64) };

const age = (hours: number) =>
  db().$client`
    update idempotency_keys set created_at = created_at - ${hours} * interval '1 hour'`;
const count = async () => (await db().$client`select 1 from idempotency_keys`).length;

test('a key belongs to whoever claims it first, and has its answer once it is kept', async () => {
  expect(await claimKey(db(), asked)).toBeNull();
  const other = { ...asked, request: 'b'.repeat(64) };
  expect(await claimKey(db(), other)).toEqual({
    ...{ request: asked.request, isAnswered: false, answer: null },
  });
  await keepAnswer(db(), asked, '{"a":1}');
  expect(await claimKey(db(), asked)).toEqual({
    ...{ request: asked.request, isAnswered: true, answer: '{"a":1}' },
  });
  expect(await claimKey(db(), { ...asked, actor: 'bob' })).toBeNull();
});

test('an answer that is not kept is known to have been given', async () => {
  await claimKey(db(), asked);
  await keepAnswer(db(), asked, null);
  expect(await claimKey(db(), asked)).toMatchObject({ isAnswered: true, answer: null });
});

test('a key is free again when it was released, or is a day old', async () => {
  await claimKey(db(), asked);
  await releaseKey(db(), asked);
  expect(await claimKey(db(), asked)).toBeNull();
  await keepAnswer(db(), asked, '1');
  await age(23);
  expect(await claimKey(db(), asked)).not.toBeNull();
  await age(2);
  expect(await claimKey(db(), asked)).toBeNull();
  expect(await claimKey(db(), asked)).toMatchObject({ isAnswered: false });
});

test('only old keys are forgotten, and so many at a time', async () => {
  for (const key of ['k1', 'k2', 'k3']) await claimKey(db(), { ...asked, key });
  await forgetKeys(db(), 10);
  expect(await count()).toBe(3);
  await age(25);
  await forgetKeys(db(), 2);
  expect(await count()).toBe(1);
});

test('one transaction at a time uses a key', async () => {
  await inTransaction(db(), async (own) => {
    expect(await lockKey(own, asked)).toBe(true);
    await inTransaction(db(), async (other) => {
      expect(await lockKey(other, asked)).toBe(false);
      expect(await lockKey(other, { ...asked, key: 'k2' })).toBe(true);
    });
  });
  await inTransaction(db(), async (own) => expect(await lockKey(own, asked)).toBe(true));
});

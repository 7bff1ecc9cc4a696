// Who is signed in is listed without the hashes of cookies, and can be signed out.
import { expect, test } from 'vitest';
import { perform, session } from '../../src/operations/index.ts';
import { beginSession } from '../../src/store/sessions.ts';
import { useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const begin = (subject: string, hash: string) =>
  beginSession(db(), { subject, hash, role: 'read', via: 'oidc', tokenId: null });
const hashOf = (digit: string) => digit.repeat(64);

test('lists a page at a time', async () => {
  for (const digit of ['1', '2', '3']) await begin('ann', hashOf(digit));
  const first = await overTheWire(db(), session.list, { limit: 2 });
  expect(first.items).toHaveLength(2);
  expect(JSON.stringify(first.items)).not.toContain(hashOf('2'));
  const second = await overTheWire(db(), session.list, { limit: 2, cursor: first.next! });
  expect(second).toMatchObject({ items: [{ subject: 'ann', via: 'oidc' }], next: null });
  expect(await overTheWire(db(), session.list, { subject: 'bob' })).toEqual({
    items: [],
    next: null,
  });
});

test('signs out a person, or everybody, and says which is meant', async () => {
  const revoke = (input: object) => perform(session.revoke, contextOn(db()), input);
  for (const [index, who] of ['ann', 'ann', 'bob', 'eve'].entries())
    await begin(who, hashOf(String(index)));
  await expect(revoke({})).rejects.toThrow('Say whose');
  await expect(revoke({ subject: 'ann', all: true })).rejects.toThrow('not both');
  expect(await revoke({ subject: 'ann' })).toEqual({ ended: 2 });
  expect(await revoke({ all: true })).toEqual({ ended: 2 });
});

// Tokens are made, listed and revoked; the text of one is nowhere but in the answer to its making.
import { expect, test } from 'vitest';
import { hashOfSecret, isToken } from '../../src/kit/token.ts';
import { perform, token } from '../../src/operations/index.ts';
import { listAudit } from '../../src/store/audit.ts';
import { useDatabase } from '../store/stored.ts';
import { contextOn } from './acting.ts';
import { overTheWire } from './over-the-wire.ts';

const db = useDatabase();
const make = (name: string, more: { expires?: string } = {}) =>
  perform(token.create, contextOn(db()), { name, role: 'operate', ...more });
const dayMs = 86_400_000;

test('a token is shown once: neither the tables nor the audit log hold it', async () => {
  const made = await make('ci');
  expect(isToken(made.token)).toBe(true);
  expect(made.shown).toMatchObject({ name: 'ci', role: 'operate', createdBy: 'ann' });
  const lifeMs = Date.parse(made.shown.expiresAt!) - Date.parse(made.shown.createdAt);
  expect(Math.abs(lifeMs - 90 * dayMs)).toBeLessThan(1000);
  const [act] = await listAudit(db(), { limit: 1 });
  expect(act).toMatchObject({ operation: 'token-create', target: 'token:ci', actor: 'ann' });
  expect(JSON.parse(act!.after!)).toEqual(made.shown);
  const rows = await db().$client`select t::text as row from api_tokens t
    union all select a::text from audit_log a`;
  expect(rows.length).toBe(2);
  for (const { row } of rows) expect(row).not.toContain(made.token.slice(7, 40));
  expect(rows[0]!.row).toContain(hashOfSecret(made.token));
});

test.each([
  ['never', null],
  ['30d', 30 * dayMs],
])('a token with the expiry %s', async (expires, lifeMs) => {
  const { shown } = await make('ci', { expires });
  if (lifeMs === null) expect(shown.expiresAt).toBeNull();
  else expect(Date.parse(shown.expiresAt!) - Date.parse(shown.createdAt)).toBeCloseTo(lifeMs, -4);
});

test.each(['1s', '11y', 'soon', ''])('the expiry "%s" is refused', async (expires) => {
  await expect(make('ci', { expires })).rejects.toThrow('or "never"');
});

test.each(['', ' a', 'a\nb', '<b>', 'x'.repeat(64)])('the name %j is refused', async (name) => {
  await expect(make(name)).rejects.toThrow('expected up to 63 letters');
});

test('two live tokens have different names', async () => {
  const { shown } = await make('ci');
  await expect(make('ci')).rejects.toThrow('There is a token called "ci"');
  const revoked = await perform(token.revoke, contextOn(db()), { token: shown.id });
  expect(revoked).toMatchObject({ shown: { id: shown.id, state: 'revoked' }, sessionsEnded: 0 });
  await make('ci');
});

test('revoking one that is not there, or no longer, is refused', async () => {
  const { shown } = await make('ci');
  const revoke = (id: string) => perform(token.revoke, contextOn(db()), { token: id });
  await expect(revoke('99999')).rejects.toMatchObject({ name: 'NotFoundError' });
  await revoke(shown.id);
  await expect(revoke(shown.id)).rejects.toMatchObject({ name: 'ConflictError' });
});

test('lists a page at a time, and a cursor keeps to its filters', async () => {
  for (const name of ['a', 'b', 'c']) await make(name);
  const first = await overTheWire(db(), token.list, { limit: 2 });
  expect(first.items.map(({ name }) => name)).toEqual(['c', 'b']);
  const cursor = first.next!;
  const second = await overTheWire(db(), token.list, { limit: 2, cursor });
  expect(second).toMatchObject({ items: [{ name: 'a' }], next: null });
  await expect(overTheWire(db(), token.list, { revoked: true, cursor })).rejects.toThrow('filters');
});

test('only an administrator sees and makes them; looking is not noted', async () => {
  const actor = { name: 'bob', role: 'operate', via: 'api', address: null } as const;
  for (const operation of [token.list, token.create, token.revoke])
    await expect(
      perform(operation as typeof token.list, contextOn(db(), { actor }), {}),
    ).rejects.toMatchObject({ name: 'PermissionError' });
  await perform(token.list, contextOn(db()), {});
  expect(await listAudit(db(), { limit: 1 })).toEqual([]);
});

// Tokens as they are stored: which are live, when one was used, and what revoking one ends.
import { expect, test } from 'vitest';
import { beginSession, useSession } from '../../src/store/sessions.ts';
import {
  addToken,
  isAnyTokenLive,
  listTokens,
  readToken,
  revokeToken,
  useToken,
} from '../../src/store/tokens.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();
const fresh = { name: 'ci', hash: 'aa', role: 'operate', createdBy: 'ann', lifeMs: null } as const;
const all = { areRevokedListed: true, beforeId: null, limit: 10 };

test('a token is recognised by its hash alone, and its use is noted to the minute', async () => {
  const added = await addToken(db(), fresh);
  expect(added).toMatchObject({ name: 'ci', role: 'operate', state: 'live', usedAt: null });
  expect(added).toMatchObject({ createdBy: 'ann', expiresAt: null, revokedAt: null });
  expect(await useToken(db(), 'aa')).toEqual({ id: added!.id, name: 'ci', role: 'operate' });
  expect(await useToken(db(), 'ab')).toBeNull();
  expect((await readToken(db(), added!.id))?.usedAt).toMatch(/:00\.000Z$/);
  // Within the same minute nothing is written. The minute may end between the statements.
  await db().$client`update api_tokens set used_at = date_trunc('minute', now()) + '1 minute'`;
  const [{ xmin: set } = {}] = await db().$client`select xmin::text from api_tokens`;
  await useToken(db(), 'aa');
  const [{ xmin: kept } = {}] = await db().$client`select xmin::text from api_tokens`;
  expect(kept).toBe(set);
});

test('an expired token is good for nothing', async () => {
  await addToken(db(), { ...fresh, lifeMs: 3_600_000 });
  expect(await isAnyTokenLive(db())).toBe(true);
  await db().$client`update api_tokens set expires_at = now() - interval '1 second'`;
  expect(await useToken(db(), 'aa')).toBeNull();
  expect(await isAnyTokenLive(db())).toBe(false);
  expect(await listTokens(db(), all)).toMatchObject([{ state: 'expired' }]);
});

test('a name can be used again once its token is revoked, which ends its sessions alone', async () => {
  const first = await addToken(db(), fresh);
  expect(await addToken(db(), { ...fresh, hash: 'bb' })).toBeNull();
  const session = { subject: 'token:ci', role: 'operate', via: 'token' } as const;
  await beginSession(db(), { ...session, hash: 's1', tokenId: first!.id });
  await beginSession(db(), { ...session, hash: 's2', tokenId: null });
  const revoked = await revokeToken(db(), first!.id);
  expect(revoked).toMatchObject({ token: { id: first!.id, state: 'revoked' }, sessionsEnded: 1 });
  expect(await useSession(db(), 's1')).toBeNull();
  expect(await useSession(db(), 's2')).not.toBeNull();
  expect(await useToken(db(), 'aa')).toBeNull();
  expect(await revokeToken(db(), first!.id)).toBeNull();
  expect(await revokeToken(db(), 999)).toBeNull();
  expect(await addToken(db(), { ...fresh, hash: 'bb' })).not.toBeNull();
});

test('lists the newest first, a page at a time', async () => {
  const ids: number[] = [];
  for (const name of ['a', 'b', 'c'])
    ids.push((await addToken(db(), { ...fresh, name, hash: name }))!.id);
  await revokeToken(db(), ids[1]!);
  const names = async (choice: Partial<typeof all>, beforeId: number | null = null) =>
    (await listTokens(db(), { ...all, ...choice, beforeId })).map(({ name }) => name);
  expect(await names({})).toEqual(['c', 'b', 'a']);
  expect(await names({ areRevokedListed: false })).toEqual(['c', 'a']);
  expect(await names({ limit: 1 })).toEqual(['c']);
  expect(await names({}, ids[2]!)).toEqual(['b', 'a']);
});

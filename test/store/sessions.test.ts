// Sessions as they are stored: which are live, and what ends them.
import { expect, test } from 'vitest';
import type { NewSession } from '../../src/kit/records/access.ts';
import {
  beginSession,
  endSession,
  endSessions,
  listSessions,
  useSession,
} from '../../src/store/sessions.ts';
import { addToken } from '../../src/store/tokens.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();
const all = { subject: null, after: null, limit: 10 };
const begin = (hash: string, more: Partial<NewSession> = {}) =>
  beginSession(db(), { hash, subject: 'ann', role: 'read', via: 'oidc', tokenId: null, ...more });
const count = async () => (await db().$client`select 1 from sessions`).length;

test('a session is recognised by its hash', async () => {
  await begin('a', { role: 'admin' });
  expect(await useSession(db(), 'a')).toEqual({ subject: 'ann', role: 'admin' });
  expect(await useSession(db(), 'b')).toBeNull();
});

test.each([
  ['was not used for 8 hours', "seen_at = now() - interval '8 hours 1 second'"],
  ['is a day old, however it was used', 'expires_at = now()'],
])('one that %s is over, and is removed at the next sign-in', async (_, change) => {
  await begin('a');
  await db().$client.unsafe(`update sessions set ${change}`);
  expect(await useSession(db(), 'a')).toBeNull();
  expect(await listSessions(db(), all)).toEqual([]);
  await begin('b');
  expect(await count()).toBe(1);
});

test('use puts off its end, and never past a day', async () => {
  await begin('a');
  await db().$client`update sessions set seen_at = now() - interval '7 hours'`;
  expect(await useSession(db(), 'a')).not.toBeNull();
  const [session] = await listSessions(db(), all);
  expect(Date.parse(session!.seenAt) - Date.parse(session!.createdAt)).toBeGreaterThan(-60_001);
  expect(Date.parse(session!.expiresAt) - Date.parse(session!.createdAt)).toBeLessThan(86_400_100);
});

test('ends with its token', async () => {
  const made = { name: 't', hash: 't', role: 'read', createdBy: 'x', lifeMs: 60_000 } as const;
  const token = await addToken(db(), made);
  await begin('a', { tokenId: token!.id, via: 'token' });
  expect(await useSession(db(), 'a')).not.toBeNull();
  await db().$client`update api_tokens set expires_at = now()`;
  expect(await useSession(db(), 'a')).toBeNull();
});

test('one is ended, those of a person, or all', async () => {
  for (const hash of ['a', 'b']) await begin(hash);
  for (const hash of ['c', 'd']) await begin(hash, { subject: 'bob' });
  expect(await endSession(db(), 'a')).toBe('ann');
  expect(await endSession(db(), 'a')).toBeNull();
  expect(await endSessions(db(), 'bob')).toBe(2);
  expect(await endSessions(db(), null)).toBe(1);
  expect(await count()).toBe(0);
});

test('lists the newest first, and goes on after any of them', async () => {
  for (const hash of ['a', 'b', 'c']) await begin(hash, { subject: hash === 'b' ? 'bob' : 'ann' });
  // All at the same moment.
  await db().$client`update sessions set created_at = date_trunc('milliseconds', now())`;
  const hashes = async (choice: Partial<Parameters<typeof listSessions>[1]>) =>
    (await listSessions(db(), { ...all, ...choice })).map(({ hash }) => hash);
  expect(await hashes({})).toEqual(['c', 'b', 'a']);
  const [newest] = await listSessions(db(), { ...all, limit: 1 });
  expect(await hashes({ after: newest! })).toEqual(['b', 'a']);
  expect(await hashes({ subject: 'bob' })).toEqual(['b']);
});

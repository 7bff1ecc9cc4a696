// Tokens of buttons are used once, and a message gets its id once.
import { expect, test } from 'vitest';
import {
  claimMessage,
  readMessage,
  releaseChatToken,
  useChatToken,
} from '../../src/store/chat-tokens.ts';
import { draft, inTransaction, storePage, useDatabase } from './stored.ts';

const db = useDatabase();
const token = { hash: 'a'.repeat(64), expiresAtMs: Date.now() + 86_400_000 };

test('a token is used once, until it is given back', async () => {
  expect(await useChatToken(db(), token)).toBe(true);
  expect(await useChatToken(db(), token)).toBe(false);
  expect(await useChatToken(db(), { ...token, hash: 'b'.repeat(64) })).toBe(true);
  await releaseChatToken(db(), token);
  expect(await useChatToken(db(), token)).toBe(true);
  const [row] = await db().$client`
    select extract(epoch from expires_at) * 1000 as at from chat_tokens where hash = ${token.hash}`;
  expect(Number(row!.at)).toBe(token.expiresAtMs);
});

test('rows of tokens that count no more go with the next one that is used', async () => {
  const past = Date.now() - 1000;
  for (const sign of ['c', 'd', 'e'])
    await db().$client`
      insert into chat_tokens (hash, expires_at)
      values (${sign.repeat(64)}, ${new Date(past).toISOString()}::timestamptz)`;
  expect(await useChatToken(db(), token)).toBe(true);
  expect(await db().$client`select hash from chat_tokens`).toEqual([{ hash: token.hash }]);
});

test('what is rolled back did not use it', async () => {
  const failing = inTransaction(db(), async (own) => {
    expect(await useChatToken(own, token)).toBe(true);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await useChatToken(db(), token)).toBe(true);
});

test('a message is claimed once, and only after it was delivered', async () => {
  await storePage(db(), { events: [draft(1)] });
  const [{ id }] = (await db().$client`select id from events`) as unknown as [{ id: number }];
  const place = { eventId: id, sink: 'soc' };
  expect(await readMessage(db(), place)).toEqual({ state: 'pending', remoteId: null });
  expect(await claimMessage(db(), { ...place, remoteId: 'p1' })).toBe(false);
  await db().$client`update deliveries set state = 'delivered', finalized_at = now()`;
  expect(await claimMessage(db(), { ...place, remoteId: 'p1' })).toBe(true);
  expect(await claimMessage(db(), { ...place, remoteId: 'p2' })).toBe(false);
  expect(await readMessage(db(), place)).toEqual({ state: 'delivered', remoteId: 'p1' });
  expect(await readMessage(db(), { ...place, sink: 'mail' })).toBeNull();
});

test('a message is that of one event at its sink, though two claim it at once', async () => {
  await storePage(db(), { events: [draft(1), draft(2)] });
  await db().$client`update deliveries set state = 'delivered', finalized_at = now()`;
  const rows = await db().$client`select id from events order by id`;
  const claims = await Promise.all(
    rows.map(({ id }) => claimMessage(db(), { eventId: id, sink: 'soc', remoteId: 'p1' })),
  );
  expect(claims.toSorted()).toEqual([false, true]);
  const loser = rows[claims.indexOf(false)]!.id;
  expect(await claimMessage(db(), { eventId: loser, sink: 'soc', remoteId: 'p2' })).toBe(true);
});

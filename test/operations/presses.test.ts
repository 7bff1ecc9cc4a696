// Where a button was pressed, and that it changes something once, also behind a pooler that has no
// transactions.
import { expect, test, vi } from 'vitest';
import { ConflictError, placeOfPress, UsedError, usingToken } from '../../src/operations/index.ts';
import { draft, inTransaction, storePage, useDatabase } from '../store/stored.ts';

const db = useDatabase();
const token = { hash: 'a'.repeat(64), expiresAtMs: Date.UTC(2026, 1, 11) };

async function posted(remoteId: string | null): Promise<number> {
  await storePage(db(), { events: [draft(1)] });
  await db().$client`
    update deliveries set state = 'delivered', finalized_at = now(), remote_id = ${remoteId}`;
  const [row] = await db().$client`select id from events`;
  return Number(row!.id);
}

test.each([
  ['p1', 'p1', 'ours'],
  ['p1', 'p2', 'other'],
  [null, 'p2', 'ours'],
] as const)('of the message %s, a press in %s is %s', async (remoteId, messageId, place) => {
  const eventId = await posted(remoteId);
  expect(await placeOfPress(db(), { eventId, sink: 'soc', messageId })).toBe(place);
});

test('an event without a delivery to the sink has no message there', async () => {
  const eventId = await posted('p1');
  expect(await placeOfPress(db(), { eventId, sink: 'mail', messageId: 'p1' })).toBe('gone');
});

test('in a transaction, the act and the use of the token are one', async () => {
  const act = vi.fn(async () => ({ done: true }));
  const whole = () =>
    inTransaction(db(), (own) => usingToken(token)(act, { db: own, isWhole: true }));
  expect(await whole()).toEqual({ done: true });
  await expect(whole()).rejects.toThrow(UsedError);
  expect(act).toHaveBeenCalledOnce();
});

test('without one, the token is used first, and given back if nothing was done', async () => {
  const place = { db: db(), isWhole: false };
  const refused = () => Promise.reject(new ConflictError('no'));
  await expect(usingToken(token)(refused, place)).rejects.toThrow('no');
  expect(await usingToken(token)(async () => ({}), place)).toEqual({});
  await expect(usingToken(token)(async () => ({}), place)).rejects.toThrow(UsedError);
});

test.each([true, false])(
  'in a transaction: %s, what changed nothing uses no token',
  async (isWhole) => {
    const doing = (outcome: string) =>
      inTransaction(db(), (own) =>
        usingToken(token)(async () => ({ outcome }), { db: own, isWhole }),
      );
    expect(await doing('taken')).toEqual({ outcome: 'taken' });
    expect(await doing('same')).toEqual({ outcome: 'same' });
    expect(await doing('changed')).toEqual({ outcome: 'changed' });
    await expect(doing('changed')).rejects.toThrow(UsedError);
  },
);

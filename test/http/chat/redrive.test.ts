// Dead messages are sent again once somebody saw how many there are.
import { expect, test } from 'vitest';
import { useChat } from './chatting.ts';

const { db, posted, write, audited } = useChat();
const pending = async () =>
  (
    await db().$client`select count(*)::integer as count from deliveries where state = 'pending'`
  )[0];

test('says how many, and does it with their number alone', async () => {
  expect((await write('redrive')).text).toBe('Nothing is dead, so there is nothing to send again.');
  await posted({ severity: 5 });
  await db().$client`update deliveries set state = 'dead', reason = 'rejected'`;
  expect((await write('redrive soc')).text.split('\n')).toEqual([
    '1 dead messages for the sink `soc` would be sent again: **CRITICAL** 1.',
    'To do it: `/tocsin redrive soc 1`',
  ]);
  expect(await audited()).toEqual([]);
  expect(await pending()).toEqual({ count: 0 });
  expect((await write('redrive soc 1')).text).toBe('Will be sent again: 1.');
  expect(await pending()).toEqual({ count: 1 });
  expect(await audited()).toMatchObject([{ actor: 'ana', operation: 'delivery-redrive' }]);
});

test('of a sink without dead messages it says so', async () => {
  await posted();
  await db().$client`update deliveries set state = 'dead', reason = 'rejected'`;
  expect((await write('redrive other')).text).toBe(
    'Nothing is dead for the sink `other`, so there is nothing to send again.',
  );
});

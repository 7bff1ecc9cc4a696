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
    'Dead for the sink `soc`, and would be sent again: 1 (**CRITICAL** 1).',
    'To do it: `/tocsin redrive soc 1`',
  ]);
  expect(await audited()).toEqual([]);
  expect(await pending()).toEqual({ count: 0 });
  expect((await write('redrive soc 1')).text).toBe('Will be sent again: 1.');
  expect(await pending()).toEqual({ count: 1 });
  expect(await audited()).toMatchObject([{ actor: 'ana', operation: 'delivery-redrive' }]);
});

test('of a sink without dead messages it says so, and of one that does not exist, that', async () => {
  await posted();
  expect((await write('redrive soc')).text).toBe(
    'Nothing is dead for the sink `soc`, so there is nothing to send again.',
  );
  await db().$client`update deliveries set state = 'dead', reason = 'rejected'`;
  expect((await write('redrive sco')).text).toBe(
    'There is no sink `sco`, and nothing is dead for one of that name. The sinks are: `soc`.',
  );
});

test('what is dead of a sink that is configured no more can be sent again', async () => {
  await posted();
  await db().$client`update deliveries set state = 'dead', reason = 'rejected', sink = 'gone'`;
  expect((await write('redrive gone')).text).toMatch(/^Dead for the sink `gone`/);
});

// An event is named by the number on its card, or by Tocsin's own number.
import { expect, test } from 'vitest';
import { useChat } from './chatting.ts';

const { db, posted, write } = useChat();
const body = { itemId: '6001', device: { name: 'PC-1' } };

test('a number that no event has is said to be unknown', async () => {
  expect((await write('why 7')).text).toBe('No stored event has the id `7`.');
  expect((await write('why #7')).text).toMatch(/^Nothing was done: No event `7` is stored/);
});

test('a number of the card that two sources use asks which is meant', async () => {
  const first = await posted({ body });
  const second = await posted({ body: { ...body, device: { name: 'PC-2' } }, externalId: '18' });
  await db().$client`update events set source = 'b' where id = ${second}`;
  const lines = (await write('ack 6001')).text.split('\n');
  expect(lines).toEqual([
    'Several have the id `6001`. Name one of these by the number behind it:',
    expect.stringMatching(new RegExp(`\`PC-2\` .* \`#${second}\`$`)),
    expect.stringMatching(new RegExp(`\`PC-1\` .* \`#${first}\`$`)),
  ]);
  expect((await write(`ack #${first}`)).text).toMatch(/^Done\./);
});

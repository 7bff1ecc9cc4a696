// An event is named by the number on its card, or by Tocsin's own number.
import { expect, test } from 'vitest';
import { draft, storePage } from '../../store/stored.ts';
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

/** As a source of later changes stores one: an event of its own, with the number of its item. */
async function changed(root: number, externalId: string, itemBody: object = body): Promise<number> {
  const [row] = await db().$client`select subject, external_id from events where id = ${root}`;
  const { subject, external_id: of } = row as { subject: string; external_id: string };
  const change = { source: 'a', externalId: of, fields: [] };
  const more = { subject, stream: 'change', body: { ...itemBody, change } };
  const page = await storePage(db(), { source: 'changes', events: [draft(externalId, more)] });
  return page!.events[0]!.id;
}

test('an item that changed since is named by its number as before', async () => {
  const root = await posted({ body });
  const [, last] = [await changed(root, 'c1'), await changed(root, 'c2')];
  expect((await write('ack 6001')).text).toMatch(/^Done\. Acknowledged by `ana`/);
  expect((await write(`resolve #${last}`)).text).toMatch(/^Done\. Resolved by `ana`/);
  expect([...(await db().$client`select event_id from incidents`)]).toEqual([{ event_id: root }]);
  expect((await write('search 6001')).text).toMatch(new RegExp(`^[^\n]*\`#${root}\`$`));
});

test('of two items with one number, of which one changed, each is named once', async () => {
  const first = await posted({ body });
  const second = await posted({ body, externalId: '18', subject: 'event/18' });
  await changed(first, 'c1');
  const numbers = [...(await write('why 6001')).text.matchAll(/#(\d+)`$/gm)].map(([, id]) => id);
  expect(numbers.map(Number).sort()).toEqual([first, second].sort());
});

test('a change whose item is no longer stored is found by itself', async () => {
  const root = await posted({ body });
  const last = await changed(root, 'c1');
  await db().$client`delete from deliveries where event_id = ${root}`;
  await db().$client`delete from events where id = ${root}`;
  expect((await write('search 6001')).text).toContain(`#${last}`);
});

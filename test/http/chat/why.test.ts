// Why an event came: then by which route, and what the routes and silences would do now.
import { expect, test } from 'vitest';
import { event as events, perform, silence } from '../../../src/operations/index.ts';
import { contextOn } from '../../operations/acting.ts';
import { useChat } from './chatting.ts';

const { db, posted, press, write } = useChat();
const linesOf = async (event: number, settings = {}) =>
  (await press({ action: 'why', event, settings })).text.split('\n');

test('names the route that sent it, and what would happen now', async () => {
  const event = await posted();
  expect(await linesOf(event)).toEqual([
    'The route `all` sent it here.',
    'Routes that took it when it arrived: `all`.',
    'As the routes and silences are now, it would come here, by `all`.',
  ]);
});

test('in the language of the sink', async () => {
  const event = await posted();
  expect(await linesOf(event, { locale: 'th' })).toContain('เส้นทาง `all` ส่งมาที่นี่');
});

test('says which silence would hide it now', async () => {
  const event = await posted();
  const silences = [{ matcher: { streams: ['event'] }, reason: 'night', for: '1h', owner: 'o`b' }];
  await perform(silence.add, contextOn(db()), { silences, isEverythingMeant: true });
  expect((await linesOf(event)).at(-1)).toMatch(
    /^As .* now, silence `\d+` of `oˋb` would hide it\.$/,
  );
});

test('says which route does not take it now, and why', async () => {
  const event = await posted();
  await db().$client`update deliveries set route = 'gone' where event_id = ${event}`;
  await db().$client`update events set stream = 'change' where id = ${event}`;
  const decided = await perform(events.decide, contextOn(db()), { event: String(event) });
  expect(decided.sinks).toHaveLength(1);
  expect(await linesOf(event)).toContain('The route `gone` sent it here.');
});

test('of Tocsin itself, no route decides', async () => {
  const event = await posted();
  await db().$client`update events set source = 'tocsin', routes = '{}' where id = ${event}`;
  await db()
    .$client`update deliveries set route = null, digest_id = null where event_id = ${event}`;
  expect(await linesOf(event)).toEqual(['No route sent it: it comes from Tocsin itself.']);
});

test('of a later change it explains the card first, then the change', async () => {
  const event = await posted();
  const change = { source: 'a', externalId: '17', fields: [] };
  const later = { externalId: '17@2', stream: 'change', body: { change } };
  const id = await posted(later);
  await db().$client`update deliveries set route = 'later' where event_id = ${id}`;
  const lines = (await write(`why #${id}`)).text.split('\n');
  expect(lines[0]).toBe(
    `\`#${id}\` came later, and is about \`#${event}\`. The card of \`#${event}\`:`,
  );
  const itself = lines.indexOf(`And \`#${id}\` itself:`);
  expect(lines.slice(1, itself)).toEqual(await linesOf(event));
  expect(lines.slice(itself + 1)).toContain('The route `later` sent it here.');
  await db().$client`delete from deliveries where event_id = ${event}`;
  await db().$client`delete from events where id = ${event}`;
  expect((await write(`why #${id}`)).text).toMatch(/^The route `later` sent it here/);
});

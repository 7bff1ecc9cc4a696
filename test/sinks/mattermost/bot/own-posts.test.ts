// A card that was posted and not recorded is found again and not posted twice: after a lost answer,
// and by the process that comes after one that died. Nothing is searched where nobody died.
import { describe, expect, it } from 'vitest';
import { adapterError } from '../../../contract/adapter-cases.ts';
import { callsOf, channel, contextOf, messageNow, sent, stageOf } from './bots.ts';

/** The server forgets a `pending_post_id` at once, as after half a minute or a restart. */
const forgetful = { pendingMs: 0 };
const minuteAgo = () => new Date(Date.now() - 60_000).toISOString();
const cards = (posts: readonly { readonly rootId?: string }[]) =>
  posts.filter(({ rootId }) => rootId === undefined);

describe('a card whose answer was lost', () => {
  it('is recognised by the server within half a minute', async () => {
    const { server, sink } = await stageOf();
    server.fail('reset_after');
    await adapterError(sent(sink));
    await sent(sink);
    expect(cards(server.posts)).toHaveLength(1);
  });

  it('is found later by its delivery id, with its details', async () => {
    const { server, sink } = await stageOf({}, forgetful);
    server.fail('reset_after', 1, (_body, call) => call.startsWith('POST'));
    await adapterError(sent(sink));
    const id = await sent(sink, { ...messageNow(), mayBeRepeated: true });
    expect(server.posts.map(({ rootId }) => rootId)).toEqual([undefined, id]);
    await sent(sink, { ...messageNow(), mayBeRepeated: true });
    expect(server.posts).toHaveLength(2);
  });

  it('can be looked for without being posted', async () => {
    const { server, sink } = await stageOf({}, forgetful);
    const find = () => sink.find!(messageNow(), contextOf());
    expect(await find()).toBeUndefined();
    server.fail('reset_after', 1, (_body, call) => call.startsWith('POST'));
    await adapterError(sent(sink));
    expect(await find()).toBe(server.posts[0]!.id);
    expect(server.posts).toHaveLength(1);
  });

  it('is posted again where nobody knows of it', async () => {
    const { server, sink } = await stageOf({}, forgetful);
    server.fail('reset_after', 1, (_body, call) => call.startsWith('POST'));
    await adapterError(sent(sink));
    await sent(sink);
    expect(cards(server.posts)).toHaveLength(2);
  });
});

describe('after a process that died', () => {
  it('the next one finds what it posted, by one search for many', async () => {
    const { server, sink, restarted } = await stageOf({ details: 'card' }, forgetful);
    for (let n = 0; n < 5; n += 1) await sent(sink, messageNow(), `soc-${n}`);
    const before = callsOf(server).length;
    const next = restarted({ details: 'card' });
    for (let n = 3; n < 8; n += 1)
      await sent(next, messageNow({ receivedAt: minuteAgo() }), `soc-${n}`);
    expect(server.posts).toHaveLength(8);
    expect(callsOf(server).slice(before)).toEqual([
      `GET /teams/name/secops/channels/name/${channel}`,
      'GET /channels/…/posts',
      'GET /users/me',
      ...Array.from({ length: 3 }, () => 'POST /posts'),
    ]);
  });

  it('finds it in each of several channels, and says that it may be out of date', async () => {
    const { server, bot, sink, restarted } = await stageOf({ details: 'card' }, forgetful);
    server.addHook('other');
    await fetch(`${server.url}/api/v4/channels/${server.channelId('other')}/members`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bot.token}` },
      body: JSON.stringify({ user_id: bot.id }),
    });
    const elsewhere = { settings: { channel: 'secops/other' } };
    const old = (more: object = {}) => ({ ...messageNow({ receivedAt: minuteAgo() }), ...more });
    await sent(sink, old(), 'soc-1');
    await sent(sink, old(), 'soc-2');
    await sent(sink, old(elsewhere), 'soc-3');
    const next = restarted({ details: 'card' });
    await sent(next, old(), 'soc-1');
    await sent(next, old(elsewhere), 'soc-3');
    expect(await next.send(old(), contextOf('soc-2'))).toMatchObject({ isEarlier: true });
    expect(server.posts).toHaveLength(3);
    expect(await next.send(old(), contextOf('soc-4'))).not.toHaveProperty('isEarlier');
  });

  it('finds a reply in the thread', async () => {
    const { server, sink, restarted } = await stageOf({ details: 'card' }, forgetful);
    const id = await sent(sink);
    const told = () => messageNow({ id: 4712, receivedAt: minuteAgo() }, { kind: 'news' });
    const first = await sink.reply!(id, told(), contextOf('soc-4712'));
    const again = await restarted().reply!(id, told(), contextOf('soc-4712'));
    expect(again).toMatchObject({ remoteId: first!.remoteId });
    expect(server.posts).toHaveLength(2);
  });

  it('nobody else’s post counts, whatever it says of itself', async () => {
    const { server, sink } = await stageOf({ details: 'card' });
    const mallory = server.addUser('mallory', { channels: [channel] });
    const props = { tocsin: { delivery_id: 'soc-4711', event_id: 4711, source: 'di' } };
    await fetch(`${server.url}/api/v4/posts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mallory.token}` },
      body: JSON.stringify({ channel_id: server.channelId(channel), message: 'nothing', props }),
    });
    await sent(sink, messageNow({ receivedAt: minuteAgo() }));
    expect(server.posts).toHaveLength(2);
  });

  it('looks no further back than the event, and pages through what came since', async () => {
    const { server, sink, restarted } = await stageOf({ details: 'card' }, forgetful);
    const id = await sent(sink);
    const root = server.addUser('root', { channels: [channel] });
    for (let n = 0; n < 120; n += 1)
      await fetch(`${server.url}/api/v4/posts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${root.token}` },
        body: JSON.stringify({ channel_id: server.channelId(channel), message: `${n}` }),
      });
    const found = await sent(restarted(), messageNow({ receivedAt: minuteAgo() }));
    expect(found).toBe(id);
    expect(callsOf(server).filter((call) => call.startsWith('GET /channels'))).toHaveLength(2);
  });
});

it('what is sent at once costs no search, and neither does a backlog while it is sent', async () => {
  const { server, sink } = await stageOf({ details: 'card' });
  await sent(sink, messageNow(), 'soc-1');
  for (let n = 2; n < 6; n += 1)
    await sent(sink, messageNow({ receivedAt: minuteAgo() }), `soc-${n}`);
  const searches = callsOf(server).filter((call) => call.startsWith('GET /channels'));
  expect(searches, 'one, for the first old event in this channel').toHaveLength(1);
});

it('nobody can guess by which id the server recognises a repetition', async () => {
  const { server, sink, bot, restarted } = await stageOf({ details: 'card' });
  const ids: string[] = [];
  server.fail({ slowMs: 0 }, 9, (body) => {
    const { pending_post_id: id } = JSON.parse(body || '{}') as { pending_post_id?: string };
    if (id !== undefined) ids.push(id);
    return false;
  });
  await sent(sink);
  await sent(restarted({ token: server.addBot('b', { channels: [channel] }).token }));
  expect(new Set(ids).size).toBe(2);
  expect(ids.join()).not.toMatch(new RegExp(`soc-4711|${bot.token}`));
});

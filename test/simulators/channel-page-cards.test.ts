// The demo's page shows what became of a card: edits, replies, pins, and buttons that can be pressed.
import { afterEach, expect, it } from 'vitest';
import { startChannelPage } from '../../simulators/channel-page/index.ts';
import { postToHtml } from '../../simulators/channel-page/post-html.ts';
import { listenOnLoopback } from '../../simulators/loopback.ts';
import { startMattermost } from '../../simulators/mattermost/index.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const channel = 'security-alerts';

async function start(isPressed = true) {
  const server = await startMattermost();
  const bot = server.addBot('tocsin-bot', { channels: [channel] });
  const ana = server.addUser('ana', { channels: [channel] });
  const status = () => ({ read: 0, delivered: 0, waiting: 0, bySeverity }) as never;
  const page = await startChannelPage({
    ...{ mattermost: server, status, timeZone: 'UTC' },
    ...(isPressed && { viewer: ana }),
  });
  closing.push(
    () => page.close(),
    () => server.close(),
  );
  const ask = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${server.url}/api/v4${path}`, {
      ...{ method, body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${bot.token}` },
    });
    return (await answer.json()) as { id: string };
  };
  const post = (more: object) =>
    ask('POST', '/posts', { channel_id: server.channelId(channel), message: 'a card', ...more });
  return { server, page, ask, post };
}

const bySeverity = { UNKNOWN: 0, INFO: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };

async function farEnd(answer: object) {
  const server = await listenOnLoopback(0, (_request, response) => {
    response.end(JSON.stringify(answer));
  });
  closing.push(() => server.close());
  return server.address;
}

const withButton = (url: string) => ({
  attachments: [
    { text: 'x', actions: [{ id: 'ack', name: 'Take <it>', integration: { url, context: {} } }] },
  ],
});

it('draws an edit, a pin, a priority and replies below their card', async () => {
  const { page, ask, post } = await start();
  const metadata = { priority: { priority: 'urgent' } };
  const { id } = await post({ is_pinned: true, metadata });
  await post({ root_id: id, message: 'the details' });
  await ask('PUT', `/posts/${id}/patch`, { message: 'resolved by ana' });
  const html = await (await fetch(page.address)).text();
  expect(html).toMatch(/class="post pinned"/);
  for (const words of ['URGENT', 'Pinned', 'Edited', 'resolved by ana'])
    expect(html).toContain(words);
  expect(html).toMatch(/<details class="thread"><summary>1 reply<\/summary><article.*the details/);
  // The reply stands nowhere else.
  expect(html.match(/<article/g)).toHaveLength(2);
  expect(html.match(/the details/g)).toHaveLength(1);
});

it('tells those who watch of each change of a card, and of one that is gone', async () => {
  const { server, page, ask, post } = await start();
  const { id } = await post({});
  const abort = new AbortController();
  const stream = await fetch(`${page.address}/stream?after=1`, { signal: abort.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const hears = async (words: string) => {
    while (!heard.includes(words)) heard += (await reader.read()).value ?? '';
  };
  await ask('PUT', `/posts/${id}/patch`, { message: 'taken by ana' });
  await hears('taken by ana');
  await post({ root_id: id, message: 'a reply' });
  await hears('a reply');
  await ask('DELETE', `/posts/${id}`, {});
  await hears(String.raw`"sequence":1,"html":""`);
  expect(heard).toContain('event: changed');
  expect(server.posts[0]!.isDeleted).toBe(true);
  abort.abort();
});

it('presses a button for whoever looks, and shows them what it answers', async () => {
  const { server, page, post } = await start();
  const url = await farEnd({ ephemeral_text: 'It is yours.', update: { message: 'taken' } });
  const { id } = await post({ props: withButton(url) });
  expect(await (await fetch(page.address)).text()).toContain(
    `<button type="button" class="action" data-post="${id}" data-action="ack">Take &lt;it&gt;</button>`,
  );
  const press = (headers: Record<string, string>) =>
    fetch(`${page.address}/press`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ post: id, action: 'ack' }),
    });
  expect((await press({})).status, 'a form of another site').toBe(404);
  expect(server.posts[0]!.text).toBe('a card');
  const answer = await press({ 'content-type': 'application/json' });
  expect(await answer.json()).toEqual({ html: '<p>It is yours.</p>' });
  expect(server.posts[0]!.text).toBe('taken');
});

it('presses nothing where nobody may', async () => {
  const { page } = await start(false);
  const body = JSON.stringify({ post: 'x', action: 'ack' });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${page.address}/press`, { method: 'POST', headers, body });
  expect(answer.status).toBe(404);
});

it('draws a reaction with its number', async () => {
  const { server, post } = await start();
  await post({});
  const reactions = ['a', 'b'].map((userId) => ({ userId, emoji: 'white_check_mark' }));
  const html = postToHtml({ ...server.posts[0]!, reactions }, { timeZone: 'UTC' });
  expect(html).toMatch(/<span class="reaction">.* 2<\/span>/);
});

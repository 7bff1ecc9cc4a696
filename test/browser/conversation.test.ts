// A conversation in the demo's channel, in a real browser: a press of a button changes the card, and
// what the press answers is shown to the reader alone.
import { afterEach, describe, expect, it } from 'vitest';
import { type ChannelPage, startChannelPage } from '../../simulators/channel-page/index.ts';
import { listenOnLoopback } from '../../simulators/loopback.ts';
import { startMattermost } from '../../simulators/mattermost/index.ts';
import { Chromium, missing } from './chromium.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const status = {
  ...{ read: 0, delivered: 0, waiting: 0 },
  bySeverity: { UNKNOWN: 0, INFO: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 },
};
const hostile = '<img src=x onerror="document.title=1">';

/** A far end that edits the post which was pressed, replies below it and tells who pressed. */
async function open() {
  const mattermost = await startMattermost();
  closing.push(() => mattermost.close());
  const bot = mattermost.addBot('tocsin', { channels: ['security-alerts'] });
  const viewer = mattermost.addUser('ana', { channels: ['security-alerts'] });
  const api = (method: string, path: string, body: object) =>
    fetch(`${mattermost.url}/api/v4${path}`, {
      ...{ method, body: JSON.stringify(body) },
      headers: { Authorization: `Bearer ${bot.token}` },
    }).then((answer) => answer.json() as Promise<{ id: string }>);
  const channel = mattermost.channelId('security-alerts');
  const farEnd = await listenOnLoopback(0, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const pressed = JSON.parse(Buffer.concat(chunks).toString()) as {
      post_id: string;
      context: { selected_option?: string };
    };
    const done = pressed.context.selected_option ?? 'acknowledged';
    await api('PUT', `/posts/${pressed.post_id}/patch`, { message: `**${done}** ${hostile}` });
    await api('POST', '/posts', {
      ...{ channel_id: channel, root_id: pressed.post_id, message: `a reply ${hostile}` },
    });
    response.end(JSON.stringify({ ephemeral_text: `for you: ${done} ${hostile}` }));
  });
  closing.push(() => farEnd.close());
  const integration = { url: farEnd.address, context: {} };
  const actions = [
    { id: 'acknowledge', name: 'Acknowledge', type: 'button', style: 'primary', integration },
    {
      ...{ id: 'snooze', name: 'Snooze…', type: 'select', integration },
      options: [{ text: '4 h', value: 'snoozed' }],
    },
  ];
  await api('POST', '/posts', {
    ...{ channel_id: channel, message: 'an event' },
    props: { attachments: [{ text: 'what happened', actions }] },
  });
  const page: ChannelPage = await startChannelPage({ mattermost, viewer, status: () => status });
  closing.push(() => page.close());
  const browser = await Chromium.start();
  closing.push(() => browser.close());
  await browser.open(page.address);
  const until = async (expression: string) => {
    for (let tries = 0; (await browser.value(expression)) !== true; tries += 1) {
      if (tries > 300) throw new Error(`never true: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { browser, until };
}

describe.skipIf(missing)('the channel of the demo', () => {
  it('shows what a press of a button changes, and its answer to the reader alone', async () => {
    const { browser, until } = await open();
    await browser.value(`document.querySelector('button.action').click()`);
    await until(`document.querySelector('.posts > .post .text').textContent.startsWith('ack')`);
    await until(
      `document.querySelector('.ephemeral')?.textContent.includes('for you: ack') ?? false`,
    );
    await until(`document.querySelector('.thread summary')?.textContent === '1 reply'`);
    expect(await browser.value(`document.querySelectorAll('.posts > .post').length`)).toBe(1);
    expect(await browser.value(`document.querySelector('.post header').textContent`)).toContain(
      'Edited',
    );
    expect(await browser.value(`document.querySelectorAll('.posts img').length`)).toBe(0);
  });

  it('lets a reader choose from a menu', async () => {
    const { browser, until } = await open();
    await browser.value(`(() => {
      const menu = document.querySelector('select.action');
      menu.value = 'snoozed';
      menu.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
    await until(`document.querySelector('.posts > .post .text').textContent.startsWith('snoozed')`);
  });
});

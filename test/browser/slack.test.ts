// A post of Slack as its clients draw it, on a desktop and a phone: how high its headline and facts
// stand, that nothing is wider than the screen, and that text of others is only shown. With PICTURES
// it writes a picture of each.
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locales } from '../../src/kit/locale.ts';
import { slack } from '../../src/sinks/slack/index.ts';
import { eventOfTexts } from '../support/events.ts';
import { desktop, everyRemark, messageFor, phone } from './channel.ts';
import { Chromium, missing, type Screen } from './chromium.ts';
import { digests, events, notices } from './said.ts';
import { pageOf, type SlackPost } from './slack-page.ts';

const { PICTURES: folder } = process.env;
const said = [...events, ...digests, ...notices];
const inMrkdwn =
  '*a* <!channel> <https://evil.example|x> `b` ```c``` <img src=x onerror=alert(1)> ';
const hostile = said.filter(({ kind }) => kind.startsWith('10 kB'));
const seen = said.filter(({ kind }) =>
  /severity 5|script of|Thai texts|10 kB: M|digest of (?:200|a storm)|source_rejected|absent/.test(
    kind,
  ),
);

/** What the sink posts, with all that may be true of a delivery. */
async function postsOf(all: typeof said): Promise<SlackPost[]> {
  const posts: SlackPost[] = [];
  const http = {
    async request({ body }: { readonly body?: string | undefined }) {
      posts.push(JSON.parse(body!) as SlackPost);
      return { status: 200, headers: {}, body: 'ok', truncated: false };
    },
    close: async () => {},
  };
  const config = slack.config.parse({ ...slack.example, mention: '!here', mention_from: 'LOW' });
  const sink = slack.create(config, { id: 'soc', http, now: Date.now });
  const { signal } = new AbortController();
  for (const locale of locales)
    for (const { event } of all)
      for (const remarks of [{}, everyRemark]) {
        const message = messageFor(sink, event, { locale, ...remarks });
        await sink.send(message, { deliveryId: 'soc-1', attempt: 1, signal });
      }
  return posts;
}

describe.skipIf(missing !== undefined)(`a post of Slack in ${missing ?? 'a browser'}`, () => {
  let browser: Chromium;
  let server: Server;
  let page = '';

  beforeAll(async () => {
    browser = await Chromium.start();
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function show(posts: readonly SlackPost[], screen: Screen): Promise<void> {
    page = pageOf(posts);
    await browser.setScreen(screen);
    await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  /** Of each post what stands above its details: the headline, the number and the facts. */
  const tops = () =>
    browser.value<number[]>(`[...document.querySelectorAll('.post')].map((post) => {
      const above = post.querySelector('.fields') ?? post.querySelector('.attachment .block');
      return Math.round(above.getBoundingClientRect().bottom - post.getBoundingClientRect().top);
    })`);

  it.each([
    ['desktop', desktop, 400],
    ['phone', phone, 675],
  ] as const)('has what decides on one screen of a %s', async (name, screen, max) => {
    const posts = await postsOf(said);
    await show(posts, screen);
    const kinds = locales.flatMap(() =>
      said.flatMap(({ kind }) => [kind, `${kind}, every remark`]),
    );
    const heights = (await tops()).map((height, at) => ({ kind: kinds[at], height }));
    expect(heights).toHaveLength(kinds.length);
    expect(heights.filter(({ height }) => height > max)).toEqual([]);
    const wide = await browser.value<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(screen.width);
    if (folder === undefined) return;
    const into = join(folder, `slack-${name}`);
    mkdirSync(into, { recursive: true });
    for (const one of seen) {
      await show(await postsOf([one]), { ...screen, height: 3_600 });
      await browser.picture(join(into, `${one.kind.replace(/[^A-Za-z0-9]+/g, '-')}.png`));
    }
  });

  it('shows text of others, and makes nothing of it', async () => {
    const event = { ...eventOfTexts(() => inMrkdwn.repeat(3)), severity: 5 } as const;
    await show(await postsOf([{ kind: 'mrkdwn', event }, ...hostile]), desktop);
    const found = await browser.value<string[]>(`(() => {
      const all = (selector) => [...document.querySelectorAll('.post ' + selector)];
      return [
        all('a').map((one) => one.host),
        all('.mention').map((one) => one.textContent),
        all('img, script, svg, iframe, pre b, code b, code a').map((one) => one.tagName),
      ].map((one) => [...new Set(one)].join(' '));
    })()`);
    expect(found).toEqual(['console.example', '!here', '']);
    expect(await browser.value<string>('document.body.textContent')).toContain('<!channel>');
  });
});

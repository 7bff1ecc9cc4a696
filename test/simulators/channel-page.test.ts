// The demo's page draws hostile text as text: whatever a post says, no tag, attribute or script of
// its own reaches the browser.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ChannelPage,
  type ChannelPageOptions,
  startChannelPage,
} from '../../simulators/channel-page/index.ts';
import { postToHtml } from '../../simulators/channel-page/post-html.ts';
import { hostileFileNames } from '../../simulators/events/hostile.ts';
import { escapeHtml, lineToHtml, markdownToHtml } from '../../simulators/markdown/html.ts';
import { type Mattermost, startMattermost } from '../../simulators/mattermost/index.ts';
import type { Post } from '../../simulators/mattermost/post.ts';
import { cpuMs } from '../support/stopwatch.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const tag =
  /^<(?:\/?(?:p|strong|em|s|code|pre|blockquote|ul|ol|li|table|thead|tbody|tr|th|td|div|article|header|span|time|section|dl|dt|dd|h3|a|mark|svg|button|select|option|details|summary)|br|hr)$/;
const attribute =
  /^(?:class="[a-z0-9 -]+"|type="button"|disabled|(?:aria-label|value)="[^"<>]*"|data-(?:post|action)="[A-Za-z0-9]*"|tabindex="0"|data-sequence="\d+"|datetime="[0-9TZ:.-]+"|aria-hidden="true"|href="https?:\/\/[^"<>']*"|rel="noreferrer noopener nofollow"|target="_blank")$/;
const drawing =
  /<svg class="avatar".*?<\/svg>|<rect width="100%" height="100%" fill="#[0-9a-fA-F]{6}"\/>/g;

/**
 * What is in this HTML beyond the tags and attributes that the page itself writes; empty if all is
 * well.
 */
function foreignMarkup(html: string): string[] {
  const found: string[] = [];
  const open: string[] = [];
  const text = html.replace(drawing, '').replace(/<[^>]*>/g, (whole) => {
    const [name = '', ...attributes] =
      whole.slice(0, -1).match(/<\/?[a-z0-9]+|[a-z-]+="[^"]*"|\S+/g) ?? [];
    if (!tag.test(name)) found.push(whole);
    found.push(...attributes.filter((one) => !attribute.test(one)));
    if (name.startsWith('</')) {
      const opened = open.pop();
      if (opened !== name.slice(2)) found.push(`${opened} closed by ${whole}`);
    } else if (name !== '<br' && name !== '<hr') {
      if (name === '<a' && open.includes('a')) found.push('a link inside of a link');
      open.push(name.slice(1));
    }
    return '';
  });
  found.push(...open, ...(text.match(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/g) ?? []));
  return found;
}

const pieces = [
  ...hostileFileNames,
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)',
  "' autofocus onfocus='alert(1)",
  '[x](javascript:alert(1))',
  '[x](https://a.example/" onclick="alert(1))',
  '[x](<https://a.example/> "t")',
  '[a [b](https://b.example) c](https://c.example)',
  '![i](https://a.example/i.png)',
  'https://a.example/?q="><b>',
  '[https://a.example](https://b.example)',
  'www.a.example',
  '&lt;b&gt;&#60;',
  '<!--',
  ']]>',
  '</code></pre></article>',
  '```',
  '``',
  '`',
  '**',
  '__',
  '~~',
  '*',
  '_',
  '> ',
  '# ',
  '- ',
  '1. ',
  '|a|b|\n|-|-|\n|c|d|',
  '    ',
  '\n',
  '\n\n',
  '\\',
  ':red_circle:',
  '@channel',
  '\u202E',
  '\uD800',
  'ก้อ',
  '\0',
];
const hostile = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...pieces) },
      fc.string({ unit: 'binary', maxLength: 12 }),
    ),
    {
      maxLength: 14,
    },
  )
  .map((parts) => parts.join(''));
const maybe = fc.option(hostile, { nil: undefined });

const post: fc.Arbitrary<Post> = fc.record({
  sequence: fc.nat(),
  id: fc.constant('a'.repeat(26)),
  atMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  channel: hostile,
  text: hostile,
  props: fc.constant({}),
  mentions: fc.constant([]),
  blocks: fc.nat(200),
  attachments: fc.array(
    fc.record({
      color: maybe,
      pretext: maybe,
      author_name: maybe,
      title: maybe,
      title_link: fc.option(fc.oneof(hostile, fc.constant('https://a.example/?a=1&b="2"')), {
        nil: undefined,
      }),
      text: maybe,
      footer: maybe,
      fields: fc.array(
        fc.record({
          title: hostile,
          value: fc.oneof(hostile, fc.jsonValue()),
          short: fc.boolean(),
        }),
        {
          maxLength: 4,
        },
      ),
    }),
    { maxLength: 2 },
  ),
});

describe('hostile text on the page', () => {
  it('never becomes markup, wherever in a post it stands', () => {
    fc.assert(
      fc.property(post, (one) => {
        expect(foreignMarkup(postToHtml(one, { timeZone: 'UTC' }))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(pieces)('%j alone is no markup either', (text) => {
    expect(foreignMarkup(markdownToHtml(text))).toEqual([]);
    expect(foreignMarkup(lineToHtml(text))).toEqual([]);
  });

  it('is shown whole inside of a code span', () => {
    fc.assert(
      fc.property(
        hostile.map((text) => text.replace(/[`\r\n]/g, '').trim()).filter((text) => text !== ''),
        (text) => {
          expect(markdownToHtml(`\`${text}\``)).toBe(`<p><code>${escapeHtml(text)}</code></p>`);
        },
      ),
    );
  });

  it.each([
    ['[', ''],
    ['*a ', ''],
    ['**', 'a'],
    ['_a', ''],
    ['> ', 'x'],
    ['![a](', ''],
    ['[a](https://a.example/', ''],
    ['https://', ''],
    [':a', ''],
    ['|a\n|-', ''],
    ['a`', '``'],
    ['- a\n', ''],
    ['\\', ''],
    ['(((', ''],
  ])('takes no longer than its length deserves: %j over and over', async (text, end) => {
    const long = text.repeat(100_000 / text.length) + end;
    expect(await cpuMs(() => markdownToHtml(long))).toBeLessThan(2000);
  });
});

describe('Markdown on the page', () => {
  it.each([
    ['**b** and *i* and ~~s~~', '<p><strong>b</strong> and <em>i</em> and <s>s</s></p>'],
    ['snake_case_name', '<p>snake_case_name</p>'],
    ['\\*not\\* \\`code\\` A\\_B', '<p>*not* `code` A_B</p>'],
    ['a\nb\n\nc', '<p>a<br>b</p><p>c</p>'],
    ['`C:\\*a*`', '<p><code>C:\\*a*</code></p>'],
    ['`` a`b ``', '<p><code>a`b</code></p>'],
    ['```\n<b>\n**x**\n```', '<pre tabindex="0"><code>&lt;b&gt;\n**x**</code></pre>'],
    ['> quoted', '<blockquote><p>quoted</p></blockquote>'],
    ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
    ['# Big', '<p class="heading heading-1">Big</p>'],
    [':red_circle: :nothing:', '<p>🔴 :nothing:</p>'],
    [
      '| **A** | B |\n| --- | --- |\n| `a` | b |\n\nmore',
      '<div class="scroll" tabindex="0"><table><thead><tr><th><strong>A</strong></th><th>B</th></tr></thead>' +
        '<tbody><tr><td><code>a</code></td><td>b</td></tr></tbody></table></div><p>more</p>',
    ],
    ['@channel', '<p><mark>@channel</mark></p>'],
    ['[a](javascript:x)', '<p>[a](javascript:x)</p>'],
    ['\\[a\\](https\\://a.example)', '<p>[a](https://a.example)</p>'],
  ])('%j', (text, html) => {
    expect(markdownToHtml(text)).toBe(html);
  });

  it('makes links of http alone, and of pictures links that load nothing', () => {
    const link =
      '<a href="https://a.example/?a=1&amp;b=2" rel="noreferrer noopener nofollow" target="_blank">';
    expect(markdownToHtml('[t](https://a.example/?a=1&b=2)')).toBe(`<p>${link}t</a></p>`);
    expect(markdownToHtml('![t](https://a.example/?a=1&b=2)')).toBe(`<p>${link}🖼 t</a></p>`);
    expect(markdownToHtml('see https://a.example.')).toContain('href="https://a.example"');
  });
});

const status = {
  read: 3,
  delivered: 2,
  waiting: 1,
  bySeverity: { UNKNOWN: 0, INFO: 0, LOW: 1, MEDIUM: 0, HIGH: 1, CRITICAL: 1 },
};

async function start(
  more: Partial<ChannelPageOptions> = {},
): Promise<{ mattermost: Mattermost; page: ChannelPage }> {
  const mattermost = await startMattermost();
  const page = await startChannelPage({
    mattermost,
    status: () => status,
    timeZone: 'UTC',
    ...more,
  });
  closing.push(
    () => mattermost.close(),
    () => page.close(),
  );
  return { mattermost, page };
}

async function say(mattermost: Mattermost, text: string): Promise<void> {
  const answer = await fetch(mattermost.hookUrl, {
    method: 'POST',
    body: JSON.stringify({ text }),
  });
  expect(answer.status).toBe(200);
}

describe('the page', () => {
  it('shows the channel, its posts with the newest last, the status and the links', async () => {
    const { mattermost, page } = await start({
      links: [{ text: 'metrics', href: 'http://127.0.0.1:1/metrics' }],
    });
    await say(mattermost, 'first');
    await say(mattermost, '<b>second</b>');
    const html = await (await fetch(page.address)).text();
    expect(html.indexOf('first')).toBeLessThan(html.indexOf('&lt;b&gt;second&lt;/b&gt;'));
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('href="http://127.0.0.1:1/metrics"');
    expect(html).toMatch(/data-status="critical">1</);
    expect(html).not.toMatch(/(?:src|href)="(?!data:|\/\?channel|#|http:\/\/127\.0\.0\.1)/);
  });

  it('leads to the page of Tocsin with a session, on the machine itself alone', async () => {
    const signIn = async () => ({ cookie: 'a=b; HttpOnly', address: 'http://127.0.0.1:1' });
    const { page } = await start({ signIn });
    const answer = await fetch(`${page.address}/tocsin`, { redirect: 'manual' });
    const { headers } = answer;
    expect([answer.status, headers.get('set-cookie'), headers.get('location')]).toEqual([
      303,
      'a=b; HttpOnly',
      'http://127.0.0.1:1',
    ]);
    const port = new URL(page.address).port;
    const named = await fetch(`http://localhost:${port}/tocsin`, { redirect: 'manual' }).catch(
      () => undefined,
    );
    expect(named?.headers.get('set-cookie') ?? null).toBeNull();
    const without = await start();
    expect((await fetch(`${without.page.address}/tocsin`)).status).toBe(404);
  });

  it('allows exactly its own style sheet and script, and nothing from elsewhere', async () => {
    const { page } = await start();
    const answer = await fetch(page.address);
    const html = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    const hashOf = (element: string) => {
      const inner = html.split(`<${element}>`)[1]?.split(`</${element}>`)[0] ?? '';
      return `'sha256-${createHash('sha256').update(inner).digest('base64')}'`;
    };
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${hashOf('script')};`);
    expect(policy).toContain(`style-src ${hashOf('style')};`);
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/ style=| on[a-z]+=/);
  });

  it('draws a card with its colour, its link and fields of both widths', async () => {
    const { mattermost, page } = await start();
    const card = {
      color: '#FF0000',
      title: 'New Event Detected',
      title_link: 'https://console.example/1',
      fields: [
        { title: 'Device', value: '`PC`', short: true },
        { title: 'Path', value: '`C:\\a`' },
        { title: 'not drawn', value: '' },
      ],
      footer: 'Deep Instinct Security',
    };
    await fetch(mattermost.hookUrl, {
      method: 'POST',
      body: JSON.stringify({ attachments: [card] }),
    });
    const html = await (await fetch(page.address)).text();
    expect(html).toContain('fill="#FF0000"');
    expect(html).toMatch(
      /<h3 class="title"><a href="https:\/\/console\.example\/1"[^>]*>New Event Detected<\/a><\/h3>/,
    );
    expect(html).toContain(
      '<div class="field"><dt>Device</dt><dd><p><code>PC</code></p></dd></div>',
    );
    expect(html).toContain('<div class="field long"><dt>Path</dt>');
    expect(html).not.toContain('not drawn');
  });

  it('knows its channels and nothing else', async () => {
    const { mattermost, page } = await start();
    await say(mattermost, 'only here');
    expect(await (await fetch(`${page.address}/?channel=town-square`)).text()).not.toContain(
      'only here',
    );
    expect((await fetch(`${page.address}/?channel=nowhere`)).status).toBe(404);
    expect((await fetch(`${page.address}/etc/passwd`)).status).toBe(404);
  });

  it('sends new posts and the status to whoever looks, from where they were', async () => {
    const { mattermost, page } = await start();
    await say(mattermost, 'old');
    await say(mattermost, 'missed');
    const leaving = new AbortController();
    const headers = { 'Last-Event-ID': '1' };
    const answer = await fetch(`${page.address}/stream`, { headers, signal: leaving.signal });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const until = async (text: string) => {
      while (!seen.includes(text)) seen += (await reader.read()).value ?? '';
    };
    await until('event: status');
    expect(seen).toMatch(/id: 2\nevent: posts\ndata: .*missed/);
    expect(seen).not.toContain('old');
    expect(seen).toContain('"critical":"1"');
    await say(mattermost, 'fresh');
    await until('fresh');
    expect(seen).toContain('id: 3\n');
    leaving.abort();
  });

  it('closes although somebody is looking', async () => {
    const { page } = await start();
    const answer = await fetch(`${page.address}/stream`);
    await page.close();
    await expect(answer.text()).rejects.toThrow();
  });
});

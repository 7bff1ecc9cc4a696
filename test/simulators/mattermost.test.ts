// The simulated Mattermost answers as the real server does. If these fail, every end-to-end test
// stands on sand.
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Mattermost,
  type MattermostOptions,
  startMattermost,
} from '../../simulators/mattermost/index.ts';
import { createRateLimiter } from '../../simulators/mattermost/rate-limiter.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: MattermostOptions = {}): Promise<Mattermost> {
  const mattermost = await startMattermost(options);
  closing.push(() => mattermost.close());
  return mattermost;
}

function send(
  url: string,
  body: string,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
) {
  return fetch(url, {
    method: 'POST',
    body,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(5000),
  });
}

const post = (mattermost: Mattermost, payload: unknown) =>
  send(mattermost.hookUrl, JSON.stringify(payload));

async function errorOf(answer: Response) {
  return {
    status: answer.status,
    ...((await answer.json()) as { id: string; message: string; status_code: number }),
  };
}

describe('a message that the hook takes', () => {
  it('is answered with exactly "ok" as plain text, and kept with its delivery id', async () => {
    const mattermost = await start();
    const answer = await post(mattermost, {
      text: 'hello',
      attachments: [
        { color: '#FF0000', title: 'T', fields: [{ title: 'a', value: 17, short: true }] },
      ],
      props: { tocsin: { delivery_id: '42:soc' } },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(answer.headers.get('x-request-id')).toHaveLength(26);
    expect(await answer.text()).toBe('ok');
    expect(mattermost.posts).toMatchObject([
      {
        sequence: 1,
        channel: 'security-alerts',
        text: 'hello',
        deliveryId: '42:soc',
        mentions: [],
      },
    ]);
    expect(mattermost.posts[0]?.id).toMatch(/^[a-z0-9]{26}$/);
    expect(mattermost.requests).toMatchObject({ total: 1, posts: 1, statuses: { 200: 1 } });
  });

  it('shows a delivery that came twice', async () => {
    const mattermost = await start();
    const payload = { text: 'x', props: { tocsin: { delivery_id: 'a' } } };
    await post(mattermost, payload);
    await post(mattermost, payload);
    expect(mattermost.deliveries.get('a')).toBe(2);
  });

  it('may be a form with a payload, or come without a content type', async () => {
    const mattermost = await start();
    const form = await fetch(mattermost.hookUrl, {
      method: 'POST',
      body: new URLSearchParams({ payload: '{"text":"form"}' }),
    });
    const bare = await fetch(mattermost.hookUrl, {
      method: 'POST',
      body: new TextEncoder().encode('{"text":"bare"}'),
    });
    expect([form.status, bare.status]).toEqual([200, 200]);
    expect(mattermost.posts.map(({ text }) => text)).toEqual(['form', 'bare']);
  });

  it('is split at 16,383 code points, with the attachments on the last post', async () => {
    const mattermost = await start();
    await post(mattermost, { text: `${'🔔'.repeat(16_383)}tail`, attachments: [{ text: 'card' }] });
    expect(
      mattermost.posts.map(({ text, attachments }) => [[...text].length, attachments.length]),
    ).toEqual([
      [16_383, 0],
      [4, 1],
    ]);
  });

  it('spreads attachments that are too much for one post, and cuts the text of one that is too much alone', async () => {
    const mattermost = await start({ bodyBytesMax: 5_000_000 });
    const long = { text: 'x'.repeat(500_000) };
    expect((await post(mattermost, { text: 't', attachments: [long, long] })).status).toBe(200);
    expect(mattermost.posts.map(({ text, attachments }) => [text, attachments.length])).toEqual([
      ['t', 1],
      ['', 1],
    ]);
    expect((await post(mattermost, { attachments: [{ text: 'x'.repeat(900_000) }] })).status).toBe(
      200,
    );
    expect(mattermost.posts[2]?.attachments[0]?.text?.length).toBeLessThan(800_000);
    expect((await post(mattermost, { attachments: [{ title: 'x'.repeat(900_000) }] })).status).toBe(
      400,
    );
    expect(
      (await post(mattermost, { text: 't', props: { own: 'x'.repeat(770_000) } })).status,
    ).toBe(400);
  });

  it('is counted in blocks as clients draw it', async () => {
    const mattermost = await start();
    const short = Array.from({ length: 8 }, () => ({ title: 'a', value: 'b', short: true }));
    const long = Array.from({ length: 2 }, () => ({ title: 'a', value: 'b' }));
    const empty = { title: 'not drawn', value: '' };
    const card = { title: 'T', text: 'x', fields: [...short, ...long, empty], footer: 'f' };
    await post(mattermost, { attachments: [card] });
    expect(mattermost.posts[0]?.blocks).toBe(39);
  });
});

describe('a message that the hook refuses', () => {
  it.each([
    ['an unknown hook', { hook: 'abcdefghijklmnopqrstuvwxyz' }, { text: 'x' }, 400],
    ['no text and no attachments', {}, { text: '' }, 400],
    ['a channel that is not there', {}, { text: 'x', channel: 'nowhere' }, 404],
    ['a person that is not there', {}, { text: 'x', channel: '@nobody' }, 400],
    ['a private channel', {}, { text: 'x', channel: 'board' }, 403],
    ['a root post that is not there', {}, { text: 'x', root_id: 'a'.repeat(26) }, 400],
    ['a system type', {}, { text: 'x', type: 'system_join' }, 400],
    ['a priority without a name', {}, { text: 'x', priority: { priority: null } }, 400],
    ['fields that are no list', {}, { text: 'x', attachments: [{ fields: {} }] }, 400],
    ['a list in place of an object', {}, ['x'], 400],
    ['NUL in the text', {}, { text: 'a\0b' }, 500],
    ['NUL in a field', {}, { attachments: [{ fields: [{ title: 'a', value: 'b\0' }] }] }, 500],
  ])(
    'for %s gets its status, in JSON that repeats the id',
    async (_title, where, payload, status) => {
      const mattermost = await start({ privateChannels: ['board'] });
      const hookId = (where as { hook?: string }).hook ?? mattermost.hookUrl.split('/').at(-1)!;
      const error = await errorOf(
        await send(`${mattermost.url}/hooks/${hookId}`, JSON.stringify(payload)),
      );
      expect(error).toMatchObject({ status, status_code: status });
      expect(error.id).toMatch(/^web\.incoming_webhook\./);
      expect(error.message).toContain(hookId);
      expect(mattermost.posts).toEqual([]);
    },
  );

  it('is not refused for a written-out \\u0000, which is no NUL', async () => {
    const mattermost = await start();
    expect((await post(mattermost, { attachments: [{ text: 'C:\\u0000' }] })).status).toBe(200);
  });

  it('tells a locked hook from a free one, and a channel without hooks from one with', async () => {
    const mattermost = await start({ isLocked: true });
    expect((await post(mattermost, { text: 'x', channel: 'town-square' })).status).toBe(403);
    expect((await post(mattermost, { text: 'x', channel: 'security-alerts' })).status).toBe(200);
    const free = mattermost.addHook('ops');
    expect((await send(free, '{"text":"x","channel":"#town-square"}')).status).toBe(200);
    mattermost.archive('ops');
    expect((await send(free, '{"text":"x"}')).status).toBe(400);
  });

  it('asks for the hook before the channel, so that a channel that cannot exist tries a hook without posting', async () => {
    const mattermost = await start();
    const probe = JSON.stringify({ text: 'x', channel: 'no-such-channel' });
    const statusOf = async () => (await send(mattermost.hookUrl, probe)).status;
    expect(await statusOf()).toBe(404);
    mattermost.fail('unknown_hook');
    mattermost.fail('disabled');
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([400, 501, 404]);
    expect(mattermost.requests.posts).toBe(0);
  });

  it.each([413, 400] as const)(
    'is 413 when too large, or 400 in some versions (%d)',
    async (tooLargeStatus) => {
      const mattermost = await start({ bodyBytesMax: 1000, tooLargeStatus });
      const sized = (length: number) =>
        send(mattermost.hookUrl, JSON.stringify({ text: 'x'.repeat(length - 11) }));
      expect((await sized(1512)).status).toBe(200);
      expect((await sized(1513)).status).toBe(tooLargeStatus);
    },
  );

  it('gets an HTML 404 on a wrong path or method', async () => {
    const mattermost = await start();
    for (const answer of [
      await send(`${mattermost.url}/sub${new URL(mattermost.hookUrl).pathname}`, '{"text":"x"}'),
      await send(`${mattermost.url}/hooks/not-an-id`, '{"text":"x"}'),
      await fetch(mattermost.hookUrl),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toContain('text/html');
    }
  });
});

describe('what the server makes of text', () => {
  it.each([
    ['@channel', ['@channel']],
    ['x\\@here now', ['@here']],
    ['(@ALL)', ['@all']],
    ['_@channel_', ['@channel']],
    ['**@here**', ['@here']],
    ['<!channel>', ['@channel']],
    ['> @somebody.', ['@somebody']],
    ['[@channel](https://a.example)', ['@channel']],
    ['`@channel`', []],
    ['```\n@channel\n```', []],
    ['`<!channel>`', []],
    ['@\u200Bchannel', []],
    ['someone@example.com', []],
  ])('%j pings %j', async (text, mentions) => {
    const mattermost = await start();
    await post(mattermost, { text });
    await post(mattermost, {
      attachments: [{ fields: [{ title: '@channel', value: text }], footer: '@all' }],
    });
    expect(mattermost.posts.map((made) => made.mentions)).toEqual([mentions, mentions]);
  });

  it('rewrites Slack spellings even inside of code', async () => {
    const mattermost = await start();
    await post(mattermost, { text: '`<!here>` <https://a.example|label>' });
    expect(mattermost.posts[0]?.text).toBe('`@here` [label](https://a.example)');
  });
});

describe('faults', () => {
  const plain = (mattermost: Mattermost) => post(mattermost, { text: 'x' });

  it('are shown as often as asked, in order, and then no more', async () => {
    const mattermost = await start();
    mattermost.fail({ status: 429, retryAfter: '3', body: 'limit exceeded' });
    mattermost.fail(500, 2);
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await plain(mattermost));
    expect(answers.map(({ status }) => status)).toEqual([429, 500, 500, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('3');
    expect(mattermost.requests).toMatchObject({ total: 4, posts: 1 });
  });

  it('can be bound to what a message says, and healed', async () => {
    const mattermost = await start();
    mattermost.fail(500, Number.POSITIVE_INFINITY, (body) => body.includes('poison'));
    const poison = () => post(mattermost, { text: 'poison' });
    expect([
      (await poison()).status,
      (await plain(mattermost)).status,
      (await poison()).status,
    ]).toEqual([500, 200, 500]);
    mattermost.heal();
    expect((await poison()).status).toBe(200);
  });

  it.each([
    ['reset_before', 0],
    ['reset_after', 1],
  ] as const)('%s breaks the connection with %d post made', async (fault, made) => {
    const mattermost = await start();
    mattermost.fail(fault);
    await expect(plain(mattermost)).rejects.toThrow();
    expect(mattermost.posts).toHaveLength(made);
    expect(mattermost.requests.statuses).toEqual({ 0: 1 });
  });

  it.each([
    ['hang', 0],
    ['hang_after', 1],
  ] as const)('%s never answers, with %d post made', async (fault, made) => {
    const mattermost = await start();
    mattermost.fail(fault);
    const signal = AbortSignal.timeout(200);
    const body = '{"text":"x"}';
    await expect(fetch(mattermost.hookUrl, { method: 'POST', body, signal })).rejects.toThrow();
    expect(mattermost.posts).toHaveLength(made);
  });

  it('html is 200 without "ok", redirect points away, slow is late but right', async () => {
    const mattermost = await start();
    mattermost.fail('html');
    mattermost.fail('redirect');
    mattermost.fail({ slowMs: 120 });
    const page = await plain(mattermost);
    expect([page.status, (await page.text()).startsWith('<!doctype')]).toEqual([200, true]);
    expect((await plain(mattermost)).status).toBe(302);
    const begin = performance.now();
    expect((await plain(mattermost)).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThan(110);
    expect(mattermost.requests.posts).toBe(1);
  });
});

describe('limits of memory and rate', () => {
  it('keeps as many posts as asked, and with none still counts deliveries', async () => {
    const bounded = await start({ postsKept: 2 });
    for (const text of ['a', 'b', 'c']) await post(bounded, { text });
    expect(bounded.posts.map(({ text }) => text)).toEqual(['b', 'c']);
    const counting = await start({ postsKept: 0 });
    await post(counting, { text: 'x', props: { tocsin: { delivery_id: 'd1' } } });
    expect([counting.posts, counting.requests.posts, [...counting.deliveries]]).toEqual([
      [],
      1,
      [['d1', 1]],
    ]);
    expect((await send(`${counting.url}/hooks/unknown`, '{"text":"x"}')).status).toBe(400);
  });

  it('is off by default, and on it lets the burst through, then says when to come back', async () => {
    const mattermost = await start({ rateLimit: { perSecond: 1, burst: 2 } });
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await post(mattermost, { text: 'x' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    const limited = answers[3]!;
    expect(await limited.text()).toBe('limit exceeded\n');
    expect(limited.headers.get('content-type')).toContain('text/plain');
    expect(limited.headers.get('retry-after')).toBe('1');
    expect(limited.headers.get('x-ratelimit-limit')).toBe('3');
    expect(limited.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(answers[0]?.headers.get('x-ratelimit-remaining')).toBe('2');
  });

  it('lets so many a second through in the long run', () => {
    const judge = createRateLimiter({ perSecond: 10, burst: 100 });
    let passed = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) if (!judge(nowMs).isLimited) passed += 1;
    expect(passed).toBeGreaterThanOrEqual(700);
    expect(passed).toBeLessThanOrEqual(702);
  });
});

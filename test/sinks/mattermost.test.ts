// The sink mattermost: the suite, its settings, what it makes of answers, and its probe; against
// the simulated server where that can say it.
import { describe, expect, onTestFinished, test } from 'vitest';
import { type MattermostOptions, startMattermost } from '../../simulators/mattermost/index.ts';
import type { Message } from '../../src/kit/sink.ts';
import { mattermost } from '../../src/sinks/mattermost/index.ts';
import { adapterContext, adapterError, expectNoSecret } from '../contract/adapter-cases.ts';
import { describeSink } from '../contract/sink-suite.ts';
import { storedEvent } from '../support/events.ts';
import { type Answering, startFarEnd } from '../support/far-end.ts';
import { activeIn, type PostBody } from './mattermost/model.ts';

const hookId = 'xxexamplehookxxexamplehook';

describeSink(mattermost, {
  config: (origin) => ({ url: `${origin}/hooks/${hookId}` }),
  success: { status: 200, body: 'ok' },
  obeyed: ({ body }) => activeIn(JSON.parse(body) as PostBody, ['**HIGH**']),
});

const never = new AbortController().signal;

function message(more: Partial<Message> = {}): Message {
  return { event: storedEvent(), form: 'full', showTenant: false, ...more };
}

function sinkOf(url: string, settings: object = {}) {
  return mattermost.create(mattermost.config.parse({ url, ...settings }), adapterContext());
}

async function farEndSink(answering: Answering, settings: object = {}) {
  const farEnd = await startFarEnd(answering);
  return { farEnd, sink: sinkOf(`${farEnd.origin}/hooks/${hookId}`, settings) };
}

async function server(options: MattermostOptions = {}) {
  const started = await startMattermost(options);
  onTestFinished(() => started.close());
  return started;
}

function send(sink: ReturnType<typeof sinkOf>, what = message()): Promise<unknown> {
  return sink.send(what, { deliveryId: 'delivery-1', attempt: 1, signal: never });
}

describe('the settings', () => {
  test.each([
    ['a page', 'https://chat.example.com/team/channels/town-square', /ends in \/hooks\//],
    ['an id with other signs', 'https://chat.example.com/hooks/a-b', /letters and digits/],
    ['no id', 'https://chat.example.com/hooks/', /ends in \/hooks\//],
    ['another scheme', 'ftp://chat.example.com/hooks/abc', /no http or https/],
    ['no scheme', 'chat.example.com/hooks/abc', /is no URL/],
    ['a password', 'https://u:p@chat.example.com/hooks/abc', /a user or a password/],
    ['a query', 'https://chat.example.com/hooks/abc?x=1', /something behind/],
    ['a fragment', 'https://chat.example.com/hooks/abc#x', /something behind/],
  ])('refuse a URL with %s and say why without repeating it', (_, url, why) => {
    const { error } = mattermost.config.safeParse({ url });
    expect(error?.issues[0]?.message).toMatch(why);
    expect(error?.issues[0]?.message).not.toContain('chat.example.com');
  });

  test.each([
    { channel: 'two words' },
    { channel: '<!channel>' },
    { username: '@channel' },
    { username: '' },
    { icon_url: 'javascript:alert(1)' },
    { mention: 'soc' },
    { mention: '@soc, hurry' },
    { priority: 'yes' },
  ])('refuse %o', (settings) => {
    const url = 'https://chat.example.com/hooks/abc';
    expect(mattermost.config.safeParse({ url, ...settings }).success).toBe(false);
  });

  test('take a server under a subpath, and blanks around the URL', () => {
    const { url } = mattermost.config.parse({ url: ' https://example.com/chat/hooks/abc\n' });
    expect(url).toBe('https://example.com/chat/hooks/abc');
  });

  test.each([
    ['https://chat.example.com/hooks/abc', 'https://chat.example.com:443'],
    ['http://chat.example.com/hooks/abc', 'http://chat.example.com:80'],
    ['https://[2001:db8::1]:8443/hooks/abc', 'https://[2001:db8::1]:8443'],
  ])('%s has the origin %s', (url, origin) => {
    expect(sinkOf(url).origin).toBe(origin);
  });

  test('reach the post: name, picture, urgency, and whom to ping', async () => {
    const { farEnd, sink } = await farEndSink((_request, response) => response.end('ok'), {
      username: 'Tocsin',
      icon_url: 'https://example.com/bell.png',
      mention: '@soc @on-call',
      priority: true,
    });
    await send(sink, message({ event: storedEvent({ severity: 5 }) }));
    await send(sink, message({ event: storedEvent({ severity: 4 }) }));
    await send(sink, message({ event: storedEvent({ severity: 5 }), form: 'bare' }));
    const [critical, high, bare] = farEnd.received.map(({ body }) => JSON.parse(body));
    expect(critical).toMatchObject({
      username: 'Tocsin',
      icon_url: 'https://example.com/bell.png',
    });
    expect(critical.priority).toEqual({ priority: 'urgent' });
    expect(critical.text).toMatch(/ @soc @on-call$/);
    expect(high.priority).toBeUndefined();
    expect(high.text).not.toContain('@');
    expect(bare.priority, 'a server without the licence refuses it').toBeUndefined();
    expect(bare.text).toContain('@soc');
  });

  test('ping nobody by default, and mark CRITICAL posts as urgent', async () => {
    const { farEnd, sink } = await farEndSink((_request, response) => response.end('ok'));
    await send(sink, message({ event: storedEvent({ severity: 5 }) }));
    const body = JSON.parse(farEnd.received[0]!.body);
    expect(Object.keys(body)).toEqual(['text', 'priority', 'attachments', 'props']);
    expect(body.text).not.toContain('@');
  });
});

describe('the priority of a CRITICAL post', () => {
  const critical = message({ event: storedEvent({ severity: 5 }) });
  const refusing = (status: number, body = '{}') =>
    farEndSink((request, response) => {
      const isRefused = request.body.includes('"urgent"');
      response.writeHead(isRefused ? status : 200).end(isRefused ? body : 'ok');
    });

  test.each([400, 500, 501])(
    'refused with %i goes out at once without it, and is not tried for ever',
    async (status) => {
      const { farEnd, sink } = await refusing(status);
      for (let n = 0; n < 4; n += 1) await send(sink, critical);
      const marked = farEnd.received.map(({ body }) => body.includes('"urgent"'));
      expect(marked).toEqual([true, false, true, false, false, false]);
    },
  );

  test('is not tried again after one refusal that speaks of it', async () => {
    const { farEnd, sink } = await refusing(500, '{"message":"Post priority is not available."}');
    for (let n = 0; n < 3; n += 1) await send(sink, critical);
    expect(farEnd.received.map(({ body }) => body.includes('"urgent"'))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test('is tried again after a server’s single fault', async () => {
    let requests = 0;
    const { farEnd, sink } = await farEndSink((_request, response) => {
      requests += 1;
      response.writeHead(requests === 1 ? 500 : 200).end('ok');
    });
    for (let n = 0; n < 3; n += 1) await send(sink, critical);
    expect(farEnd.received.map(({ body }) => body.includes('"urgent"'))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test('is not to blame where the post is refused without it as well', async () => {
    const { farEnd, sink } = await farEndSink((_request, response) =>
      response.writeHead(500).end('{}'),
    );
    for (let n = 0; n < 3; n += 1)
      expect((await adapterError(send(sink, critical))).status).toBe(500);
    expect(farEnd.received.map(({ body }) => body.includes('"urgent"'))).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  test.each([401, 403, 404, 413, 429, 503])('is not what %i is about', async (status) => {
    const { farEnd, sink } = await refusing(status);
    expect((await adapterError(send(sink, critical))).status).toBe(status);
    expect(farEnd.received).toHaveLength(1);
  });

  test('refused by a licensed server, simulated, leaves one post for each', async () => {
    const far = await server({ takesPriority: false });
    const sink = sinkOf(far.hookUrl);
    for (let n = 0; n < 3; n += 1) await send(sink, critical);
    expect(far.posts).toHaveLength(3);
  });

  test('does not hide a refused channel', async () => {
    const far = await server({ takesPriority: false });
    await send(sinkOf(far.hookUrl, { channel: '@nobody' }), critical);
    expect(far.posts.map(({ channel }) => channel)).toEqual(['security-alerts']);
  });
});

describe('a post on the simulated server', () => {
  test('is one post in the webhook’s channel, with the ids that tell duplicates', async () => {
    const far = await server();
    await send(sinkOf(far.hookUrl));
    expect(far.posts).toHaveLength(1);
    const [post] = far.posts;
    expect(post).toMatchObject({
      channel: 'security-alerts',
      deliveryId: 'delivery-1',
      mentions: [],
    });
    expect(post!.props.tocsin).toEqual({ delivery_id: 'delivery-1', event_id: 4711, source: 'di' });
    expect(post!.blocks).toBeLessThanOrEqual(90);
  });

  test('goes to the configured channel', async () => {
    const far = await server();
    await send(sinkOf(far.hookUrl, { channel: 'town-square' }));
    expect(far.posts.map(({ channel }) => channel)).toEqual(['town-square']);
  });

  test.each([
    ['is missing', 'no-such-channel', {}, 404],
    ['is private', 'board', { privateChannels: ['board'] }, 403],
    ['is another than the one it is locked to', 'town-square', { isLocked: true }, 403],
    ['is a user whom nobody knows', '@nobody', {}, 400],
  ])(
    'goes to the webhook’s own channel, with a note, if the configured one %s',
    async (_, channel, options, status) => {
      const far = await server(options);
      await send(sinkOf(far.hookUrl, { channel }));
      expect(far.requests.log.map((request) => request.status)).toEqual([status, 200]);
      expect(far.posts).toHaveLength(1);
      expect(far.posts[0]).toMatchObject({
        channel: 'security-alerts',
        deliveryId: 'delivery-1',
        mentions: [],
      });
      expect(far.posts[0]!.text).toContain(`The configured channel \`${channel}\` was refused`);
    },
  );

  test('that is refused in both channels is asked for twice and no more', async () => {
    const { farEnd, sink } = await farEndSink(
      (_request, response) => response.writeHead(404).end(),
      {
        channel: 'soc',
      },
    );
    expect(await adapterError(send(sink))).toMatchObject({ outcome: 'reject_sink', status: 404 });
    expect(farEnd.received).toHaveLength(2);
  });

  test('is not repeated for any other answer, though a channel is configured', async () => {
    for (const status of [400, 401, 413, 429, 500, 503]) {
      const { farEnd, sink } = await farEndSink(
        (_request, response) => response.writeHead(status).end(),
        {
          channel: 'soc',
        },
      );
      expect((await adapterError(send(sink))).status).toBe(status);
      expect(farEnd.received).toHaveLength(1);
    }
  });
});

describe('an answer', () => {
  test.each([
    [200, '<html>Sign in</html>', /login page.*MATTERMOST_WEBHOOK_URL/],
    [200, '', /login page/],
    [201, 'ok', /login page/],
    [301, '', /redirects.*MATTERMOST_WEBHOOK_URL/],
    [401, '', /proxy.*MATTERMOST_WEBHOOK_URL/],
    [403, '', /Integrations → Incoming Webhooks/],
    [
      403,
      '{"id":"web.incoming_webhook.channel_locked.app_error","status_code":403}',
      /locked to another channel/,
    ],
    [403, '<html>blocked</html>', /a proxy or a web application firewall before it/],
    [404, '<html>', /no webhook at this address.*MATTERMOST_WEBHOOK_URL/],
    [410, '', /removed.*MATTERMOST_WEBHOOK_URL/],
    [501, '{}', /switched off.*System Console/],
  ])('of %i %s stops the sink and says where to look', async (status, body, advice) => {
    const { sink } = await farEndSink((_request, response) => response.writeHead(status).end(body));
    const error = await adapterError(send(sink));
    expect(error).toMatchObject({ outcome: 'reject_sink', status });
    expect(error.message).toMatch(advice);
  });

  test('of 200 with ok and a line break is a delivery', async () => {
    const { sink } = await farEndSink((_request, response) => response.end('ok\n'));
    await send(sink);
  });

  test('that repeats the webhook’s id leaves no trace of it', async () => {
    for (const status of [200, 302, 400, 403, 404, 500]) {
      const body = JSON.stringify({
        message: `Failed for incoming webhook ${hookId}.`,
        id: hookId.toUpperCase(),
      });
      const { sink } = await farEndSink(
        (_request, response) => response.writeHead(status).end(body),
        {
          channel: 'soc',
        },
      );
      const error = await adapterError(send(sink));
      expectNoSecret(error, [hookId]);
      expect(error.answer).toContain('Failed for incoming webhook [secret]');
      const checked = await sink.check!(never).catch((reason: unknown) => reason);
      expectNoSecret(checked, [hookId]);
    }
  });
});

describe('the check', () => {
  test('of a working webhook posts nothing', async () => {
    const far = await server();
    await sinkOf(far.hookUrl).check!(never);
    const locked = await server({ isLocked: true });
    await sinkOf(locked.hookUrl).check!(never);
    expect([...far.posts, ...locked.posts]).toEqual([]);
    expect(far.requests.total).toBe(1);
  });

  test('finds a webhook that was deleted, and says what to do', async () => {
    const far = await server();
    far.archive('security-alerts');
    const error = await adapterError(sinkOf(far.hookUrl).check!(never));
    expect(error).toMatchObject({ outcome: 'reject_sink', reason: 'bad_config', status: 400 });
    expect(error.message).toMatch(
      /does not know the webhook.*Create a new one.*MATTERMOST_WEBHOOK_URL/,
    );
  });

  test('asks for a channel that no server can have', async () => {
    const { farEnd, sink } = await farEndSink((_request, response) =>
      response.writeHead(404).end('{"id":"x"}'),
    );
    await sink.check!(never);
    const { channel, text } = JSON.parse(farEnd.received[0]!.body);
    expect(text).not.toBe('');
    expect(channel.length, 'names have at most 64 characters').toBeGreaterThan(64);
    expect(channel).not.toMatch(/^[@#]|__/);
  });

  test.each([
    [404, '{"id":"web.incoming_webhook.general.app_error","status_code":404}'],
    [
      403,
      '{"id":"web.incoming_webhook.channel_locked.app_error","message":"This webhook is locked."}',
    ],
    [200, 'ok'],
  ])('takes %i %s for a webhook that works', async (status, body) => {
    const { sink } = await farEndSink((_request, response) => response.writeHead(status).end(body));
    await sink.check!(never);
  });

  test.each([
    ['a page that is not there', 404, '<html>404</html>', 'reject_sink'],
    [
      'an address that the server does not know',
      404,
      '{"id":"api.context.404.app_error","status_code":404}',
      'reject_sink',
    ],
    [
      'an owner who lost the channel',
      403,
      '{"id":"web.incoming_webhook.permissions.app_error"}',
      'reject_sink',
    ],
    ['a proxy that forbids', 403, '<html>locked</html>', 'reject_sink'],
    [
      'webhooks that are switched off',
      501,
      '{"id":"web.incoming_webhook.disabled.app_error"}',
      'reject_sink',
    ],
    ['a login page', 200, '<html>', 'reject_sink'],
    ['a redirect', 302, '', 'reject_sink'],
    ['a limit', 429, 'limit exceeded', 'retry'],
    ['a fault', 503, '', 'retry'],
  ])('is not content with %s', async (_, status, body, outcome) => {
    const { sink } = await farEndSink((_request, response) => response.writeHead(status).end(body));
    expect(await adapterError(sink.check!(never))).toMatchObject({ outcome, status });
  });
});

describe('the inspection', () => {
  test.each([
    ['is missing', 'no-such-channel', {}, /no-such-channel is refused: there is none of that name/],
    [
      'is private',
      'board',
      { privateChannels: ['board'] },
      /board is refused: .*no member of this private one/,
    ],
    [
      'is another than the one it is locked to',
      'town-square',
      { isLocked: true },
      /town-square is refused: .*locked/,
    ],
  ])('says that a channel %s, and posts nothing', async (_, channel, options, words) => {
    const far = await server(options);
    const { tested, remarks } = await sinkOf(far.hookUrl, { channel }).inspect!(never, []);
    expect(remarks).toEqual([expect.stringMatching(words)]);
    expect(tested).not.toContain(channel);
    expect(far.posts).toEqual([]);
  });

  test('names the channels that were tried, those of routes too', async () => {
    const far = await server({ channels: ['town-square', 'soc'] });
    const { tested, remarks } = await sinkOf(far.hookUrl, { channel: 'soc' }).inspect!(never, [
      { channel: 'town-square' },
      { channel: 'nowhere' },
    ]);
    expect(tested).toContain('may post into soc, town-square');
    expect(remarks).toEqual([expect.stringContaining('nowhere')]);
    expect(far.posts).toEqual([]);
  });

  test.each(['@nobody', '@somchai'])('claims nothing of the user %s', async (channel) => {
    const far = await server({ users: ['somchai'] });
    const { tested, remarks } = await sinkOf(far.hookUrl, { channel, priority: false }).inspect!(
      never,
      [],
    );
    expect(tested).toBe(
      `answers, and knows the webhook. Not tried, since only a post shows it: whether there is a user ${channel}`,
    );
    expect(remarks).toEqual([]);
  });

  test('says what it could not try: name, picture, priority', async () => {
    const far = await server();
    const settings = { username: 'Tocsin', icon_url: 'https://example.com/bell.png' };
    const { tested } = await sinkOf(far.hookUrl, settings).inspect!(never, []);
    expect(tested).toMatch(
      /Not tried.*username and icon_url, which do nothing unless.*; the priority of CRITICAL/,
    );
  });

  test('fails where the check fails', async () => {
    const far = await server();
    far.archive('security-alerts');
    expect(await adapterError(sinkOf(far.hookUrl).inspect!(never, []))).toMatchObject({
      status: 400,
    });
  });
});

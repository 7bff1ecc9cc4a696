// The sink mattermost: the suite of all sinks, what its settings come to in a post, and what it sends
// again without what was refused. Against the simulated server where that can say it.
import { describe, expect, test } from 'vitest';
import { mattermost } from '../../../src/sinks/mattermost/index.ts';
import { adapterError } from '../../contract/adapter-cases.ts';
import { mattermostReading } from '../../contract/readings.ts';
import { describeSink } from '../../contract/sink-suite.ts';
import { storedEvent } from '../../support/events.ts';
import { farEndSink, hookId, message, never, send, server, sinkOf } from './hooks.ts';

describeSink(mattermost, {
  config: (origin) => ({ url: `${origin}/hooks/${hookId}` }),
  success: { status: 200, body: 'ok' },
  ...mattermostReading,
});

describeSink(mattermost, {
  as: 'full cards',
  config: (origin) => ({ url: `${origin}/hooks/${hookId}`, card: 'full' }),
  success: { status: 200, body: 'ok' },
  ...mattermostReading,
});

describe('the settings', () => {
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
    await send(sink, message(storedEvent({ severity: 5 })));
    await send(sink, message(storedEvent({ severity: 4 })));
    await send(sink, message(storedEvent({ severity: 5 }), 'bare'));
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

  test.each([
    ['compact', undefined],
    ['full', expect.arrayContaining([expect.objectContaining({ title: 'Device', short: true })])],
  ])('show the facts in the style %s', async (card, fields) => {
    const { farEnd, sink } = await farEndSink((_request, response) => response.end('ok'), { card });
    await send(sink);
    expect(JSON.parse(farEnd.received[0]!.body).attachments[0].fields).toEqual(fields);
  });

  test.each(['number', 'stream'])('say what stands over a card: %s', (title) => {
    expect(sinkOf('https://chat.example.com/hooks/abc', { title }).titles).toBe(title);
  });

  test('ping nobody by default, and mark CRITICAL posts as urgent', async () => {
    const { farEnd, sink } = await farEndSink((_request, response) => response.end('ok'));
    await send(sink, message(storedEvent({ severity: 5 })));
    const body = JSON.parse(farEnd.received[0]!.body);
    expect(Object.keys(body)).toEqual(['text', 'priority', 'attachments', 'props']);
    expect(body.text).not.toContain('@');
  });
});

describe('the priority of a CRITICAL post', () => {
  const critical = message(storedEvent({ severity: 5 }));
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
      expect(far.posts[0]!.text).toContain(`Posted here because \`${channel}\` refused it.`);
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

describe('the check', () => {
  test('of a working webhook posts nothing', async () => {
    const far = await server();
    await sinkOf(far.hookUrl).check!(never);
    const locked = await server({ isLocked: true });
    await sinkOf(locked.hookUrl).check!(never);
    expect([...far.posts, ...locked.posts]).toEqual([]);
    expect(far.requests.total).toBe(1);
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
});

describe('the chat of a webhook', () => {
  const people = [{ username: 'ana' }];

  test('is there only where people are named', () => {
    expect(sinkOf('https://chat.example.com/hooks/abc').chat).toBeUndefined();
    expect(sinkOf('https://chat.example.com/hooks/abc', { people }).chat?.people).toEqual([
      { username: 'ana', role: 'operate' },
    ]);
  });

  test('changes the post by the answer to a press, and keeps all of its card', () => {
    const { chat, inAnswer } = sinkOf('https://chat.example.com/hooks/abc', { people });
    const shown = message(storedEvent({ severity: 4 }));
    const answer = chat!.answer({ to: 'button', lines: [], message: inAnswer!(shown) });
    expect(answer).toEqual({
      update: {
        message: expect.stringContaining('**HIGH**'),
        props: {
          ...{ attachments: [expect.objectContaining({ color: '#FF6600' })] },
          ...{ from_webhook: 'true', tocsin: expect.objectContaining({ source: 'di' }) },
        },
      },
    });
  });
});

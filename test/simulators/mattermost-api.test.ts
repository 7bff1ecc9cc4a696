// The simulated REST API answers as the real server was seen to. What the bot's tests stand on.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import {
  type Account,
  type Mattermost,
  type MattermostOptions,
  startMattermost,
} from '../../simulators/mattermost/index.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any;
}

class Stage {
  readonly server: Mattermost;
  readonly bot: Account;

  constructor(server: Mattermost) {
    this.server = server;
    this.bot = server.addBot('tocsin-bot', { channels: ['security-alerts'] });
  }

  async ask(method: string, path: string, body?: object, token = this.bot.token): Promise<Answer> {
    const answer = await fetch(`${this.server.url}/api/v4${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    };
  }

  post(more: object = {}): Promise<Answer> {
    const channel = this.server.channelId('security-alerts');
    return this.ask('POST', '/posts', { channel_id: channel, message: 'CARD', ...more });
  }

  patch(id: string, body: object): Promise<Answer> {
    return this.ask('PUT', `/posts/${id}/patch`, body);
  }
}

async function start(options: MattermostOptions = {}): Promise<Stage> {
  const server = await startMattermost(options);
  closing.push(() => server.close());
  return new Stage(server);
}

/** A far end for buttons and commands. */
async function farEnd(answer: string, status = 200) {
  const calls: { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(status).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/act`, calls };
}

const card = (url: string, id = 'ack') => ({
  attachments: [
    {
      text: 'body',
      actions: [
        { id, name: 'Acknowledge', type: 'button', integration: { url, context: { token: 't1' } } },
      ],
    },
  ],
});

describe('a token', () => {
  test.each(['', 'wrong'])('that is %j gets the same 401 for all', async (token) => {
    const stage = await start();
    const { status, body } = await stage.ask('GET', '/users/me', undefined, token);
    expect([status, body.id]).toEqual([401, 'api.context.session_expired.app_error']);
  });

  it('that is revoked does as well', async () => {
    const stage = await start();
    expect((await stage.ask('GET', '/users/me')).body).toMatchObject({ is_bot: true });
    stage.server.revoke(stage.bot.token);
    expect((await stage.post()).status).toBe(401);
  });
});

describe('a post', () => {
  it('is made, and nobody is told what its buttons call', async () => {
    const stage = await start();
    const { status, body } = await stage.post({ props: card('http://127.0.0.1:9/x') });
    expect(status).toBe(201);
    expect(body).toMatchObject({ message: 'CARD', edit_at: 0, root_id: '' });
    expect(body.props.attachments[0].actions).toEqual([
      { id: 'ack', name: 'Acknowledge', type: 'button' },
    ]);
    expect(stage.server.posts[0]).toMatchObject({ text: 'CARD', userId: stage.bot.id });
  });

  test.each<[string, (stage: Stage) => void, object, number, string]>([
    [
      'without membership',
      (stage) => stage.server.removeMember('security-alerts', stage.bot.id),
      {},
      403,
      'api.context.permissions.app_error',
    ],
    ['into no channel', () => {}, { channel_id: 'x' }, 403, 'api.context.permissions.app_error'],
    [
      'into an archive',
      (stage) => stage.server.archive('security-alerts'),
      {},
      400,
      'api.post.create_post.can_not_post_to_deleted.error',
    ],
    [
      'that is too long',
      () => {},
      { message: 'x'.repeat(16_384) },
      400,
      'model.post.is_valid.message_length.app_error',
    ],
    ['with U+0000', () => {}, { message: 'a\0b' }, 500, 'app.post.save.app_error'],
    ['below no post', () => {}, { root_id: 'none' }, 400, 'api.post.create_post.root_id.app_error'],
    [
      'that wants an answer',
      () => {},
      { metadata: { priority: { priority: 'urgent', requested_ack: true } } },
      501,
      'license_error.feature_unavailable',
    ],
    ['of the system', () => {}, { type: 'system_x' }, 400, 'api.context.invalid_param.app_error'],
    [
      'of wrong types',
      () => {},
      { props: 'text' },
      400,
      'api.context.invalid_body_param.app_error',
    ],
    [
      'that is too large',
      () => {},
      { props: { a: 'x'.repeat(301_000) } },
      413,
      'api.context.request_body_too_large.app_error',
    ],
  ])('%s is refused', async (_, arrange, more, status, id) => {
    const stage = await start();
    arrange(stage);
    const answer = await stage.post(more);
    expect([answer.status, answer.body.id]).toEqual([status, id]);
    expect(stage.server.posts).toEqual([]);
  });

  it('is a label urgent, but not as a reply', async () => {
    const stage = await start();
    const metadata = { priority: { priority: 'urgent' } };
    const { body } = await stage.post({ metadata });
    expect(stage.server.posts[0]!.priority).toBe('urgent');
    expect((await stage.post({ metadata, root_id: body.id })).status).toBe(400);
  });
});

describe('a pending_post_id', () => {
  it('gives the first post again, whatever else is asked, until it is forgotten', async () => {
    const stage = await start({ pendingMs: 200 });
    const first = await stage.post({ pending_post_id: 'p1' });
    const again = await stage.post({ pending_post_id: 'p1', message: 'other' });
    expect(again.status).toBe(201);
    expect(again.body.id).toBe(first.body.id);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const later = await stage.post({ pending_post_id: 'p1' });
    expect(later.body.id).not.toBe(first.body.id);
    expect(stage.server.posts).toHaveLength(2);
  });

  it('of a deleted post is refused with 500', async () => {
    const stage = await start();
    const { body } = await stage.post({ pending_post_id: 'p1' });
    await stage.ask('DELETE', `/posts/${body.id}`);
    expect((await stage.post({ pending_post_id: 'p1' })).status).toBe(500);
  });
});

describe('an edit', () => {
  it('replaces all props, keeps what it does not name, and says when', async () => {
    const stage = await start();
    const { body } = await stage.post({ props: { ...card('http://127.0.0.1:9/x'), mine: 1 } });
    const edited = await stage.patch(body.id, { props: { from_bot: 'true' } });
    expect(edited.body).toMatchObject({ message: 'CARD', props: { from_bot: 'true' } });
    expect(edited.body.edit_at).toBeGreaterThan(0);
    expect(edited.body.props).not.toHaveProperty('mine');
    expect(stage.server.posts[0]).toMatchObject({ edits: 1, attachments: [] });
  });

  it('of the same is none, and notifies nobody', async () => {
    const stage = await start();
    const { body } = await stage.post();
    expect((await stage.patch(body.id, { message: 'CARD' })).body.edit_at).toBe(0);
    await stage.patch(body.id, { message: '@soc look' });
    expect(stage.server.posts[0]).toMatchObject({ text: '@soc look', mentions: [] });
  });

  test.each<[string, (stage: Stage, id: string) => unknown, number, RegExp]>([
    ['a deleted post', (stage, id) => stage.ask('DELETE', `/posts/${id}`), 403, /permissions/],
    [
      'a channel without the bot',
      (stage) => stage.server.removeMember('security-alerts', stage.bot.id),
      403,
      /permissions/,
    ],
    [
      'an archive',
      (stage) => stage.server.archive('security-alerts'),
      400,
      /can_not_update_post_in_deleted/,
    ],
  ])('in %s is refused', async (_, arrange, status, id) => {
    const stage = await start();
    const { body } = await stage.post();
    await arrange(stage, body.id);
    const answer = await stage.patch(body.id, { message: 'x' });
    expect([answer.status, answer.body.id]).toEqual([status, expect.stringMatching(id)]);
  });

  it('of a post of a webhook is refused', async () => {
    const stage = await start();
    await fetch(stage.server.hookUrl, { method: 'POST', body: '{"text":"a"}' });
    expect((await stage.patch(stage.server.posts[0]!.id, { message: 'x' })).status).toBe(403);
  });
});

describe('reading', () => {
  it('finds posts by page, newest first, and since a time with those that were deleted', async () => {
    const stage = await start();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await stage.post({ message: `${n}` })).body.id);
    await stage.ask('DELETE', `/posts/${ids[0]}`);
    const channel = `/channels/${stage.server.channelId('security-alerts')}/posts`;
    const page = await stage.ask('GET', `${channel}?per_page=2&page=1`);
    expect(page.body.order).toEqual([ids[2], ids[1]]);
    const since = await stage.ask('GET', `${channel}?since=1`);
    expect(since.body.order).toHaveLength(5);
    expect(since.body.posts[ids[0]!].delete_at).toBeGreaterThan(0);
  });

  it('tells a deleted post by 404, and gives a thread with its replies', async () => {
    const stage = await start();
    const root = (await stage.post()).body.id;
    const reply = (await stage.post({ root_id: root })).body.id;
    expect((await stage.ask('GET', `/posts/${reply}/thread`)).body.order).toEqual([root, reply]);
    await stage.ask('DELETE', `/posts/${root}`);
    for (const id of [root, reply])
      expect((await stage.ask('GET', `/posts/${id}`)).status).toBe(404);
  });

  it('finds a channel by its name, does not tell a private one from none, and joins a public one', async () => {
    const stage = await start({ privateChannels: ['board'] });
    const { server, bot } = stage;
    const byName = (name: string) => stage.ask('GET', `/teams/name/secops/channels/name/${name}`);
    expect((await byName('town-square')).body).toMatchObject({ delete_at: 0, type: 'O' });
    for (const name of ['board', 'none']) expect((await byName(name)).status).toBe(404);
    const members = (name: string) => `/channels/${server.channelId(name)}/members`;
    expect((await stage.ask('GET', `${members('town-square')}/me`)).status).toBe(403);
    const join = (name: string) => stage.ask('POST', members(name), { user_id: bot.id });
    expect((await join('town-square')).status).toBe(201);
    expect((await stage.ask('GET', `${members('town-square')}/me`)).status).toBe(200);
    expect((await join('board')).status).toBe(403);
  });
});

describe('marks', () => {
  it('pin without an edit, and react once', async () => {
    const stage = await start();
    const { body } = await stage.post();
    await stage.ask('POST', `/posts/${body.id}/pin`);
    const reaction = { user_id: stage.bot.id, post_id: body.id, emoji_name: 'white_check_mark' };
    for (let n = 0; n < 2; n += 1) await stage.ask('POST', '/reactions', reaction);
    expect(stage.server.posts[0]).toMatchObject({
      isPinned: true,
      reactions: [{ userId: stage.bot.id, emoji: 'white_check_mark' }],
    });
    expect(stage.server.posts[0]!.editedAtMs).toBeUndefined();
  });
});

describe('a button', () => {
  it('calls its far end once with its context, and shows what that answers', async () => {
    const stage = await start();
    const end = await farEnd('{"update":{"message":"taken"},"ephemeral_text":"yours"}');
    const { body } = await stage.post({ props: card(end.url) });
    const bob = stage.server.addUser('bob');
    expect(await stage.server.press(body.id, 'ack', bob)).toBe(200);
    expect(JSON.parse(end.calls[0]!.body)).toMatchObject({
      ...{ user_id: bob.id, user_name: 'bob', post_id: body.id, type: 'button' },
      ...{ channel_name: 'security-alerts', context: { token: 't1' } },
    });
    expect(end.calls).toHaveLength(1);
    expect(stage.server.ephemerals).toEqual([{ userId: bob.id, text: 'yours', postId: body.id }]);
    // Its buttons work on.
    expect(stage.server.posts[0]!.text).toBe('taken');
    expect(await stage.server.press(body.id, 'ack', bob)).toBe(200);
  });

  it('whose answer has props and no message empties the message', async () => {
    const stage = await start();
    const end = await farEnd('{"update":{"props":{}}}');
    const { body } = await stage.post({ props: card(end.url) });
    await stage.server.press(body.id, 'ack', stage.server.addUser('bob'));
    expect(stage.server.posts[0]).toMatchObject({ text: '', attachments: [] });
  });

  test.each([
    ['{}', 200, 200],
    ['', 200, 200],
    ['no JSON', 200, 400],
    ['{}', 201, 400],
    ['{}', 500, 400],
  ])('whose far end answers %j with %i gives its client %i', async (answer, status, client) => {
    const stage = await start();
    const end = await farEnd(answer, status);
    const { body } = await stage.post({ props: card(end.url) });
    expect(await stage.server.press(body.id, 'ack', stage.server.addUser('bob'))).toBe(client);
    expect(stage.server.posts[0]).toMatchObject({ text: 'CARD' });
  });

  test.each(['escalate-now', 'gone'])('is not found by the id %s', async (id) => {
    const stage = await start();
    const end = await farEnd('{}');
    const { body } = await stage.post({ props: card(end.url, 'escalate-now') });
    expect(await stage.server.press(body.id, id, stage.server.addUser('bob'))).toBe(404);
  });

  it('is dead once the card was written back as it was read', async () => {
    const stage = await start();
    const end = await farEnd('{}');
    const { body } = await stage.post({ props: card(end.url) });
    await stage.patch(body.id, { message: 'new', props: body.props });
    expect(await stage.server.press(body.id, 'ack', stage.server.addUser('bob'))).toBe(404);
  });
});

describe('a slash command', () => {
  it('reaches its far end with the token that proves the server, and shows the answer', async () => {
    const stage = await start();
    const end = await farEnd('{"response_type":"ephemeral","text":"3 open"}');
    const { token } = stage.server.addCommand('tocsin', end.url);
    const bob = stage.server.addUser('bob', { channels: ['security-alerts'] });
    const answer = await stage.server.type('/tocsin show 17', 'security-alerts', bob);
    expect(answer).toMatchObject({ status: 200, body: { text: '3 open' } });
    const form = new URLSearchParams(end.calls[0]!.body);
    expect(Object.fromEntries(form)).toMatchObject({ token, text: 'show 17', user_name: 'bob' });
    expect(end.calls[0]!.headers.authorization).toBe(`Token ${token}`);
    expect(stage.server.posts).toEqual([]);
  });

  test.each([
    ['', 200],
    ['{"text"', 200],
    ['{}', 404],
  ])('whose far end answers %j with %i fails', async (answer, status) => {
    const stage = await start();
    const end = await farEnd(answer, status);
    stage.server.addCommand('tocsin', end.url);
    const bob = stage.server.addUser('bob', { channels: ['security-alerts'] });
    expect((await stage.server.type('/tocsin help', 'security-alerts', bob)).status).toBe(500);
  });

  it('is made by an administrator alone', async () => {
    const stage = await start();
    const ask = { trigger: 'tocsin', url: 'http://127.0.0.1:9/cmd' };
    expect((await stage.ask('POST', '/commands', ask)).status).toBe(403);
    const admin = stage.server.addUser('root', { isAdmin: true });
    expect((await stage.ask('POST', '/commands', ask, admin.token)).status).toBe(201);
    expect((await stage.ask('POST', '/commands', ask, admin.token)).status).toBe(400);
  });
});

test('the rate limit counts the API and hooks together', async () => {
  const stage = await start({ rateLimit: { perSecond: 1, burst: 1 } });
  const answers = [await stage.post(), await stage.post(), await stage.post()];
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 429]);
  const hook = await fetch(stage.server.hookUrl, { method: 'POST', body: '{"text":"a"}' });
  expect(hook.status).toBe(429);
});

test('a fault is shown to the call that it is meant for', async () => {
  const stage = await start();
  stage.server.fail(503, 1, (_body, call) => call.startsWith('PUT '));
  const { status, body } = await stage.post();
  expect(status).toBe(201);
  expect((await stage.patch(body.id, { message: 'x' })).status).toBe(503);
  expect((await stage.patch(body.id, { message: 'x' })).status).toBe(200);
});

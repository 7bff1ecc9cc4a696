// What each answer of the console means for a source: pages, answers that are none, and statuses.
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import { AnswerTooLongError, createClient } from '../../../src/sources/deepinstinct/client.ts';
import { emptyPage } from '../../../src/sources/deepinstinct/page.ts';
import { startFarEnd } from '../../support/far-end.ts';
import {
  cursorAt,
  type FakeTenant,
  failure,
  item,
  never,
  nowMs,
  send,
  settled,
  startFakeTenant,
  token,
} from './fake-tenant.ts';

describe('an answer that is no page', () => {
  test.each([
    ['a web page', '<!doctype html><title>Sign in</title>', 'is a web page'],
    ['half of a page', `{"last_id":101,"events":[${item(101, 1).slice(0, 40)}`, 'cut short'],
    ['nothing', '', 'is no JSON'],
    ['a bare list', `[${item(101, 1)}]`, 'no object'],
    ['an error message', '{"msg":"Token has expired"}', 'without a list of events'],
    [
      'a page without any number beyond',
      '{"last_id":null,"events":[{"a":1}]}',
      'without any number beyond 50',
    ],
  ])('%s leaves the cursor where it was and is tried again', async (_name, body, message) => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => send(response, 200, body));
    const error = await failure(tenant);
    expect(error).toMatchObject({ outcome: 'retry', reason: 'malformed' });
    expect(error.message).toContain(message);
    expect(error.message).toContain(`127.0.0.1:${tenant.farEnd.port}`);
    expect(error.message).not.toContain('after_event_id=');
    expect(error.answer ?? '').not.toMatch(/STATIC_ANALYSIS/);
  });

  test('keeps the beginning of a web page, but nothing of events', async () => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) =>
      send(response, 200, `<title>Portal of the hotel</title> ${token}`),
    );
    expect((await failure(tenant)).answer).toBe('<title>Portal of the hotel</title> [secret]');
  });

  test('the same page again means that the server ignored the parameter', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    const body = `{"last_id":3,"events":[${item(2, 1)},${item(3, 1)}]}`;
    tenant.answering((_request, response) => send(response, 200, body));
    const again = source.poll(cursor, never);
    await expect(again).rejects.toMatchObject({ outcome: 'retry', reason: 'malformed' });
    await expect(again).rejects.toThrow(
      'the server ignored after_event_id: asked for what follows 3, it gave events 2 to 3',
    );
  });

  test('one over 32 MB is not read to its end', async () => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => {
      response.writeHead(200);
      response.write('{"events":["');
      const block = 'x'.repeat(1 << 20);
      for (let sent = 0; sent < 40; sent += 1) response.write(block);
      response.end('"]}');
    });
    expect(await failure(tenant)).toMatchObject({
      outcome: 'retry',
      reason: 'malformed',
      message: expect.stringContaining('32 MB'),
    });
  });

  test('a broken connection is tried again', async () => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"last_id":101,', () => response.destroy());
    });
    expect(await failure(tenant)).toMatchObject({ outcome: 'retry', reason: 'interrupted' });
  });
});

describe('a status', () => {
  test.each([401, 403, 422])(
    '%i is about the key: says which variable, where keys come from, and no Bearer',
    async (status) => {
      const tenant = await startFakeTenant();
      tenant.answering((_request, response) =>
        send(response, status, `{"msg":"bad ${token}"}`, { 'retry-after': '9' }),
      );
      const error = await failure(tenant);
      expect(error).toMatchObject({ outcome: 'retry', reason: 'auth', status, retryAfterMs: 9000 });
      expect(error.answer).toBe('{"msg":"bad [secret]"}');
      for (const word of ['TOKENS_KEY', 'API Connector', 'Bearer'])
        expect(error.message).toContain(word);
      expect(error.message).not.toContain(token);
    },
  );

  test.each([
    [429, 'rate_limited'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'server_error'],
  ])('%i is tried again after the time that it names', async (status, reason) => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => send(response, status, '', { 'retry-after': '17' }));
    expect(await failure(tenant)).toMatchObject({
      outcome: 'retry',
      reason,
      status,
      retryAfterMs: 17_000,
    });
  });

  test('leaves the time that it asks for out of its words: a part of it may be obeyed', async () => {
    const tenant = await startFakeTenant();
    const header = { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' };
    tenant.answering((_request, response) => send(response, 429, '', header));
    const error = await failure(tenant);
    expect(error.retryAfterMs).toBeGreaterThan(0);
    expect(error.message).toMatch(
      /answered 429: it limits requests\. It is read again, and nothing is lost\./,
    );
  });

  test.each([404, 405, 410, 501])('%i says to look at the address', async (status) => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => send(response, status, ''));
    expect(await failure(tenant)).toMatchObject({
      outcome: 'retry',
      reason: 'bad_config',
      message: expect.stringContaining('DEEPINSTINCT_URL'),
    });
  });

  test('400 is no reason to give the source up', async () => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => send(response, 400, '{"message":"no"}'));
    expect(await failure(tenant)).toMatchObject({
      outcome: 'retry',
      reason: 'rejected',
      answer: '{"message":"no"}',
    });
  });

  test.each([301, 302, 307, 308])(
    '%i is not followed, and the key goes to no other host',
    async (status) => {
      const tenant = await startFakeTenant();
      const elsewhere = await startFarEnd();
      tenant.answering((_request, response) =>
        send(response, status, '', { location: `${elsewhere.origin}/secret-path?key=1` }),
      );
      const error = await failure(tenant);
      expect(error).toMatchObject({ outcome: 'retry', reason: 'bad_config', status });
      expect(error.message).toContain('DEEPINSTINCT_URL');
      expect(error.message).toContain(`to 127.0.0.1:${elsewhere.port}`);
      expect(error.message).not.toContain('secret-path');
      expect(elsewhere.connectionCount()).toBe(0);
    },
  );
});

describe('one request', () => {
  function clientOf(tenant: FakeTenant) {
    const http = createHttpClient();
    onTestFinished(() => http.close());
    return createClient({ http, url: tenant.farEnd.origin, token, now: () => nowMs });
  }

  test('asks its stream by the path that is not redirected', async () => {
    const tenant = await startFakeTenant();
    const client = clientOf(tenant);
    expect(client.host).toBe(`127.0.0.1:${tenant.farEnd.port}`);
    await client.readPage('event', 7, never);
    await client.readPage('suspicious', 8, never);
    expect(tenant.farEnd.received.map(({ target }) => target)).toEqual([
      '/api/v1/events/?after_event_id=7',
      '/api/v1/suspicious-events/?after_event_id=8',
    ]);
  });

  test('that is answered by nothing gives the empty page', async () => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => response.writeHead(204).end());
    expect(await clientOf(tenant).readPage('event', 7, never)).toBe(emptyPage);
  });

  test.each([
    ['nothing but what is known', [item(6, 2), item(7, 1)], false],
    ['one beyond what is known', [item(7, 2), item(8, 1)], true],
    ['nothing that has a number', ['{"type":"X"}'], true],
  ])('may be answered by %s: %s', async (_what, items, isPage) => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => send(response, 200, `{"events":[${items}]}`));
    const read = clientOf(tenant).readPage('event', 7, never);
    if (isPage) expect((await read).items).toHaveLength(items.length);
    else await expect(read).rejects.toThrow('it gave events 6 to 7 and nothing beyond');
  });

  test('that is answered by too much fails so that reading may go on further up', async () => {
    const tenant = await startFakeTenant();
    const many = `{"events":["${'x'.repeat(33 * 1024 * 1024)}"]}`;
    tenant.answering((_request, response) => send(response, 200, many));
    const read = clientOf(tenant).readPage('event', 7, never);
    await expect(read).rejects.toBeInstanceOf(AnswerTooLongError);
    tenant.answering((_request, response) => send(response, 200, '{"events":7}'));
    const other = clientOf(tenant).readPage('event', 7, never);
    await expect(other).rejects.not.toBeInstanceOf(AnswerTooLongError);
  });
});

// Reading on: what is asked, in which order it is read, and what each bad answer means.
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { startFarEnd } from '../../support/far-end.ts';
import {
  cursorAt,
  drain,
  externalIds,
  type FakeTenant,
  item,
  never,
  numbers,
  pageAfter,
  send,
  sourceOf,
  startFakeTenant,
  token,
} from './fake-tenant.ts';

async function failure(
  tenant: FakeTenant,
  cursor: string | null = cursorAt(100),
): Promise<AdapterError> {
  const error: unknown = await sourceOf(tenant)
    .poll(cursor, never)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AdapterError);
  return error as AdapterError;
}

/** A source that has done its first, second reading, so that each poll is one plain request. */
async function settled(tenant: FakeTenant, cursor: string) {
  const source = sourceOf(tenant);
  const { cursor: next } = await source.poll(cursor, never);
  tenant.asked();
  return { source, cursor: next! };
}

describe('reading on', () => {
  test('goes page by page beyond an exclusive cursor, until the empty page', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = numbers(1, 120);
    const pages = await drain(sourceOf(tenant), cursorAt(0));
    expect(externalIds(pages)).toEqual(numbers(1, 120).map(String));
    expect(pages.map((page) => [page.events.length, page.more])).toEqual([
      [50, true],
      [50, true],
      [20, true],
      [0, false],
    ]);
    expect(tenant.asked()).toEqual([0, 50, 100, 120]);
    expect(pages.map((page) => page.facts?.position)).toEqual([50, 100, 120, 120]);
    expect(tenant.farEnd.received[0]).toMatchObject({
      method: 'GET',
      target: '/api/v1/events/?after_event_id=0',
      headers: { authorization: token, accept: 'application/json' },
    });
  });

  test('costs one request when nothing is new, and keeps the cursor', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = [100];
    const { source, cursor } = await settled(tenant, cursorAt(100));
    for (let poll = 0; poll < 5; poll += 1) {
      expect(await source.poll(cursor, never)).toMatchObject({ events: [], cursor, more: false });
    }
    expect(tenant.asked()).toEqual([100, 99, 99, 99, 99]);
  });

  test('costs one request also when nothing at all is shown any more, whatever an empty page looks like', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    for (const body of [
      '{}',
      '{"events":[]}',
      '{"last_id":null,"events":[]}',
      '{"last_id":100,"events":[]}',
    ]) {
      tenant.answering((_request, response) => send(response, 200, body));
      expect(await source.poll(cursor, never)).toMatchObject({ events: [], cursor, more: false });
    }
    tenant.answering((_request, response) => response.writeHead(204).end());
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], cursor, more: false });
    expect(tenant.asked()).toHaveLength(5);
  });

  test('takes numbers out of order, as texts, and with great leaps', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    const leap = 100 + 2 ** 33;
    tenant.answering((_request, response) => {
      send(
        response,
        200,
        `{"last_id":"103","events":[${item(103, 1)},${item(101, 3, { id: '101' })},${item(leap, 0)},${item(102, 2)}]}`,
      );
    });
    const page = await source.poll(cursor, never);
    expect(externalIds([page])).toEqual(['101', '102', '103', String(leap)]);
    expect(JSON.parse(page.cursor!)).toMatchObject({ id: leap, at: '2026-03-05T00:00:00.000Z' });
  });

  test('goes as far as an item was seen, and reads past pages whose items were all withheld', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = [100, 101, 260];
    const withheld: Record<number, string> = {
      100: `{"last_id":150,"events":[${item(101, 0)}]}`,
      101: '{"last_id":150,"events":[]}',
      150: '{"last_id":200,"events":[]}',
    };
    tenant.answering((request, response) => {
      const after = Number(request.target.split('=')[1]);
      send(response, 200, withheld[after] ?? pageAfter(tenant.streams.events, after));
    });
    const pages = await drain(sourceOf(tenant), cursorAt(100));
    expect(externalIds(pages)).toEqual(['100', '101', '260']);
    expect(JSON.parse(pages.at(-1)!.cursor!)).toMatchObject({ id: 260 });
  });

  test('delivers an item of garbage with the others, and reads on', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    tenant.answering((_request, response) =>
      send(response, 200, `{"events":[${item(101, 1)},{"x":1},null,${item(102, 1)}]}`),
    );
    const page = await source.poll(cursor, never);
    expect(page.events.map((event) => event.type)).toEqual([
      'STATIC_ANALYSIS',
      'STATIC_ANALYSIS',
      'UNRECOGNISED',
      'UNRECOGNISED',
    ]);
    expect(JSON.parse(page.cursor!)).toMatchObject({ id: 102 });
  });

  test('takes a page of 1 MB strings and escapes that no database holds', async () => {
    const tenant = await startFakeTenant();
    const { source, cursor } = await settled(tenant, cursorAt(100));
    const path = `C:\\\\${'a\\u0000\\ud800'.repeat(80_000)}`;
    tenant.answering((_request, response) =>
      send(response, 200, `{"events":[{"id":101,"type":"T","path":"${path}"}]}`),
    );
    const [event] = (await source.poll(cursor, never)).events;
    expect(event?.raw).toContain(path);
    expect(event?.body.file?.path?.length).toBeLessThanOrEqual(8000);
  });

  test('reads the number that an operator wrote in place of a cursor, and refuses anything else', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = numbers(95, 20);
    expect(externalIds(await drain(sourceOf(tenant), '110'))).toEqual(['111', '112', '113', '114']);
    for (const cursor of ['', 'x', '-1', '{"id":"5"}', '[]', 'null']) {
      expect(await failure(tenant, cursor)).toMatchObject({
        reason: 'malformed',
        message: expect.stringContaining('source reset'),
      });
    }
  });
});

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

  test('is told without the time that it asks for, of which only a part may be obeyed', async () => {
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

describe('a check', () => {
  test('asks for nothing but proves the key', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.ids = numbers(1, 50);
    await sourceOf(tenant).check?.(never);
    expect(tenant.asked()).toEqual([2 ** 31 - 1]);
    await expect(sourceOf(tenant, { token: 'another-key' }).check?.(never)).rejects.toMatchObject({
      reason: 'auth',
    });
  });

  test('works under an address with a path', async () => {
    const tenant = await startFakeTenant();
    tenant.answering((_request, response) => send(response, 200, '{}'));
    await sourceOf(tenant, { url: `${tenant.farEnd.origin}/gateway/api/v1/` }).check?.(never);
    expect(tenant.farEnd.received[0]?.target).toBe(
      '/gateway/api/v1/events/?after_event_id=2147483647',
    );
  });
});

test.each([
  ['https://console.example.com/#/events/{id}', 'https://console.example.com/#/events/101'],
  [undefined, 'the front page'],
])('with event_link %s, the events that it reads lead to %s', async (event_link, link) => {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = [101];
  const source = sourceOf(tenant, event_link === undefined ? {} : { event_link });
  const { events } = await source.poll(cursorAt(100), never);
  expect(events.map(({ body }) => body.link)).toEqual([
    event_link === undefined ? `${tenant.farEnd.origin}/` : link,
  ]);
});

test('a key that is a JWT says when it ends; others say nothing', async () => {
  const tenant = await startFakeTenant();
  const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const expiry = (claims: unknown) =>
    sourceOf(tenant, {
      token: `${part({ alg: 'HS256' })}.${part(claims)}.c2ln`,
    }).credentialExpiresAt?.();
  expect(expiry({ exp: 1_800_000_000, identity: { key: 7 } })).toBe(1_800_000_000_000);
  for (const claims of [{ iat: 1 }, { exp: 'soon' }, { exp: -1 }, { exp: 1e300 }, null, [1]])
    expect(expiry(claims)).toBeUndefined();
  expect(sourceOf(tenant, { token: 'a.b.c' }).credentialExpiresAt?.()).toBeUndefined();
  expect(sourceOf(tenant).credentialExpiresAt?.()).toBeUndefined();
});

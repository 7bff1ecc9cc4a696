// One stream of a console as a source: the suspicious one and its 401 that may mean that the
// feature is switched off; a check; and whether this is the console of a stored position.
import { describe, expect, test } from 'vitest';
import type { PollSource } from '../../../src/kit/source.ts';
import {
  cursorAt,
  drain,
  externalIds,
  type FakeTenant,
  item,
  minutesAgo,
  never,
  numbers,
  send,
  sourceOf,
  startFakeTenant,
} from './fake-tenant.ts';

const suspicious = (tenant: FakeTenant, settings: object = {}): PollSource =>
  sourceOf(tenant, { start_from: 'all', ...settings }, 'deepinstinct_suspicious_events');

test('the two streams are read apart, though their numbers are the same', async () => {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = numbers(1, 60);
  tenant.streams['suspicious-events'].ids = numbers(1, 3);
  tenant.streams['suspicious-events'].itemOf = (id) =>
    item(id, 1, { type: 'SCRIPT_CONTROL_COMMAND' });
  const pages = await drain(suspicious(tenant), null);
  expect(externalIds(pages)).toEqual(['1', '2', '3']);
  expect(pages.flatMap((page) => page.events).map((event) => event.subject)).toEqual([
    'suspicious/1',
    'suspicious/2',
    'suspicious/3',
  ]);
  expect(tenant.asked('events')).toEqual([]);
  expect(externalIds(await drain(sourceOf(tenant, { start_from: 'all' }), null))).toHaveLength(60);
});

describe('a 401 on suspicious events', () => {
  test('while other events can be read means that they are switched off, which is no error', async () => {
    const tenant = await startFakeTenant();
    tenant.streams['suspicious-events'].disabled = true;
    const source = suspicious(tenant);
    for (let poll = 0; poll < 3; poll += 1) {
      expect(await source.poll(null, never)).toEqual({
        events: [],
        cursor: null,
        more: false,
        facts: { disabled: true },
      });
    }
    await source.check?.(never);
    tenant.streams['suspicious-events'] = {
      ids: [4],
      itemOf: (id) => item(id, 0),
      disabled: false,
    };
    expect(externalIds(await drain(source, null))).toEqual(['4']);
  });

  test('together with one on other events is about the key', async () => {
    const tenant = await startFakeTenant();
    const source = suspicious(tenant, { token: 'a-revoked-key' });
    await expect(source.poll(null, never)).rejects.toMatchObject({
      reason: 'auth',
      message: expect.stringContaining('API Connector'),
    });
    await expect(source.check?.(never)).rejects.toMatchObject({ reason: 'auth' });
    await expect(source.poll(cursorAt(3), never)).rejects.toThrow('API Connector');
  });

  test('while nobody knows which of the two it means is neither', async () => {
    const tenant = await startFakeTenant();
    tenant.answering(({ target }, response) =>
      send(response, target.includes('suspicious') ? 401 : 503, '{}'),
    );
    await expect(suspicious(tenant).poll(null, never)).rejects.toMatchObject({
      reason: 'server_error',
    });
  });

  test('after the stream has worked is an alarm', async () => {
    const tenant = await startFakeTenant();
    tenant.streams['suspicious-events'].ids = [1];
    const source = suspicious(tenant);
    const { cursor } = (await drain(source, null)).at(-1)!;
    tenant.streams['suspicious-events'].disabled = true;
    for (const one of [source, suspicious(tenant)]) {
      const polled = one.poll(cursor, never);
      await expect(polled).rejects.toMatchObject({ outcome: 'retry', reason: 'auth', status: 401 });
      await expect(polled).rejects.toThrow('suspicious events can no longer be read');
    }
  });

  test('of the other stream is never taken for a switched-off feature', async () => {
    const tenant = await startFakeTenant();
    tenant.streams.events.disabled = true;
    await expect(sourceOf(tenant).poll(null, never)).rejects.toMatchObject({ reason: 'auth' });
    expect(tenant.asked()).toHaveLength(1);
  });
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

  test('of the suspicious stream asks for both, and fails if either does', async () => {
    const tenant = await startFakeTenant();
    await suspicious(tenant).check?.(never);
    expect(tenant.farEnd.received.map(({ target }) => target)).toEqual([
      '/api/v1/events/?after_event_id=2147483647',
      '/api/v1/suspicious-events/?after_event_id=2147483647',
    ]);
    for (const broken of ['/events/', '/suspicious-events/']) {
      tenant.answering(({ target }, response) =>
        send(response, target.includes(broken) ? 503 : 200, '{}'),
      );
      await expect(suspicious(tenant).check?.(never)).rejects.toMatchObject({ status: 503 });
    }
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

async function startConsole() {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = [98, 100, 101];
  tenant.streams.events.itemOf = (id) => item(id, id === 100 ? 5 : 1);
  return tenant;
}

describe('whether a console is the one in which a position was reached', () => {
  test.each<[string, string, boolean | undefined]>([
    ['the same number with the same time is the same console', cursorAt(100, minutesAgo(5)), true],
    ['the same number with another time is another', cursorAt(100, minutesAgo(6)), false],
    ['a number that is not shown says nothing', cursorAt(99, minutesAgo(5)), undefined],
    ['nor does one beyond all', cursorAt(5000, minutesAgo(5)), undefined],
    ['nor a position whose time is not known', cursorAt(100), undefined],
    ['nor that of a console without events', cursorAt(0, minutesAgo(5)), undefined],
  ])('%s', async (_title, cursor, isSame) => {
    const tenant = await startConsole();
    expect(await sourceOf(tenant).recognises!(cursor, never)).toBe(isSame);
  });

  test('one request is enough, and a position without a time costs none', async () => {
    const tenant = await startConsole();
    const source = sourceOf(tenant);
    await source.recognises!(cursorAt(100, minutesAgo(5)), never);
    expect(tenant.asked()).toEqual([99]);
    await source.recognises!(cursorAt(100), never);
    expect(tenant.asked()).toEqual([]);
  });

  test('each stream is asked for its own number', async () => {
    const tenant = await startConsole();
    const source = sourceOf(tenant, {}, 'deepinstinct_suspicious_events');
    expect(await source.recognises!(cursorAt(100, minutesAgo(5)), never)).toBe(undefined);
    tenant.streams['suspicious-events'].ids = [100];
    tenant.streams['suspicious-events'].itemOf = (id) => item(id, 5);
    expect(await source.recognises!(cursorAt(100, minutesAgo(5)), never)).toBe(true);
  });

  test('suspicious events that are switched off say nothing, and a refused key is an error', async () => {
    const tenant = await startConsole();
    tenant.streams['suspicious-events'].disabled = true;
    const suspicious = sourceOf(tenant, {}, 'deepinstinct_suspicious_events');
    expect(await suspicious.recognises!(cursorAt(100, minutesAgo(5)), never)).toBe(undefined);
    tenant.answering((_request, response) => send(response, 401, '{}'));
    const refused = sourceOf(tenant).recognises!(cursorAt(100, minutesAgo(5)), never);
    await expect(refused).rejects.toMatchObject({ reason: 'auth' });
  });
});

// The suspicious stream: its own path and numbers, and a 401 that may mean that the feature is
// switched off.
import { describe, expect, test } from 'vitest';
import type { PollSource } from '../../../src/kit/source.ts';
import {
  cursorAt,
  drain,
  externalIds,
  type FakeTenant,
  item,
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

  test('while it cannot be told which is meant is neither', async () => {
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

// What people ask the console itself: the vendor's filter, one question at a time, and what its
// answers mean for them.
import { describe, expect, onTestFinished, test } from 'vitest';
import { startTenant } from '../../../simulators/tenant/index.ts';
import { createHttpClient } from '../../../src/kit/http/index.ts';
import type { SourceQuery } from '../../../src/kit/source.ts';
import { LookUp } from '../../../src/sources/deepinstinct/look-up.ts';
import { type Received, startFarEnd } from '../../support/far-end.ts';
import { item as itemText, never, send, token } from './fake-tenant.ts';

let nowMs = Date.parse('2026-03-05T00:00:00Z');

function lookUpAt(url: string, key: string = token, stream: 'event' | 'suspicious' = 'event') {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const link = 'https://console.example/#/events/{id}';
  return new LookUp({ http, url, token: key, stream, link, now: () => nowMs });
}

const all: SourceQuery = { after: null };

describe('a search', () => {
  test('finds what matches all that is asked for, oldest first, page by page', async () => {
    const tenant = await startTenant();
    onTestFinished(() => tenant.close());
    const ids = tenant.add('events', 60);
    const file_hash = 'a'.repeat(64);
    tenant.change('events', ids[7]!, { file_hash, threat_severity: 'VERY_HIGH', device_id: 9 });
    const lookUp = lookUpAt(tenant.url, tenant.token);
    const first = await lookUp.search(all, never);
    expect(first.items.map(({ externalId }) => externalId)).toEqual(ids.slice(0, 50).map(String));
    expect(first.next).toBe(String(ids[49]));
    const second = await lookUp.search({ after: first.next }, never);
    expect(second.items).toHaveLength(10);
    expect(await lookUp.search({ after: second.next }, never)).toEqual({ items: [], next: null });
    const query = { ...all, hash: file_hash, severities: [5], device: '9' } as const;
    const [found, ...others] = (await lookUp.search(query, never)).items;
    expect([found?.externalId, others]).toEqual([String(ids[7]), []]);
    expect(found?.body.link).toBe(`https://console.example/#/events/${ids[7]}`);
  });

  test('asks in the words of the vendor', async () => {
    const bodies: unknown[] = [];
    const farEnd = await startFarEnd((request, response) => {
      bodies.push([request.method, request.target, JSON.parse(request.body.toString())]);
      send(response, 200, '{"events":[]}');
    });
    const lookUp = lookUpAt(farEnd.origin, token, 'suspicious');
    const since = Date.parse('2026-02-03T00:00:00Z');
    const texts = { hash: 'h', path: 'c:\\*', tenant: 'T', device: '1003' };
    const lists = { types: ['A', 'B'], statuses: ['OPEN'], actions: ['DETECTED'] };
    await lookUp.search(
      { after: '17', ...texts, ...lists, severities: [1, 4], sinceMs: since },
      never,
    );
    await lookUp.search({ after: null, untilMs: since }, never);
    expect(bodies).toEqual([
      [
        'POST',
        '/api/v1/suspicious-events/search?after_event_id=17',
        {
          ...{ file_hash: 'h', path: 'c:\\*', tenant_name: 'T', device_id: 1003 },
          ...{ type: ['A', 'B'], status: ['OPEN'], action: ['DETECTED'] },
          threat_severity: ['NONE', 'HIGH'],
          insertion_timestamp: { from: '2026-02-03T00:00:00.000Z', to: '9999-01-01T00:00:00.000Z' },
        },
      ],
      [
        'POST',
        '/api/v1/suspicious-events/search?after_event_id=0',
        {
          insertion_timestamp: { from: '1970-01-01T00:00:00.000Z', to: '2026-02-03T00:00:00.000Z' },
        },
      ],
    ]);
  });

  test.each([
    ['a device by its name', { after: null, device: 'SRV-1' }, 'devices by their number alone'],
    ['what follows no number', { after: 'x' }, 'a search goes on at a number'],
  ])('for %s is refused without a call', async (_, query, words) => {
    const farEnd = await startFarEnd();
    await expect(lookUpAt(farEnd.origin).search(query, never)).rejects.toThrow(words);
    expect(farEnd.received).toEqual([]);
  });

  test('that would come round in a circle is an error', async () => {
    const farEnd = await startFarEnd((_, response) =>
      send(response, 200, `{"last_id":3,"events":[${itemText(3, 1)}]}`),
    );
    await expect(lookUpAt(farEnd.origin).search({ after: '3' }, never)).rejects.toThrow(
      'the server ignored after_event_id',
    );
  });
});

describe('an item', () => {
  const answering = async (answer: (request: Received) => string, status = 200) => {
    const farEnd = await startFarEnd((request, response) =>
      send(response, status, answer(request)),
    );
    return { farEnd, lookUp: lookUpAt(farEnd.origin) };
  };

  test('comes as it is now, with its own bytes', async () => {
    const raw = itemText(14539, 5, { status: 'CLOSED', note: 'ก\\u0000' });
    const { lookUp, farEnd } = await answering(() => `{"event": ${raw}}\n`);
    expect(await lookUp.item('14539', never)).toMatchObject({
      ...{ externalId: '14539', status: 'CLOSED', severity: 4, raw },
    });
    expect(farEnd.received.map(({ method, target }) => [method, target])).toEqual([
      ['GET', '/api/v1/events/14539'],
    ]);
  });

  test('that the console does not have, or could not, is none', async () => {
    const { lookUp, farEnd } = await answering(() => '{"message":"Event not found"}', 404);
    expect(await lookUp.item('5', never)).toBeUndefined();
    expect(farEnd.received).toHaveLength(1);
    for (const id of ['', 'x', '0', '-1', '1.5', '../7', '7/../8', '1e3', '9'.repeat(20)])
      expect(await lookUp.item(id, never)).toBeUndefined();
    expect(farEnd.received).toHaveLength(1);
  });

  test.each([
    ['of another number', `{"event":${itemText(6, 1)}}`, 'asked for event 5, it gave event 6'],
    ['without a number', '{"event":{"a":1}}', 'asked for event 5, it gave none'],
    ['that is no object', '{"event":null}', 'asked for event 5, it gave none'],
    ['in another envelope', itemText(5, 1), 'without a list of events'],
    ['that is a web page', '<!doctype html>', 'is a web page'],
    ['that is cut', `{"event":${itemText(5, 1).slice(0, 40)}`, 'cut short'],
    ['that is nothing', '', 'is no JSON'],
  ])('%s is an error', async (_, body, words) => {
    const { lookUp } = await answering(() => body);
    await expect(lookUp.item('5', never)).rejects.toThrow(words);
  });
});

describe('the console is spared', () => {
  test('by one question at a time', async () => {
    let release = () => {};
    const farEnd = await startFarEnd((_, response) => {
      release = () => send(response, 200, '{"events":[]}');
    });
    const lookUp = lookUpAt(farEnd.origin);
    const first = lookUp.search(all, never);
    await expect(lookUp.item('5', never)).rejects.toThrow('Ask again when that is answered');
    await expect.poll(() => farEnd.received.length).toBe(1);
    release();
    await first;
    farEnd.answering((_, response) => send(response, 404, ''));
    expect(await lookUp.item('5', never)).toBeUndefined();
  });

  test.each([429, 503])('after a %i for as long as it says', async (status) => {
    const farEnd = await startFarEnd((_, response) =>
      send(response, status, '{}', { 'retry-after': '20' }),
    );
    const lookUp = lookUpAt(farEnd.origin);
    await expect(lookUp.search(all, never)).rejects.toThrow(`answered ${status}`);
    await expect(lookUp.search(all, never)).rejects.toThrow(
      'it limits requests. Ask again in 20 s.',
    );
    expect(farEnd.received).toHaveLength(1);
    nowMs += 20_000;
    farEnd.answering((_, response) => send(response, 200, '{}'));
    expect(await lookUp.search(all, never)).toEqual({ items: [], next: null });
  });

  test('also if an hour is less than it wishes', async () => {
    const farEnd = await startFarEnd((_, response) =>
      send(response, 429, '{}', { 'retry-after': '999999' }),
    );
    const lookUp = lookUpAt(farEnd.origin);
    await expect(lookUp.item('5', never)).rejects.toThrow('answered 429');
    await expect(lookUp.item('5', never)).rejects.toThrow('Ask again in 3600 s.');
  });
});

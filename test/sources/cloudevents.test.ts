// The source cloudevents: the suite of all sources over the three modes, and the handshake.
import { describe, expect, test } from 'vitest';
import type { PushSource } from '../../src/kit/source.ts';
import { cloudevents } from '../../src/sources/cloudevents.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { faultsOf } from '../contract/draft-faults.ts';
import { describePushSource } from '../contract/push-suite.ts';
import { eventsOf, sample } from '../support/pushed-samples.ts';

const hash = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
const settings = {
  ...{ ...cloudevents.example, old_secret: 'the-secret-of-before-32-characters' },
  fields: { 'device.name': 'item.data.host' },
};
const binary = {
  'ce-specversion': '1.0',
  'ce-id': 'e-1',
  'ce-source': 'https://scanner.example.com/sites/bkk',
  'ce-type': 'com.example.scanner.finding',
  'ce-time': '2026-03-01T02:03:04.567Z',
  'ce-subject': 'hosts/web-1',
  'content-type': 'application/json; charset=utf-8',
};
const id = 'https://scanner.example.com/sites/bkk e-1';
const data = '{"severity":"high","host":"web-1"}';

describePushSource(cloudevents, {
  config: settings,
  fixtures: [
    {
      name: 'structured',
      body: sample('cloudevents/structured'),
      events: [[id, 'com.example.scanner.finding']],
    },
    {
      name: 'a batch with items that are none',
      body: sample('cloudevents/batch'),
      events: [
        ['/scanner e-1', 'com.example.scanner.finding'],
        [hash, 'UNRECOGNISED'],
        [hash, 'UNRECOGNISED'],
        [hash, 'x'],
      ],
    },
    {
      name: 'binary',
      body: data,
      headers: binary,
      events: [[id, 'com.example.scanner.finding']],
      alone: undefined,
    },
    { name: 'an empty batch', body: '[]', events: [] },
    { name: 'no event', body: '{"a":1}', events: [[hash, 'UNRECOGNISED']] },
  ],
  brokenBodies: ['5', '"text"', 'null'],
  asked: [
    {
      request: {
        method: 'OPTIONS',
        headers: new Headers({ 'webhook-request-origin': 'a.example' }),
      },
      status: 200,
    },
  ],
});

const source = () =>
  cloudevents.create(cloudevents.config.parse(settings), adapterContext()) as PushSource;

function sent(headers: Readonly<Record<string, string>>, body: string | Uint8Array) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const request = { headers: new Headers(headers), query: new URLSearchParams(), body: bytes };
  const [event] = source().parse(request).events;
  expect(faultsOf(event!)).toEqual([]);
  return event!;
}

test('the binary and the structured mode make the same event', () => {
  const [structured] = eventsOf(cloudevents, sample('cloudevents/structured'), settings);
  const { raw, ...event } = sent(binary, data);
  const { raw: other, ...same } = structured!;
  expect(event).toEqual(same);
  expect(JSON.parse(raw)).toMatchObject({
    ...JSON.parse(other),
    datacontenttype: expect.any(String),
  });
  expect(event).toMatchObject({
    ...{ severity: 4, occurredAt: '2026-03-01T02:03:04.567Z' },
    body: {
      ...{ itemId: 'e-1', target: 'hosts/web-1', device: { name: 'web-1' } },
      trigger: 'https://scanner.example.com/sites/bkk',
    },
  });
});

describe('in the binary mode', () => {
  test('data that is no JSON is kept byte for byte', () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0x7b);
    const { raw } = sent({ ...binary, 'content-type': 'application/octet-stream' }, bytes);
    expect(JSON.parse(raw)).toMatchObject({ data_base64: Buffer.from(bytes).toString('base64') });
  });

  test('there may be no data', () => {
    const { raw, type } = sent({ ...binary, 'ce-data': '5' }, '');
    expect(type).toBe('com.example.scanner.finding');
    expect(JSON.parse(raw)).not.toHaveProperty('data');
  });

  test('attributes are decoded, and one cannot stand for the data', () => {
    const headers = { 'ce-source': '/a%20b%C3%A9', 'ce-data': '{"severity":"critical"}' };
    const event = sent({ ...binary, ...headers, 'ce-subject': '100%' }, data);
    expect(event).toMatchObject({ severity: 4, body: { trigger: '/a bé', target: '100%' } });
  });

  test('what lacks an attribute is kept', () => {
    const { 'ce-id': _, ...rest } = binary;
    expect(sent(rest, data).type).toBe('UNRECOGNISED');
  });

  test('JSON that is cut is no event', () => {
    expect(() => sent(binary, data.slice(0, -1))).toThrow(/no JSON/);
  });
});

test('the same id of two sources is two events', () => {
  const ids = ['/a b', '/a'].map((from) => {
    const item = { specversion: '1.0', source: from, type: 'x', id: from === '/a' ? 'b c' : 'c' };
    return eventsOf(cloudevents, item)[0]?.externalId;
  });
  expect(new Set(ids).size).toBe(2);
});

test('a handshake is told how much a minute is taken', () => {
  const request = { query: new URLSearchParams(), body: new Uint8Array() };
  const headers = new Headers({ 'webhook-request-origin': 'a.example' });
  expect(source().answer?.({ ...request, method: 'OPTIONS', headers })).toMatchObject({
    headers: { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '3000' },
  });
  expect(source().answer?.({ ...request, method: 'POST', headers })).toBeUndefined();
  const bare = { ...request, method: 'OPTIONS', headers: new Headers() };
  expect(source().answer?.(bare)).toBeUndefined();
});

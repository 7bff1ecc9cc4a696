// One event out of a file: what is taken for one, and what is refused.
import { describe, expect, test } from 'vitest';
import { config } from '../../../src/sources/deepinstinct/config.ts';
import { readItem } from '../../../src/sources/deepinstinct/item.ts';
import { item, minutesAgo } from './fake-tenant.ts';

const settings = config.parse({ url: 'console.example.com', token: 'key' });
const one = item(7, 5);

describe('an event of a file', () => {
  test.each([
    ['alone', one],
    ['in a page', `{"last_id":7,"events":[${one}]}`],
    ['with blanks and line breaks', ` \n${one}\r\n`],
  ])('is read %s, as the source would read it', (_where, text) => {
    expect(readItem('event', text, settings)).toMatchObject({
      externalId: '7',
      subject: 'event/7',
      type: 'STATIC_ANALYSIS',
      severity: 4,
      occurredAt: minutesAgo(5),
      raw: text.includes('events') ? one : text.trim(),
      body: { link: 'https://console.example.com/' },
    });
  });

  test('is of the stream that is asked for', () => {
    expect(readItem('suspicious', one, settings)?.subject).toBe('suspicious/7');
  });

  test('leads to its own page where that is known, and nowhere without settings', () => {
    const event_link = 'https://console.example.com/#/events/{id}';
    expect(readItem('event', one, { ...settings, event_link })?.body.link).toBe(
      'https://console.example.com/#/events/7',
    );
    expect(readItem('event', one, undefined)?.body).toMatchObject({ link: undefined });
  });

  test.each(['threat_severity', 'insertion_timestamp', 'recorded_device_info', 'device_id'])(
    'is known by %s, even if that is null',
    (key) => {
      const text = JSON.stringify({ id: 7, type: 'A_TYPE_OF_THE_FUTURE', [key]: null });
      expect(readItem('event', text, settings)?.externalId).toBe('7');
    },
  );
});

test.each([
  ['nothing', ''],
  ['no JSON', one.slice(0, -1)],
  ['a list', `[${one}]`],
  ['a text', JSON.stringify(one)],
  ['null', 'null'],
  ['an empty page', '{"last_id":null,"events":[]}'],
  ['a page of two', `{"last_id":8,"events":[${one},${item(8, 4)}]}`],
  ['a page whose events are no list', `{"events":${one}}`],
  ['a page of one that is no object', '{"events":[7]}'],
  ['no number', item(7, 5, { id: null })],
  ['no type', item(7, 5, { type: 5 })],
  ['an event of another vendor', '{"id":7,"type":"alert","severity":"HIGH"}'],
])('%s is no event of Deep Instinct', (_what, text) => {
  expect(readItem('event', text, settings)).toBeUndefined();
});

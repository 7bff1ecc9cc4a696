// The name of an incident in another product leads back to its event.
import { expect, test } from 'vitest';
import { eventOfKey, incidentKey, incidentPrefix } from '../../src/kit/incident-key.ts';
import { storedEvent } from '../support/events.ts';

test('a card and its news have one name, which leads back', () => {
  const card = storedEvent({ id: 17 });
  const news = storedEvent({ id: 99, body: { news: { eventId: 17 } as never } });
  expect([incidentKey('tocsin', card), incidentKey('tocsin', news)]).toEqual([
    'tocsin:17',
    'tocsin:17',
  ]);
  expect(eventOfKey('tocsin', 'tocsin:17')).toBe(17);
});

test.each([
  'other:17',
  'tocsin:',
  'tocsin:0',
  'tocsin:1e3',
  'tocsin:17x',
  `tocsin:${'9'.repeat(30)}`,
  17,
  null,
])('%s is none of ours', (key) => expect(eventOfKey('tocsin', key)).toBeUndefined());

test('a prefix has no colon', () => {
  expect(incidentPrefix.safeParse('a:b').success).toBe(false);
  expect(incidentPrefix.parse(undefined)).toBe('tocsin');
});

// An event is found by each of its values, however they are written, and by no other.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  externalIdOf,
  isFoundBy,
  type KeyedEvent,
  type KeyKind,
  keyKinds,
  keyOf,
  keysOf,
} from '../../src/kit/event-keys.ts';

const event: KeyedEvent = {
  externalId: '4711',
  subject: 'event/4711',
  body: {
    itemId: '4711',
    device: { id: '17', name: 'WS-Front', ip: '10.0.0.1, fe80::1' },
    user: 'SHOP\\Ann, bob',
    file: { hash: 'ABCDEF' },
    remoteIp: '192.0.2.7',
  },
};

const values: readonly (readonly [KeyKind, string])[] = [
  ['id', '4711'],
  ['subject', 'event/4711'],
  ['hash', 'abcdef'],
  ['hash', ' ABCdef\t'],
  ['device', 'ws-front'],
  ['device', '17'],
  ['user', 'shop\\ann, bob'],
  ['user', 'SHOP\\ann'],
  ['user', 'ann'],
  ['user', 'Bob'],
  ['ip', '10.0.0.1'],
  ['ip', 'FE80::1'],
  ['ip', '192.0.2.7'],
];

/** As the database finds it: by a key, or by its external id. */
function isLedTo(one: KeyedEvent, kind: KeyKind, value: string): boolean {
  return keysOf(one).includes(keyOf(kind, value)) || externalIdOf(kind, value) === one.externalId;
}

test.each(values)('an event is found by its %s "%s"', (kind, value) => {
  expect(isFoundBy(event, kind, value)).toBe(true);
  expect(isLedTo(event, kind, value)).toBe(true);
});

test.each([
  ['device', 'ws-fron'],
  ['device', '4711'],
  ['user', 'shop'],
  ['user', 'bob\\ann'],
  ['ip', '10.0.0'],
  ['hash', ''],
  ['id', '471'],
  ['subject', '4711'],
] as const)('it is not found by the %s "%s"', (kind, value) => {
  expect(isFoundBy(event, kind, value)).toBe(false);
  expect(keysOf(event)).not.toContain(keyOf(kind, value));
});

test('an id or a subject to which the external id leads costs no key; any other has one', () => {
  const bare = { ...event, body: { itemId: '4711' } };
  expect(keysOf(bare)).toEqual([]);
  expect(keysOf({ ...bare, externalId: 'g2/4711' })).toEqual([
    keyOf('id', '4711'),
    keyOf('subject', 'event/4711'),
  ]);
  const changed = { ...bare, externalId: '4711@2026-03-02T15:00:00Z', subject: 'Event/4711' };
  for (const [kind, value] of [
    ['id', '4711'],
    ['id', '4711@2026-03-02t15:00:00z'],
    ['subject', 'event/4711'],
  ] as const)
    expect(keysOf(changed)).toContain(keyOf(kind, value));
});

test('what Tocsin says of itself has no keys', () => {
  const body = { ...event.body, notice: { kind: 'sample', values: {} } } as const;
  expect(keysOf({ ...event, body })).toEqual([]);
  expect(isFoundBy({ ...event, body }, 'device', 'ws-front')).toBe(false);
});

test('a number means the same for ever: it is stored', () => {
  expect(values.map(([kind, value]) => keyOf(kind, value))).toMatchInlineSnapshot(`
    [
      -1824766199,
      1622939971,
      1555627610,
      1555627610,
      1355459566,
      -746992537,
      383459167,
      -73842080,
      -121985694,
      -1663025935,
      -1262684203,
      1897137657,
      588227356,
    ]
  `);
});

test('each number is once among the keys and has 32 bits', () => {
  const body = { device: { id: 'a', name: 'A' }, user: 'x, X ,x', remoteIp: '::1;::1' };
  const keys = keysOf({ ...event, body });
  expect(keys).toHaveLength(4);
  for (const key of keys) expect(key | 0).toBe(key);
});

test('long and hostile texts cost little, and are found by their beginning', () => {
  const user = Array.from({ length: 10_000 }, (_, n) => `u${n}`).join(',');
  const ip = ' '.repeat(10_000) + '1.1.1.1 '.repeat(10_000);
  const keys = keysOf({ ...event, body: { user, remoteIp: ip } });
  expect(keys.length).toBeLessThan(30);
  const name = 'İ'.repeat(1000);
  const long = { ...event, body: { device: { name } } };
  expect(isLedTo(long, 'device', name)).toBe(true);
  expect(isFoundBy(long, 'device', name)).toBe(true);
});

test('whatever finds an event has led to it', () => {
  const word = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a', 'A', ' a', 'g2/a'));
  const list = fc.array(word, { maxLength: 4 }).map((words) => words.join(','));
  const made = fc.record({
    externalId: word,
    subject: fc.oneof(
      word,
      word.map((one) => `event/${one}`),
    ),
    body: fc.record(
      {
        itemId: word,
        user: list,
        remoteIp: list,
        device: fc.record({ id: word, name: word, ip: list }),
      },
      { requiredKeys: [] },
    ),
  });
  fc.assert(
    fc.property(made, fc.constantFrom(...keyKinds), word, (one, kind, value) => {
      fc.pre(value.trim() !== '');
      if (isFoundBy(one, kind, value)) expect(isLedTo(one, kind, value)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('the values of a large fleet share few numbers', () => {
  const names = Array.from({ length: 100_000 }, (_, n) => `ws-${n}`);
  const keys = new Set(names.map((name) => keyOf('device', name)));
  // 1.2 are to be expected of 2^32.
  expect(names.length - keys.size).toBeLessThan(10);
  const low = new Set([...keys].map((key) => key & 0xffff));
  expect(low.size).toBeGreaterThan(50_000);
});

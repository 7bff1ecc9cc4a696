// By what events belong together: keys that are the same for the same values, and fit an index.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupFields, groupKeyOf, readGroupKey } from '../../../src/core/rules/group.ts';
import { draft } from '../../store/stored.ts';

const event = draft(1, { type: 'RANSOMWARE', severity: 4, body: { device: { name: 'PC-7' } } });
const all = Object.keys(groupFields) as (keyof typeof groupFields)[];

test('a key holds the route and the values, in the order in which the route has them', () => {
  const key = groupKeyOf('night', ['severity', 'device', 'source'], { source: 'di', event });
  expect(readGroupKey(key!)).toEqual({ route: 'night', values: ['HIGH', 'PC-7', 'di'] });
});

test('what has none of the values goes out alone, unless everything is one group', () => {
  expect(groupKeyOf('night', ['hash', 'tenant'], { source: 'di', event })).toBeUndefined();
  expect(readGroupKey(groupKeyOf('night', [], { source: 'di', event })!)).toEqual({
    route: 'night',
    values: [],
  });
});

test('a device without a name is known by its id', () => {
  const nameless = draft(1, { body: { device: { id: '42' } } });
  const key = groupKeyOf('r', ['device'], { source: 'di', event: nameless });
  expect(readGroupKey(key!).values).toEqual(['42']);
});

test('a key fits the index, whatever an attacker wrote, and differs where values do', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  fc.assert(
    fc.property(text, text, (name, hash) => {
      const keyOf = (one: string) =>
        groupKeyOf('r'.repeat(200), all, {
          source: 'di',
          event: draft(1, { body: { device: { name: one, group: name }, file: { hash } } }),
        })!;
      expect(Buffer.byteLength(keyOf(name))).toBeLessThan(2700);
      expect(keyOf(name)).toBe(keyOf(name));
      if (name.length < 100) expect(keyOf(`${name}.`)).not.toBe(keyOf(name));
    }),
  );
});

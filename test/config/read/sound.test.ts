// One wrong entry spoils only itself: what is right comes through, and each problem is reported
// once.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Findings } from '../../../src/config/read/environment.ts';
import { hasGap, readSound, withoutGaps } from '../../../src/config/read/sound.ts';

const id = z.string().regex(/^[a-z]+$/, 'is not an id');
const schema = z.strictObject({
  list: z.array(z.strictObject({ name: z.string(), size: z.number().optional() })).optional(),
  map: z.record(id, z.looseObject({ type: z.string() })).optional(),
  either: z
    .union(
      [z.string(), z.looseObject({ sink: z.string(), as: z.string().optional() })],
      'is neither',
    )
    .optional(),
});
const place = (path: readonly PropertyKey[], key?: string) => [...path, key ?? []].flat().join('.');

function read(content: unknown) {
  const findings: Findings = { problems: [], warnings: [] };
  const sound = readSound({ schema, content, place }, findings);
  return { sound, problems: findings.problems.map(({ where, problem }) => `${where} ${problem}`) };
}

it('hands on what is right as it is', () => {
  const content = {
    list: [{ name: 'a', size: 1 }],
    map: { x: { type: 't', more: [1] } },
    either: 'b',
  };
  expect(read(content)).toEqual({ sound: content, problems: [] });
});

it('leaves a gap where something is wrong, missing or unknown, and nothing else', () => {
  const { sound, problems } = read({
    list: [{ name: 'a', size: 'x' }, { name: 'b' }, 7, { size: 2 }, { name: 'c', sise: 1 }],
    map: { x: { type: 5, kept: true }, y: { type: 't' } },
    other: 1,
  });
  const gap = undefined;
  expect(sound).toStrictEqual({
    list: [
      { name: 'a', size: gap },
      { name: 'b' },
      gap,
      { name: gap, size: 2 },
      { name: 'c', sise: gap },
    ],
    map: { x: { type: gap, kept: true }, y: { type: 't' } },
    other: gap,
  });
  expect(problems).toEqual([
    'list.0.size is not a number',
    'list.2 is not a map',
    'list.3.name is missing',
    'list.4.sise "sise" is not a key that belongs here',
    'map.x.type is not a text',
    'other "other" is not a key that belongs here',
  ]);
});

it('judges what stands under a wrong name by itself', () => {
  const { sound, problems } = read({ map: { 'A 1': { type: 't' }, 'B 2': 7 } });
  expect(sound).toStrictEqual({ map: { 'A 1': { type: 't' }, 'B 2': undefined } });
  expect(problems).toEqual([
    'map.A 1 is not an id',
    'map.B 2 is not an id',
    'map.B 2 is not a map',
  ]);
});

it('says nothing of gaps that were reported before, also where one of several forms is meant', () => {
  const content = {
    list: [undefined, { name: undefined }],
    map: undefined,
    either: { sink: undefined },
  };
  expect(read(content)).toEqual({ sound: content, problems: [] });
  expect(read({ either: { sink: undefined, as: 5 } }).problems).toEqual(['either is neither']);
});

it('leaves nothing of what is wrong as a whole', () => {
  expect(read([1])).toEqual({ sound: undefined, problems: [' is not a map'] });
});

it('is not led astray by names of the language', () => {
  const content = JSON.parse('{ "map": { "__proto__": { "type": 5 } }, "__proto__": 1 }');
  const { sound, problems } = read(content);
  expect(problems.length).toBeGreaterThan(0);
  expect(hasGap(sound)).toBe(true);
  expect(Object.getPrototypeOf(sound)).toBe(Object.prototype);
});

it('is right once what was wrong is left out, whatever that was', () => {
  const anything = fc.oneof(fc.constant(undefined), fc.jsonValue());
  const entry = fc.record({ name: anything, size: anything }, { requiredKeys: [] });
  const content = fc.record(
    {
      list: fc.array(fc.oneof(entry, anything)),
      map: fc.dictionary(fc.string(), entry),
      either: anything,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(content, (written) => {
      const copy = structuredClone(written);
      const { sound } = read(written);
      expect(written).toEqual(copy);
      // Names and keys stay as they are written.
      const ofNames = / is not an id$| is not a key that belongs here$/;
      const again = read(sound).problems.filter((problem) => !ofNames.test(problem));
      expect(again).toEqual([]);
    }),
  );
});

it('tells what is whole', () => {
  expect([{}, [], { a: [{ b: 1 }] }, 'x', null].some(hasGap)).toBe(false);
  expect([{ a: undefined }, [undefined], { a: [{ b: undefined }] }].every(hasGap)).toBe(true);
  expect(withoutGaps({ a: 1, b: undefined, c: [undefined], d: ['x'] })).toStrictEqual({
    a: 1,
    d: ['x'],
  });
});

// Schemas that are the same get one name.
import { expect, test } from 'vitest';
import { pascal, shareSchemas } from '../../../src/http/api/components.ts';

const bell = {
  type: 'object',
  properties: { id: { type: 'string' }, tone: { type: 'string' }, size: { type: 'integer' } },
  required: ['id'],
};
const page = (items: object) => ({
  type: 'object',
  properties: { items: { type: 'array', items } },
});

test('what is there twice is named after its first place, and what is there once stays', () => {
  const { schemas, components } = shareSchemas([
    { name: 'BellList', schema: page(bell) },
    { name: 'BellShow', schema: bell },
    { name: 'BellCast', schema: page({ type: 'string' }) },
  ]);
  const $ref = '#/components/schemas/BellListItem';
  expect(schemas).toEqual([page({ $ref }), { $ref }, page({ type: 'string' })]);
  expect(components).toEqual({ BellListItem: bell });
});

test('what is within another one is named too, and small ones are not', () => {
  const small = { type: 'object', properties: { a: bell } };
  const tower = { type: 'object', properties: { high: bell, low: small, at: { type: 'string' } } };
  const { schemas, components } = shareSchemas([
    { name: 'One', schema: tower },
    { name: 'Two', schema: page(tower) },
  ]);
  const within = { $ref: '#/components/schemas/OneHigh' };
  expect(schemas).toEqual([
    { $ref: '#/components/schemas/One' },
    page({ $ref: '#/components/schemas/One' }),
  ]);
  expect(components).toEqual({
    One: {
      type: 'object',
      properties: {
        high: within,
        low: { type: 'object', properties: { a: within } },
        at: { type: 'string' },
      },
    },
    OneHigh: bell,
  });
});

test('two that differ have two names', () => {
  const other = { ...bell, required: [] };
  const { components } = shareSchemas([
    { name: 'Bell', schema: { anyOf: [bell, other, bell, other] } },
  ]);
  expect(components).toEqual({ Bell: bell, Bell2: other });
});

test('an example that looks like a schema stays as it is', () => {
  const schema = { type: 'object', default: bell, enum: [bell] };
  expect(shareSchemas([{ name: 'A', schema }]).schemas).toEqual([schema]);
});

test('names are written without hyphens', () => {
  expect([pascal('bell-ring'), pascal('byTone'), pascal('by_tone')]).toEqual([
    ...['BellRing', 'ByTone', 'ByTone'],
  ]);
});

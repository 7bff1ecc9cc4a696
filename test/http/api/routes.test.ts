// A route takes apart into method, path and fields.
import { expect, test } from 'vitest';
import { honoPath, isRouted, placesOf } from '../../../src/http/api/routes.ts';
import { createTable } from './table.ts';

test('the fields of a route are the names in its braces', () => {
  const routed = createTable().table.filter(isRouted);
  expect(routed.map(({ name }) => name)).not.toContain('bell-cast');
  const ring = routed.find(({ name }) => name === 'bell-ring')!;
  expect(placesOf(ring)).toEqual({ method: 'POST', path: '/bells/{bell}/ring', fields: ['bell'] });
  expect(honoPath('/bells/{bell}/ring')).toBe('/bells/:bell/ring');
});

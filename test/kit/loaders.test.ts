// Definitions are loaded by the names of their types, and no others are.
import { expect, test, vi } from 'vitest';
import { loadTypes } from '../../src/kit/loaders.ts';

const loadersOf = () => ({
  bell: vi.fn(async () => 'a bell'),
  drum: vi.fn(async () => 'a drum'),
  horn: vi.fn(async () => 'a horn'),
});

test('the types that are named are loaded, in the order of the registry, and nothing else is', async () => {
  const loaders = loadersOf();
  const loaded = await loadTypes(loaders, ['horn', 'bell', 'horn']);
  expect(Object.entries(loaded)).toEqual([
    ['bell', 'a bell'],
    ['horn', 'a horn'],
  ]);
  expect(loaders.drum).not.toHaveBeenCalled();
  expect(loaders.horn).toHaveBeenCalledOnce();
});

test('without names all are', async () => {
  expect(Object.keys(await loadTypes(loadersOf()))).toEqual(['bell', 'drum', 'horn']);
});

test('what is no type is passed over, also what every object inherits', async () => {
  expect(await loadTypes(loadersOf(), ['gong', 'constructor'])).toEqual({});
});

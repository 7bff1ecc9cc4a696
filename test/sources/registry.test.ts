// The registry loads each type by its own name.
import { expect, test } from 'vitest';
import { loadTypes } from '../../src/kit/loaders.ts';
import { sources } from '../../src/sources/index.ts';
import { sourceLoaders } from '../../src/sources/registry.ts';

test('every type is loaded by its name', async () => {
  for (const [type, load] of Object.entries(sourceLoaders)) expect((await load()).type).toBe(type);
});

test('what is loaded by its name is what all of them hold', async () => {
  const loaded = await loadTypes(sourceLoaders, ['falco', 'wazuh_indexer']);
  expect(Object.keys(loaded)).toEqual(['falco', 'wazuh_indexer']);
  for (const [type, definition] of Object.entries(loaded)) expect(sources[type]).toBe(definition);
});

// The registry loads each type by its own name.
import { expect, test } from 'vitest';
import { loadTypes } from '../../src/kit/loaders.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sinkLoaders } from '../../src/sinks/registry.ts';

test('every type is loaded by its name', async () => {
  for (const [type, load] of Object.entries(sinkLoaders)) expect((await load()).type).toBe(type);
});

test('what is loaded by its name is what all of them hold', async () => {
  const loaded = await loadTypes(sinkLoaders, ['ntfy', 'slack_bot']);
  expect(Object.keys(loaded)).toEqual(['ntfy', 'slack_bot']);
  for (const [type, definition] of Object.entries(loaded)) expect(sinks[type]).toBe(definition);
});

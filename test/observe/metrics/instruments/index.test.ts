// All metrics in one registry: none is forgotten, none is made twice.
import { expect, test } from 'vitest';
import {
  createInstruments,
  createRegistry,
} from '../../../../src/observe/metrics/instruments/index.ts';

test('every metric is in the registry that is given, beside those of Node', async () => {
  const registry = createRegistry();
  const before = registry.getMetricsAsArray().map(({ name }) => name);
  expect(before).toContain('process_cpu_seconds_total');
  expect(before.filter((name) => name.startsWith('tocsin_'))).toEqual([]);
  const instruments = createInstruments(registry);
  const own = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('tocsin_'));
  expect(own).toHaveLength(Object.keys(instruments).length);
  expect(new Set(own)).toEqual(new Set(Object.values(instruments)));
});

test('a second set in the same registry is refused, so that no metric counts twice', () => {
  const registry = createRegistry();
  createInstruments(registry);
  expect(() => createInstruments(registry)).toThrow(/already been registered/);
});

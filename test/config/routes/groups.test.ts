// What a route says of waiting, from tocsin.yaml to the policy, and everything that may be wrong
// with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { ConfigError } from '../../../src/kit/errors.ts';
import { registries } from '../registries.ts';

const directory = mkdtempSync(join(tmpdir(), 'tocsin-groups-'));
afterAll(() => rmSync(directory, { recursive: true }));

function load(route: string) {
  const text = `sinks: { soc: { type: stdout } }\nroutes:\n  - { name: r, to: [soc], ${route} }\n`;
  writeFileSync(join(directory, 'tocsin.yaml'), text);
  return loadConfig({ env: { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, registries, needs: [] })
    .routes[0]?.group;
}

/** The place within the route and what is wrong, without the remedy. */
function problems(route: string): string[] {
  try {
    load(route);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(
      ({ where, problem }) => `${where.replace(/^.*routes\[0\]\.?/, '')} ${problem}`,
    );
  }
}

test('a group has its times in milliseconds, each field once, and what is usual for the rest', () => {
  expect(load('group: { by: [device, type, device], wait: 0s, interval: 2h, max: 7 }')).toEqual({
    by: ['device', 'type'],
    waitMs: 0,
    intervalMs: 7_200_000,
    max: 7,
    cards: 0,
  });
  expect(load('group: { by: [] }')).toEqual({
    by: [],
    waitMs: 30_000,
    intervalMs: 300_000,
    max: 1000,
    cards: 0,
  });
  expect(load('repeats: false')).toBeUndefined();
});

test('a throttle is a group without a wait, whose first events go out one by one', () => {
  const policy = load('throttle: { by: [hash], max: 5, window: 1h }');
  expect(policy).toMatchObject({ by: ['hash'], waitMs: 0, intervalMs: 3_600_000, cards: 5 });
});

test('a route has one of the two', () => {
  const both = 'group: { by: [device] }, throttle: { by: [device], max: 5, window: 1h }';
  expect(problems(both)).toEqual(['throttle is written, and so is group']);
});

test('for a word that is no field the nearest one is named', () => {
  expect(() => load('group: { by: [devise] }')).toThrow(
    /Use one of: .*device.*\. Did you mean "device"\?/,
  );
});

test('a name is no longer than can be shown', () => {
  const text = (name: string) =>
    `sinks: { soc: { type: stdout } }\nroutes: [{ name: ${name}, to: [soc] }]\n`;
  const loadNamed = (name: string) => {
    writeFileSync(join(directory, 'tocsin.yaml'), text(name));
    return loadConfig({ env: { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, registries, needs: [] });
  };
  expect(loadNamed('x'.repeat(200)).routes).toHaveLength(1);
  expect(() => loadNamed('x'.repeat(201))).toThrow('at most 200 characters');
});

test('everything that is wrong is reported at once', () => {
  expect(problems('group: { by: [devise], wait: 2x, interval: 0s, max: 1 }')).toEqual([
    'group.by[0] is not one of the words that belong here',
    'group.wait "2x" is not a duration from 0s to 1d',
    'group.interval "0s" is not a duration from 1s to 7d',
    'group.max "1" is out of range',
  ]);
  expect(problems('throttle: { by: device, max: 0, every: 1h }')).toEqual([
    'throttle.by is not a list',
    'throttle "every" is not a key that belongs here',
    'throttle.window is missing',
    'throttle.max "0" is out of range',
  ]);
});

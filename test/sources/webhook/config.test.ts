// The settings of the generic source are checked when they are read.
import { expect, test } from 'vitest';
import { config } from '../../../src/sources/webhook/config.ts';

const secret = 'a-secret-of-32-random-characters';

test.each([
  [{ items: 'item.alerts' }, /^items cannot be used: there is no "item"/],
  [{ id: 'item.' }, /^id cannot be used/],
  [{ fields: { 'device.nme': 'item.a' } }, /^fields/],
  [
    { fields: { 'device.name': 'host' } },
    /^fields\.device\.name cannot be used: there is no "host"/,
  ],
  [{ severity_map: { a: 'GRAVE' } }, /^severity_map\.a/],
  [{ event_link: 'https://a.example/' }, /^event_link needs \{id\} once/],
  [{ rate: 0 }, /^rate/],
  [{ body_max: 100_000_000 }, /^body_max/],
])('%o is refused', (given, fault) => {
  const { error } = config.safeParse({ proof: 'path', secret, ...given });
  expect(error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    expect.stringMatching(fault),
  ]);
});

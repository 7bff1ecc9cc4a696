// What the service says of itself in each state it can be in.
import { describe, expect, test } from 'vitest';
import type { Standing } from '../../src/core/identity/standing.ts';
import { createWrites } from '../../src/core/loops/writes.ts';
import {
  isLive,
  readiness,
  type ServiceState,
  whyNoHeartbeat,
} from '../../src/service/readiness.ts';

const well: Standing = {
  ...{ isStranger: false, disowned: [], contested: [], readHereOnly: [], foreigners: 0 },
  left: new Set(),
};
const rolesThat = (more: Partial<NonNullable<ServiceState['roles']>> = {}) => ({
  ...{ stuckMs: () => 0, standing: () => well, clockLeap: () => undefined },
  ...more,
});

function stateOf(more: Partial<ServiceState> = {}): ServiceState {
  const relay = {
    sources: [{ id: 'a' }],
    consoleWatch: { refused: () => new Set(['a']) },
    vitals: { db: undefined, roles: [], listeners: [] },
  } as unknown as ServiceState['relay'];
  const store = { ping: async () => {} };
  return { store, writes: createWrites(), relay, roles: rolesThat(), isStopping: false, ...more };
}

function failingWrites() {
  const writes = createWrites();
  const full = Object.assign(new Error('full'), { code: '53100' });
  for (let n = 0; n < 3; n += 1) writes.failed('x', full);
  return writes;
}

const disowned = { ...well, disowned: ['a'] };
const leapt = { ms: 3_600_000, clockMs: 0, key: 'k' };

describe('readiness', () => {
  test.each<[string, Partial<ServiceState>, boolean, RegExp]>([
    ['all is well', {}, true, /^the database answers and is migrated$/],
    ['it stops', { isStopping: true }, false, /^stopping$/],
    ['no database was ready yet', { roles: undefined }, false, /^waiting for the database$/],
    ['writes fail', { writes: failingWrites() }, false, /takes no writes: its disk is full/],
    [
      'it has not looked at the others yet',
      { roles: rolesThat({ standing: () => undefined }) },
      false,
      /^waiting for the first heartbeat$/,
    ],
    [
      'no source may be read',
      { roles: rolesThat({ standing: () => disowned }) },
      false,
      /^no source may be read here: .*other consoles/,
    ],
    [
      'the clock leapt',
      { roles: rolesThat({ clockLeap: () => leapt }) },
      true,
      /migrated; its clock leapt by 3600 s at 1970-01-01T00:00:00.000Z$/,
    ],
    [
      'roles are left to another',
      { roles: rolesThat({ standing: () => ({ ...well, left: new Set(['sink:x']) }) }) },
      true,
      /; left to a process with other consoles or webhooks: sink:x$/,
    ],
  ])('when %s', async (_title, more, ok, detail) => {
    const answer = await readiness(stateOf(more));
    expect(answer).toEqual({ ok, detail: expect.stringMatching(detail) });
  });

  test('when the database does not answer is its error', async () => {
    const store = { ping: () => Promise.reject(new Error('away')) };
    await expect(readiness(stateOf({ store }))).rejects.toThrow('away');
  });
});

test.each([
  ['before the database is ready', undefined, true],
  ['while the loops turn', rolesThat({ stuckMs: () => 59_999 }), true],
  ['when a loop stands still', rolesThat({ stuckMs: () => 60_000 }), false],
])('it is alive %s', (_title, roles, expected) => {
  expect(isLive({ roles })).toBe(expected);
});

test.each<[string, Partial<ServiceState>, RegExp]>([
  ['no database was ready yet', { roles: undefined }, /^waiting for the database$/],
  ['a loop stands still', { roles: rolesThat({ stuckMs: () => 60_000 }) }, /^a loop stands still$/],
  ['writes fail', { writes: failingWrites() }, /takes no writes/],
  [
    'the database is away',
    { store: { ping: () => Promise.reject(new Error('away')) } },
    /^the database does not answer/,
  ],
  [
    'no source may be read',
    { roles: rolesThat({ standing: () => disowned }) },
    /^no source may be read/,
  ],
])('no heartbeat is sent when %s', async (_title, more, why) => {
  expect(await whyNoHeartbeat(() => stateOf(more))).toMatch(why);
});

test('a heartbeat goes by the configuration that came while the database was asked', async () => {
  let now = stateOf({});
  const ping = async () => {
    now = stateOf({ roles: rolesThat({ standing: () => disowned }) });
  };
  now = stateOf({ store: { ping } });
  expect(await whyNoHeartbeat(() => now)).toMatch(/^no source may be read/);
});

// What a route asks of an event's plain facts: each thing by itself, and the order in which a miss
// is named.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob } from '../../../src/core/rules/glob.ts';
import { type EventFacts, type Match, missOfMatch } from '../../../src/core/rules/match.ts';
import { parseNetwork } from '../../../src/core/rules/network.ts';
import type { Severity } from '../../../src/kit/event.ts';
import type { MissReason } from '../../../src/kit/records/suppression.ts';

const event: EventFacts = {
  stream: 'event',
  type: 'RANSOMWARE_FILE',
  severity: 4,
  status: 'OPEN',
  action: 'DETECTED',
  body: {
    tenant: { name: 'Example Clinic', provider: 'Provider One' },
    device: { name: 'SRV-01', group: 'Servers', ip: '10.0.0.7' },
  },
};

const globs = (...patterns: string[]) => patterns.map(compileGlob);
const networks = (...texts: string[]) => texts.map(parseNetwork);

/**
 * In the order in which they are asked: what fits the event, what does not, and what is then named.
 */
const criteria: readonly (readonly [MissReason, Partial<Match>, Partial<Match>])[] = [
  ['other_source', { sources: ['other', 'di'] }, { sources: ['other'] }],
  ['below_min_severity', { minSeverity: 4 }, { minSeverity: 5 }],
  ['other_stream', { streams: ['suspicious', 'event'] }, { streams: ['suspicious'] }],
  ['other_type', { types: globs('x', 'ransomware*') }, { types: globs('ransomware') }],
  ['other_action', { actions: globs('x', 'detected') }, { actions: globs('PREVENTED') }],
  ['other_status', { statuses: globs('x', 'OPEN') }, { statuses: globs('CLOSED') }],
  ['other_tenant', { tenants: globs('x', 'example*') }, { tenants: globs('acme*') }],
  ['other_device', { devices: globs('x', 'SRV-??') }, { devices: globs('WS-*') }],
  ['other_group', { groups: globs('x', 'servers') }, { groups: globs('Laptops') }],
  [
    'other_network',
    { networks: networks('fd00::/8', '10.0.0.0/8') },
    { networks: networks('192.0.2.0/24') },
  ],
  [
    'excluded',
    { not: [{ minSeverity: 5 }, { minSeverity: 0, devices: globs('SRV-*'), types: globs('PUA') }] },
    { not: [{ minSeverity: 5 }, { minSeverity: 4, devices: globs('SRV-*') }] },
  ],
];

const miss = (match: Partial<Match>, facts: EventFacts = event) =>
  missOfMatch({ minSeverity: 1, ...match }, 'di', facts);

test('a match that asks for nothing takes everything', () => {
  expect(miss({})).toBeUndefined();
});

test.each(criteria)(
  '%s is named if that alone does not hold, and one of a list is enough',
  (reason, fitting, missing) => {
    expect([miss(fitting), miss(missing)]).toEqual([undefined, reason]);
  },
);

test('everything must hold, and the first that does not is named', () => {
  const choices = fc.tuple(...criteria.map(() => fc.constantFrom('absent', 'fits', 'misses')));
  fc.assert(
    fc.property(choices, (chosen) => {
      const parts = criteria.map(([, fitting, missing], n) =>
        chosen[n] === 'absent' ? {} : chosen[n] === 'fits' ? fitting : missing,
      );
      expect(miss(Object.assign({}, ...parts))).toBe(criteria[chosen.indexOf('misses')]?.[0]);
    }),
  );
});

test('an unknown severity passes every threshold', () => {
  const passing = (severity: Severity) =>
    ([1, 2, 3, 4, 5] as const).filter(
      (minSeverity) => miss({ minSeverity }, { ...event, severity }) === undefined,
    );
  expect(([0, 1, 2, 3, 4, 5] as const).map((severity) => passing(severity).length)).toEqual([
    5, 1, 2, 3, 4, 5,
  ]);
});

test("a tenant is found by its own name and by its provider's", () => {
  const named = (...patterns: string[]) => miss({ tenants: globs(...patterns) });
  expect([named('Example*'), named('Provider One'), named('One')]).toEqual([
    undefined,
    undefined,
    'other_tenant',
  ]);
});

const withIp = (ip: string): EventFacts => ({ ...event, body: { device: { ip } } });

test('of several addresses in one text, each takes part', () => {
  const inside = { networks: networks('10.0.0.0/8', 'fd00::/8') };
  for (const ip of [
    '192.0.2.7, 10.1.2.3',
    '10.1.2.3;192.0.2.7',
    '192.0.2.7 fd00::1',
    '::1|10.0.0.1',
    ' 10.0.0.1 ',
  ]) {
    expect(miss(inside, withIp(ip)), ip).toBeUndefined();
  }
  for (const ip of ['192.0.2.7, 192.0.2.8', ', ;', '10.0.0', '110.0.0.1 x10.0.0.1']) {
    expect(miss(inside, withIp(ip)), ip).toBe('other_network');
  }
});

test('what the vendor did not say fits no pattern and is in no network', () => {
  const silent: EventFacts = {
    stream: 'event',
    type: 'A_TYPE',
    severity: 4,
    status: null,
    action: null,
    body: {},
  };
  const all = globs('*');
  expect(miss({ types: all }, silent)).toBeUndefined();
  expect([
    miss({ actions: all }, silent),
    miss({ statuses: all }, silent),
    miss({ tenants: all }, silent),
    miss({ devices: all }, silent),
    miss({ groups: all }, silent),
    miss({ networks: networks('0.0.0.0/0', '::/0') }, silent),
  ]).toEqual([
    'other_action',
    'other_status',
    'other_tenant',
    'other_device',
    'other_group',
    'other_network',
  ]);
});

test('what is not known is left out by no exception', () => {
  const { device: _, ...body } = event.body;
  expect(
    miss({ not: [{ minSeverity: 0, devices: globs('*') }] }, { ...event, body }),
  ).toBeUndefined();
  expect(
    miss({ minSeverity: 0, not: [{ minSeverity: 1 }] }, { ...event, severity: 0 }),
  ).toBeUndefined();
});

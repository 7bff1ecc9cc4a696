// The two definitions keep the contract of sources. What is Deep Instinct's own is tested in the
// files beside this one.
import { expect, test } from 'vitest';
import {
  deepinstinctEvents,
  deepinstinctSuspiciousEvents,
} from '../../../src/sources/deepinstinct/index.ts';
import { describePollSource } from '../../contract/source-suite.ts';
import { nowMs } from './fake-tenant.ts';
import { brokenPages, configOf, emptyPage, fixtureOf } from './page-fixtures.ts';

describePollSource(deepinstinctEvents, {
  config: configOf,
  fixtures: ['events-2.3', 'events-5', 'events-behavioural', 'unrecognisable'].map(fixtureOf),
  itemAnswer: (raw) => `{"event": ${raw}}`,
  emptyPage,
  brokenPages,
});

describePollSource(deepinstinctSuspiciousEvents, {
  config: configOf,
  fixtures: ['suspicious-events-3.3', 'suspicious-events-5'].map(fixtureOf),
  itemAnswer: (raw) => `{"event": ${raw}}`,
  emptyPage,
  brokenPages,
});

test('what is about a device comes among the events, and has no series of its own', () => {
  const { types, typesKnown } = deepinstinctEvents;
  expect(typesKnown).toEqual(expect.arrayContaining(['D_CLIENT_UNINSTALL', ...types!]));
  expect(types).not.toContain('D_CLIENT_UNINSTALL');
  const suspicious = deepinstinctSuspiciousEvents;
  expect(suspicious.typesKnown).toEqual(suspicious.types);
  expect(types!.filter((type) => suspicious.types!.includes(type))).toEqual([]);
});

test.each([deepinstinctEvents, deepinstinctSuspiciousEvents])(
  '$type warns of a start that is still to come, and of no other',
  ({ config, example, warnings }) => {
    const of = (start_from: string) => warnings!(config.parse({ ...example, start_from }), nowMs);
    expect(of('2026-03-06')).toEqual([
      { key: 'start_from', text: expect.stringContaining('is in the future') },
    ]);
    expect(of('2026-03-04')).toEqual([]);
    expect(of('now')).toEqual([]);
  },
);

test('both streams of a console are read from the same far end', () => {
  const [events, suspicious] = [deepinstinctEvents, deepinstinctSuspiciousEvents].map((one) =>
    one.consoleOf!(one.config.parse({ ...one.example, url: 'console.example.com/api/v1/' })),
  );
  expect(events).toBe('https://console.example.com');
  expect(suspicious).toBe(events);
});

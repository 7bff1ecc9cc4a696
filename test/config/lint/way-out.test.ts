// The times of the week at which nothing sends the grave events of a source.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { policyOf } from '../../../src/config/lint/index.ts';
import { gapsOf, timetableOf } from '../../../src/config/lint/way-out.ts';
import { route as decide } from '../../../src/core/routing/index.ts';
import { randomEvent, randomPolicy } from '../random-policy.ts';
import { adapters, createLinter, nowMs } from './policy.ts';

const { read } = createLinter();

const hourMs = 3_600_000;

/** The gaps of a source; stretches in hours from Wednesday 09:00 UTC on. */
function gaps(routes: string, source = 'events') {
  const policy = policyOf(read(`${adapters}routes:\n${routes}time_zone: UTC\n`));
  const startMs = Date.parse('2026-03-18T09:00:00Z');
  return gapsOf(source, timetableOf(policy, nowMs)).map(({ severities, stretches }) => [
    severities,
    stretches?.map(({ fromMs, untilMs }) => [
      (fromMs - startMs) / hourMs,
      (untilMs - startMs) / hourMs,
    ]),
  ]);
}

it.each<[string, string, unknown[]]>([
  ['none, where a route takes everything', '{ name: a, to: [soc] }', []],
  [
    'of all events, where no route is for the source',
    '{ name: a, match: { sources: [suspicious] }, to: [soc] }',
    [[[], undefined]],
  ],
  [
    'at all times, where every route wants more',
    '{ name: a, match: { min_severity: CRITICAL }, to: [soc] }',
    [[[4], undefined]],
  ],
  [
    'of both grave severities at once, where they are the same',
    '{ name: a, mute: [{ days: [thu], from: "10:00", to: "12:00" }], to: [soc] }',
    [[[5, 4], [[25, 27]]]],
  ],
  [
    'in one stretch, where it lasts over the end of the week that is looked at',
    '{ name: a, mute: [{ days: [wed], from: "08:00", to: "12:00" }], to: [soc] }',
    [[[5, 4], [[167, 171]]]],
  ],
])('a gap: %s', (_, route, expected) => {
  expect(gaps(`  - ${route}\n`)).toEqual(expected);
});

it('a timetable has every beginning and end of its times', () => {
  const text = `${adapters}routes:\n  - { name: a, active: [{ from: "08:10", to: "18:25" }], to: [soc] }\n`;
  const { times } = timetableOf(policyOf(read(text)), nowMs);
  expect([times[1]! - times[0]!, times.length]).toEqual([5 * 60_000, (7 * 24 * 60) / 5]);
});

it('whatever the policy, nothing grave is sent within a gap', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(
      randomPolicy,
      fc.array(randomEvent, { minLength: 20, maxLength: 20 }),
      (policy, events) => {
        const reading = read(JSON.stringify({ time_zone: 'Europe/Berlin', ...policy }));
        const { config } = reading;
        const timetable = timetableOf(policyOf(reading), nowMs);
        for (const { source, draft, atMs } of events) {
          const silent = gapsOf(source, timetable).filter(
            ({ severities, stretches }) =>
              (severities.length === 0 ||
                severities.some((severity) => severity === draft.severity)) &&
              (stretches?.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs) ?? true),
          );
          const { routes } = decide(config.routes, { source, event: draft, atMs });
          if (silent.length > 0) expect(routes).toEqual([]);
        }
      },
    ),
    { numRuns: 80, endOnFailure: true },
  );
});

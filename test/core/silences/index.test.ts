// What silences make of decisions, against a plain reading of the same; and what a matcher may not
// be.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileMatcher,
  covers,
  type MatcherError,
  matcherKeys,
  type Silence,
  silence,
} from '../../../src/core/silences/index.ts';
import { type EventDraft, type Severity, severityNames } from '../../../src/kit/event.ts';
import type { Decision } from '../../../src/kit/records/decision.ts';
import { draft } from '../../store/stored.ts';

const pending = (sink: string): Decision => ({ sink, state: 'pending', reason: null, priority: 2 });
const silenceOf = (id: number, written: object, startsAtMs = 0, endsAtMs = 100): Silence => ({
  ...compileMatcher(written as Record<string, unknown>),
  id,
  startsAtMs,
  endsAtMs,
});

describe('random silences and events', () => {
  const types = ['RANSOMWARE', 'SPYWARE', ''];
  const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
  const written = fc.record(
    {
      min_severity: fc.constantFrom('LOW', 'HIGH', 'CRITICAL'),
      sources: some(['a', 'b']),
      types: some(['RANSOMWARE', 'SPY*']),
      devices: some(['SRV-*', 'PC-1']),
      when: fc.constantFrom('event.severity < 4', 'event.file.size / event.recurrence > 1'),
      sinks: some(['soc', 'boss']),
    },
    { requiredKeys: [] },
  );
  type Written = { [Key in 'sources' | 'types' | 'devices' | 'sinks']?: string[] } & {
    min_severity?: string;
    when?: string;
  };
  const event = fc.record({
    severity: fc.integer({ min: 0, max: 5 }).map((n) => n as Severity),
    type: fc.constantFrom(...types),
    device: fc.constantFrom('SRV-7', 'PC-1', 'PC-12', undefined),
    size: fc.integer({ min: 0, max: 9 }),
    recurrence: fc.integer({ min: 0, max: 3 }),
  });
  const when = fc.record({
    written,
    from: fc.integer({ min: 0, max: 4 }),
    long: fc.integer({ min: 1, max: 9 }),
  });

  /** In plain words, one question after the other. */
  function hides(
    asked: Written,
    source: string,
    one: { severity: number; type: string; device?: string; size: number; recurrence: number },
  ) {
    const threshold = severityNames.indexOf(asked.min_severity as 'LOW');
    if (asked.min_severity && !(one.severity >= threshold)) return false;
    if (asked.sources && !asked.sources.includes(source)) return false;
    if (
      asked.types &&
      !asked.types.some((type) =>
        type === 'SPY*' ? one.type.startsWith('SPY') : one.type === type,
      )
    )
      return false;
    const { device } = one;
    if (
      asked.devices &&
      !asked.devices.some((name) =>
        name === 'PC-1' ? device === name : device?.startsWith('SRV-'),
      )
    )
      return false;
    if (asked.when === 'event.severity < 4') return one.severity < 4;
    if (asked.when) return one.recurrence > 0 && Math.trunc(one.size / one.recurrence) > 1;
    return true;
  }

  test('suppress what a plain reading of them would, with the first one’s id, and nothing else', () => {
    const decisions = [
      pending('soc'),
      { ...pending('boss'), state: 'suppressed', reason: 'muted' },
      pending('night'),
    ];
    let hidden = 0;
    fc.assert(
      fc.property(
        fc.array(when, { maxLength: 4 }),
        event,
        fc.constantFrom('a', 'b'),
        fc.integer({ min: 0, max: 9 }),
        (all, one, source, atMs) => {
          const silences = all.map(({ written: asked, from, long }, id) =>
            silenceOf(id, asked, from, from + long),
          );
          const { severity, type, device, size, recurrence } = one;
          const body = { device: { ...(device && { name: device }) }, file: { size }, recurrence };
          const found = silence(silences, decisions as Decision[], {
            source,
            event: draft(1, { severity, type, body }),
            atMs,
          });
          const expected = decisions.map((decision) => {
            const by = all.findIndex(({ written: asked, from, long }) => {
              const { sinks } = asked as Written;
              const isNow = atMs >= from && atMs < from + long;
              return (
                isNow &&
                (!sinks || sinks.includes(decision.sink)) &&
                hides(asked as Written, source, one as never)
              );
            });
            if (decision.state !== 'pending' || by === -1) return decision;
            hidden += 1;
            return {
              sink: decision.sink,
              state: 'suppressed',
              reason: 'silenced',
              priority: 2,
              silenceId: by,
            };
          });
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
    expect(hidden).toBeGreaterThan(20);
  });
});

test('what is silenced waits in no group, and its route’s settings are of no use', () => {
  const grouped = { ...pending('soc'), route: 'all', groupKey: '["all"]' };
  expect(
    silence([silenceOf(7, {})], [grouped], { source: 'a', event: draft(1), atMs: 50 }),
  ).toEqual([{ sink: 'soc', state: 'suppressed', reason: 'silenced', priority: 2, silenceId: 7 }]);
});

test.each([
  ['an unknown severity reaches no threshold', { min_severity: 'LOW' }, draft(1, { severity: 0 })],
  ['what the vendor did not say fits no pattern', { devices: ['*'] }, draft(1)],
  [
    'a condition that cannot be judged is none',
    { when: 'event.severity / event.recurrence == 1' },
    draft(1),
  ],
])('in doubt it is announced: %s', (_title, written, event: EventDraft) => {
  expect(covers(compileMatcher(written), { source: 'a', event })).toBe(false);
});

test('every key of a route’s match, when and sinks is known, and everything that is wrong is told with its place', () => {
  const lists = matcherKeys.filter((key) => key !== 'min_severity' && key !== 'when');
  const wrong = {
    ...Object.fromEntries(lists.map((key) => [key, []])),
    min_severity: 'HIHG',
    when: 'event.typ == 1',
    max_severity: 'LOW',
    networks: ['10.0.0.0/8', '10/8'],
    types: 'A',
  };
  const faults = (() => {
    try {
      return [compileMatcher(wrong)];
    } catch (error) {
      return (error as MatcherError).faults.map(
        ({ path, error: { message } }) => `${path.join('.')} ${message}`,
      );
    }
  })();
  expect(faults.sort()).toEqual(
    [
      ...lists
        .filter((key) => key !== 'networks' && key !== 'types')
        .map((key) => `${key} is empty`),
      'types is not a list',
      'networks.1 is no network such as 10.0.0.0/8 or fd00::/8',
      'min_severity is not a severity; there are: INFO, LOW, MEDIUM, HIGH, CRITICAL',
      'when there is no field "typ"',
      `max_severity is not a key that belongs here; known are: ${matcherKeys.join(', ')}`,
    ].sort(),
  );
});

// Which sinks hear of an event, and how urgent it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, priorityOf, type Route, route } from '../../../src/core/routing/index.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import type { EventDraft, Severity } from '../../../src/kit/event.ts';

function draft(severity: Severity): EventDraft {
  return {
    externalId: '1',
    subject: 'event/1',
    stream: 'event',
    type: 'STATIC_ANALYSIS',
    severity,
    status: null,
    action: null,
    occurredAt: null,
    body: {},
    raw: '{}',
  };
}

test('a sink’s delivery remembers the route that has a template for it, and only then', () => {
  const templates = new Map([['soc', { name: 'short' }]]);
  const routes = [
    { name: 'grave', minSeverity: 4 as Severity, to: ['soc', 'boss'], templates },
    {
      name: 'all',
      minSeverity: 1 as Severity,
      to: ['soc'],
      templates: new Map([['soc', { name: 'other' }]]),
    },
  ];
  const named = (severity: Severity) =>
    route(routes, { source: 'events', event: draft(severity), atMs: 0 }).decisions.map((one) => [
      one.sink,
      one.route,
    ]);
  expect(named(4)).toEqual([
    ['soc', 'grave'],
    ['boss', undefined],
  ]);
  expect(named(2)).toEqual([
    ['soc', 'all'],
    ['boss', undefined],
  ]);
});

describe('routes', () => {
  const high = { name: 'high', minSeverity: 4 as Severity, to: ['soc'] };

  test('an event below the threshold is suppressed with the reason, and no route matched it', () => {
    expect(route([high], { source: 'events', event: draft(2), atMs: 0 })).toEqual({
      routes: [],
      decisions: [{ sink: 'soc', state: 'suppressed', reason: 'below_min_severity', priority: 3 }],
    });
  });

  test('an unknown severity passes every threshold', () => {
    expect(route([high], { source: 'events', event: draft(0), atMs: 0 }).decisions[0]?.state).toBe(
      'pending',
    );
  });

  test('a sink that one route chooses and another suppresses gets the event once', () => {
    const all = { name: 'all', minSeverity: 1 as Severity, to: ['soc'] };
    for (const routes of [
      [high, all],
      [all, high],
    ]) {
      const { decisions } = route(routes, { source: 'events', event: draft(2), atMs: 0 });
      expect(decisions).toEqual([{ sink: 'soc', state: 'pending', reason: null, priority: 3 }]);
    }
  });

  test('a route of other sources has no say, save where no other has one', () => {
    const other = { name: 'other', minSeverity: 1 as Severity, sources: ['other'], to: ['boss'] };
    expect(
      route([other, high], { source: 'events', event: draft(5), atMs: 0 }).decisions.map(
        ({ sink }) => sink,
      ),
    ).toEqual(['soc']);
    expect(route([other], { source: 'events', event: draft(5), atMs: 0 })).toEqual({
      routes: [],
      decisions: [{ sink: 'boss', state: 'suppressed', reason: 'other_source', priority: 0 }],
    });
  });

  test('an event that was taken is no news to a route of other sources', () => {
    const taking = { name: 'taking', minSeverity: 1 as Severity, to: ['soc'], isLast: true };
    const rest = { name: 'rest', minSeverity: 1 as Severity, to: ['boss'] };
    const sinksOf = (sources?: string[]) =>
      route([taking, { ...rest, sources }], {
        source: 'events',
        event: draft(5),
        atMs: 0,
      }).decisions.map(({ sink, reason }) => [sink, reason]);
    expect(sinksOf()).toEqual([
      ['soc', null],
      ['boss', 'taken_before'],
    ]);
    expect(sinksOf(['other'])).toEqual([['soc', null]]);
  });

  test('a later change goes to the routes that ask for changes, and has no decision for others', () => {
    const all = { name: 'all', minSeverity: 1 as Severity, to: ['soc', 'boss'], isLast: true };
    const asking = { name: 'asking', minSeverity: 1 as Severity, to: ['soc'], takesChanges: true };
    const grave = { ...asking, name: 'grave', minSeverity: 5 as Severity, to: ['ops'] };
    const change = { source: 'changes', event: { ...draft(3), stream: 'change' }, atMs: 0 };
    expect(route([all], change)).toEqual({ routes: [], decisions: [] });
    expect(route([{ ...all, sources: ['other'] }], change).decisions).toEqual([]);
    // The route before takes nothing, so it keeps nothing from the later ones.
    expect(route([all, asking, grave], change)).toEqual({
      routes: ['asking'],
      decisions: [
        { sink: 'soc', state: 'pending', reason: null, priority: 2 },
        { sink: 'ops', state: 'suppressed', reason: 'below_min_severity', priority: 2 },
      ],
    });
    expect(judge([all, asking, grave], change)).toEqual([
      'other_stream',
      undefined,
      'below_min_severity',
    ]);
    // Any other event, it takes as every route does.
    expect(route([asking], { ...change, event: draft(3) }).routes).toEqual(['asking']);
  });

  test('of several that send to the same sink, the first one says how', () => {
    const night = {
      name: 'night',
      minSeverity: 4 as Severity,
      to: ['soc'],
      settings: new Map([['soc', { channel: 'n' }]]),
    };
    const all = { name: 'all', minSeverity: 1 as Severity, to: ['soc', 'boss'] };
    expect(route([night, all], { source: 'events', event: draft(5), atMs: 0 }).decisions).toEqual([
      { sink: 'soc', state: 'pending', reason: null, priority: 0, route: 'night' },
      { sink: 'boss', state: 'pending', reason: null, priority: 0 },
    ]);
    expect(
      route([all, night], { source: 'events', event: draft(5), atMs: 0 }).decisions[0],
    ).not.toHaveProperty('route');
    expect(
      route([night, all], { source: 'events', event: draft(2), atMs: 0 }).decisions[0],
    ).not.toHaveProperty('route');
  });

  test('what groups gives its events a key of the values, and none to an event that has none of them', () => {
    const group = { by: ['type', 'hash'] as const, waitMs: 0, intervalMs: 1, max: 9, cards: 0 };
    const grouping = { name: 'g', minSeverity: 1 as Severity, to: ['soc'], group };
    const keyOf = (
      more: Partial<EventDraft>,
      by: typeof group.by | readonly ['hash'] | readonly [] = group.by,
    ) =>
      route([{ ...grouping, group: { ...group, by } }], {
        source: 'events',
        event: { ...draft(3), ...more },
        atMs: 0,
      }).decisions[0]?.groupKey;
    expect(keyOf({ body: { file: { hash: 'aa' } } })).toBe('["g","STATIC_ANALYSIS","aa"]');
    expect(keyOf({})).toBe('["g","STATIC_ANALYSIS",""]');
    expect(keyOf({}, ['hash'])).toBeUndefined();
    expect(keyOf({}, [])).toBe('["g"]');
  });

  test('a route without repeats leaves out what the vendor has seen before', () => {
    const first = { name: 'first', minSeverity: 1 as Severity, to: ['soc'], isFirstOnly: true };
    const stateOf = (recurrence?: number) =>
      route([first], {
        source: 'events',
        event: { ...draft(3), body: recurrence === undefined ? {} : { recurrence } },
        atMs: 0,
      }).decisions[0];
    expect(stateOf()?.state).toBe('pending');
    expect(stateOf(1)?.state).toBe('pending');
    expect(stateOf(2)).toMatchObject({ state: 'suppressed', reason: 'repeat' });
  });

  test('the routes that matched are named on the event, and every sink that any route names gets one decision', () => {
    const severities = fc.integer({ min: 0, max: 5 }).map((n) => n as Severity);
    const someRoute = fc.record({
      name: fc.string({ minLength: 1 }),
      minSeverity: severities,
      sources: fc.option(fc.subarray(['events', 'other']), { nil: undefined }),
      to: fc.subarray(['soc', 'boss', 'archive'], { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(someRoute), severities, (routes, severity) => {
        const asked = routes.filter(
          ({ sources }) => sources === undefined || sources.includes('events'),
        );
        const passing = asked.filter(
          ({ minSeverity }) => severity === 0 || severity >= minSeverity,
        );
        const { routes: names, decisions } = route(routes, {
          source: 'events',
          event: draft(severity),
          atMs: 0,
        });
        expect(names).toEqual(passing.map(({ name }) => name));
        const heard = asked.length > 0 ? asked : routes;
        expect(decisions.map(({ sink }) => sink).sort()).toEqual(
          [...new Set(heard.flatMap(({ to }) => to))].sort(),
        );
        const pending = decisions
          .filter(({ state }) => state === 'pending')
          .map(({ sink }) => sink);
        expect(pending.sort()).toEqual([...new Set(passing.flatMap(({ to }) => to))].sort());
        expect(
          decisions.every(({ state, reason }) => (state === 'suppressed') === (reason !== null)),
        ).toBe(true);
      }),
    );
  });

  test('critical goes before high, and unknown goes with high', () => {
    expect([5, 4, 0, 3, 2, 1].map((severity) => priorityOf(severity as Severity))).toEqual([
      0, 1, 1, 2, 3, 4,
    ]);
  });
});

describe('quiet hours', () => {
  const times = [parseInterval({ from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' })];
  const quiet = { times, passes: 0 };
  const base = { name: 'r', minSeverity: 0 as const, to: ['soc'] };
  const keyAt = (at: string, severity: Severity, more: Partial<Route> = {}) => {
    return route([{ ...base, quiet, ...more }], {
      source: 'di',
      event: draft(severity),
      atMs: Date.parse(at),
    }).decisions[0];
  };

  test.each([
    ['2026-03-28T21:30:00Z', 3, '["r"]'],
    ['2026-03-29T04:59:00Z', 0, '["r"]'],
    ['2026-03-29T05:00:00Z', 3, undefined], // 07:00 of the day on which summer time began
    ['2026-03-28T12:00:00Z', 3, undefined],
    ['2026-03-28T23:30:00Z', 5, undefined],
  ] as const)('at %s hold severity %i in %s', (at, severity, groupKey) => {
    expect(keyAt(at, severity)).toMatchObject({ state: 'pending', route: 'r' });
    expect(keyAt(at, severity)?.groupKey).toBe(groupKey);
  });

  test('let through what the route says, and hold each of its groups by itself', () => {
    const night = '2026-03-28T23:30:00Z';
    expect(keyAt(night, 4, { quiet: { times, passes: 1 } })?.groupKey).toBeUndefined();
    const group = { by: ['source' as const], waitMs: 0, intervalMs: 1, max: 9, cards: 0 };
    expect(keyAt(night, 4, { group })?.groupKey).toBe('["r","di"]');
    expect(keyAt(night, 5, { group })?.groupKey).toBeUndefined();
    expect(keyAt('2026-03-28T12:00:00Z', 5, { group })?.groupKey).toBe('["r","di"]');
  });
});

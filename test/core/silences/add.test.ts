// What makes silences: what it refuses, that it stores all or none, and what it says they would
// have hidden.
import { describe, expect, test } from 'vitest';
import {
  addSilences,
  type SilenceRequest,
  type SilencingRules,
} from '../../../src/core/silences/add.ts';
import { refusalText } from '../../../src/kit/refusals.ts';
import { listSilences } from '../../../src/store/silences.ts';
import { draft, storePage, useDatabase } from '../../store/stored.ts';

const database = useDatabase();
const hourMs = 3_600_000;

const request = (more: Partial<SilenceRequest> = {}): SilenceRequest => ({
  ...{ matcher: { types: ['A'] }, owner: 'somchai', reason: 'maintenance' },
  ...{ startsAtMs: null, endsAtMs: null, forMs: hourMs },
  ...more,
});
const rules = (more: Partial<SilencingRules> = {}): SilencingRules => ({
  ...{ maxMs: 24 * hourMs, sources: ['di'], sinks: ['soc', 'boss'], isEverythingAllowed: false },
  ...more,
});
const add = (requests: SilenceRequest[], more?: Partial<SilencingRules>) =>
  addSilences(database(), requests, rules(more));
const stored = () =>
  listSilences(database(), { states: ['active', 'pending', 'over'], limit: 100 });

describe('a silence', () => {
  test('begins now and lasts as long as is asked, by the clock of the database', async () => {
    await add([request({ owner: ' somchai ', reason: ' maintenance ' })]);
    const [silence] = await stored();
    expect(silence).toMatchObject({ owner: 'somchai', reason: 'maintenance', state: 'active' });
    expect(silence!.endsAtMs - silence!.startsAtMs).toBe(hourMs);
  });

  test('may have both its times, or a length from its beginning on', async () => {
    const startsAtMs = Date.now() + hourMs;
    const result = await add([
      request({ startsAtMs, endsAtMs: startsAtMs + 5, forMs: null }),
      request({ startsAtMs, forMs: 7 }),
    ]);
    expect(result).toMatchObject({
      added: [
        { startsAtMs, endsAtMs: startsAtMs + 5 },
        { startsAtMs, endsAtMs: startsAtMs + 7 },
      ],
    });
  });
});

describe('refused is a silence that', () => {
  const past = Date.parse('2020-01-01T00:00:00Z');
  test.each<[string, SilenceRequest, string]>([
    ['has no owner', request({ owner: '  ' }), 'owner'],
    ['has no reason', request({ reason: '' }), 'reason'],
    ['has the owner of a file’s silences', request({ owner: 'tocsin.yaml' }), 'is kept for'],
    ['ends as it begins', request({ forMs: 0 }), 'ends before it begins'],
    [
      'is over',
      request({ startsAtMs: past, endsAtMs: past + 1, forMs: null }),
      'is over before it was made',
    ],
    ['is too long', request({ forMs: 24 * hourMs + 1 }), 'is longer than 24 hours'],
    ['says what nothing can mean', request({ matcher: { networks: ['x'] } }), 'cannot be used: '],
    ['matches every event', request({ matcher: {} }), 'matches every event'],
    ['names every source', request({ matcher: { sources: ['di'] } }), 'matches every event'],
  ])('%s', async (_title, refused, problem) => {
    const result = await add([request(), refused]);
    const said = 'refused' in result ? result.refused : [];
    expect(said.map(({ index, problem }) => [index, refusalText(problem)])).toEqual([
      [1, expect.stringContaining(problem)],
    ]);
    expect(await stored()).toEqual([]);
  });

  test('may be as long as is allowed, and may match every event if that is meant', async () => {
    expect(await add([request({ forMs: 24 * hourMs })])).toHaveProperty('added');
    const everything = [request({ matcher: {} })];
    expect(await add(everything, { isEverythingAllowed: true })).toHaveProperty('added');
  });

  test('has each of its problems named', async () => {
    const result = await add([request({ forMs: -1 }), request({ owner: '', reason: '' })]);
    expect('refused' in result && result.refused.map(({ index }) => index)).toEqual([0, 1, 1]);
  });
});

describe('what a silence would have hidden', () => {
  const events = [
    draft(1, { type: 'A', severity: 5 }),
    draft(2, { type: 'A', severity: 2 }),
    draft(3, { type: 'B', severity: 5 }),
  ];

  test('comes back with the silence, which also says whether it may cover what is critical', async () => {
    await storePage(database(), { events });
    const only = { types: ['A'], min_severity: 'CRITICAL' };
    const result = await add([request(), request({ matcher: only })]);
    expect('added' in result && result.added).toMatchObject([
      { mayCoverCritical: true, preview: { looked: 3, severities: [0, 0, 1, 0, 0, 1] } },
      { mayCoverCritical: true, preview: { severities: [0, 0, 0, 0, 0, 1] } },
    ]);
  });
});

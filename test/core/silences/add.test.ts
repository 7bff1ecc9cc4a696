// What makes silences: what it refuses, that it stores all or none, and what it says they would
// have hidden.
import { describe, expect, test } from 'vitest';
import {
  addSilences,
  preview,
  type SilenceRequest,
  type SilencingRules,
} from '../../../src/core/silences/add.ts';
import { type Matcher, tryMatcher } from '../../../src/core/silences/index.ts';
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
  ...{ maxMs: 24 * hourMs, sources: ['di'], isEverythingAllowed: false },
  ...more,
});
const add = (requests: SilenceRequest[], more?: Partial<SilencingRules>) =>
  addSilences(database(), requests, rules(more));
const stored = () => listSilences(database(), true, 100);

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
    expect(await add([request(), refused])).toEqual({
      refused: [{ index: 1, problem: expect.stringContaining(problem) }],
    });
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
  const matching = (written: Record<string, unknown>) => tryMatcher(written) as Matcher;
  const events = [
    draft(1, { type: 'A', severity: 5 }),
    draft(2, { type: 'A', severity: 2 }),
    draft(3, { type: 'B', severity: 5 }),
  ];

  test('is counted by severity, for each silence by itself, among all that were looked at', async () => {
    await storePage(database(), { events });
    const previews = await preview(database(), [
      matching({ types: ['A'] }),
      matching({ types: ['C'] }),
    ]);
    expect(previews).toEqual([
      { looked: 3, isCut: false, severities: [0, 0, 1, 0, 0, 1] },
      { looked: 3, isCut: false, severities: [0, 0, 0, 0, 0, 0] },
    ]);
  });

  test('is nothing of what no sink that it names would have got', async () => {
    await storePage(database(), { events });
    const [of, ofOther] = await preview(database(), [
      matching({ types: ['A'], sinks: ['soc'] }),
      matching({ types: ['A'], sinks: ['boss'] }),
    ]);
    expect([of!.severities[5], ofOther!.severities[5]]).toEqual([1, 0]);
  });

  test('leaves out what Tocsin says itself, and what is older than a day', async () => {
    await storePage(database(), { source: 'tocsin', events: [draft(1, { type: 'A' })] });
    await storePage(database(), { events });
    await database()
      .$client`update events set received_at = now() - interval '25 hours' where external_id = '1'`;
    expect(await preview(database(), [matching({ types: ['A'] })])).toMatchObject([
      { looked: 2, severities: [0, 0, 1, 0, 0, 0] },
    ]);
  });

  test('is read page by page to its end', async () => {
    const many = Array.from({ length: 501 }, (_, n) => draft(n, { type: 'A', severity: 1 }));
    await storePage(database(), { events: many });
    expect(await preview(database(), [matching({ types: ['A'] })])).toEqual([
      { looked: 501, isCut: false, severities: [0, 501, 0, 0, 0, 0] },
    ]);
  });

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

// What `tocsin routes diff` prints for people, of comparisons that a whole run seldom shows.
import { describe, expect, test } from 'vitest';
import { comparisonText, type LostEvent } from '../../../src/commands/routes/diff-text.ts';
import type { Comparison, Renames, SinkComparison } from '../../../src/core/routing/comparison.ts';

const none = [0, 0, 0, 0, 0, 0];
const sink = (name: string, more: Partial<SinkComparison> = {}): SinkComparison => ({
  ...{ sink: name, before: 1, after: 1, added: 0, removed: 0, recorded: 1 },
  ...more,
});
const lostEvent = (more: Partial<LostEvent> = {}): LostEvent => ({
  ...{ id: 7, receivedAt: '2026-03-01T00:00:00Z', severity: 5, type: 'A', source: 'di' },
  ...{ device: 'PC-1', item: '17', losses: [{ sink: 'soc', reason: 'below_min_severity' }] },
  ...more,
});

interface Given {
  readonly comparison?: Partial<Comparison>;
  readonly named?: readonly LostEvent[];
  readonly renames?: Partial<Renames>;
}

function linesOf({ comparison = {}, named = [], renames = {} }: Given): string[] {
  const whole = { events: 9, sinks: [], lost: none, gained: none, ...comparison };
  const both = { sources: new Map(), sinks: new Map(), ...renames };
  return comparisonText(Date.parse('2026-02-01T00:00:00Z'), named, whole, both).split('\n');
}

test('it begins with how many events there were since when', () => {
  expect(linesOf({})[0]).toBe(
    '9 events since 2026-02-01T00:00:00.000Z, by the configuration in use (before) and by the draft (after):',
  );
});

describe('the table', () => {
  test('has its numbers below each other, however long the names are', () => {
    const sinks = [sink('a', { before: 12_345 }), sink('a-long-name', { added: 7 })];
    const [head, one, other] = linesOf({ comparison: { sinks } }).slice(2, 5);
    expect(head).toBe('  sink         before  after  added  removed  recorded');
    expect(one).toBe('  a             12345      1      0        0         1');
    expect(other).toBe('  a-long-name       1      1      7        0         1');
  });

  test.each<[string, SinkComparison, Partial<Renames>, string | RegExp]>([
    ['is in both', sink('soc'), {}, /recorded\n.* 1$/],
    ['is only in the draft', sink('soc', { before: null }), {}, '  only in the draft'],
    ['is not in the draft', sink('soc', { after: null }), {}, '  not in the draft'],
    ['is in neither', sink('soc', { before: null, after: null }), {}, '  in neither of the two'],
    [
      'has another id there',
      sink('soc', { after: null }),
      { sinks: new Map([['soc', 'soc-2']]) },
      '  soc-2 in the draft',
    ],
    [
      'had another id',
      sink('soc-2', { before: null }),
      { sinks: new Map([['soc', 'soc-2']]) },
      '  soc until now',
    ],
  ])('says of a sink that it %s', (_title, one, renames, note) => {
    const [head, row] = linesOf({ comparison: { sinks: [one] }, renames }).slice(2, 4);
    if (typeof note === 'string') expect(row!.endsWith(note), row).toBe(true);
    else expect(`${head}\n${row}`).toMatch(note);
  });

  test('has a dash for what a configuration does not have', () => {
    const sinks = [sink('soc', { before: null })];
    expect(linesOf({ comparison: { sinks } })[3]).toMatch(/^ {2}soc +- +1 /);
  });
});

test('a source with another id is said, as its events are judged by the new one', () => {
  expect(linesOf({ renames: { sources: new Map([['di', 'console']]) } })).toContain(
    'The draft calls the source di console; it judges the events of di as those of console.',
  );
});

describe('what would be lost', () => {
  test('is said to be nothing where nothing grave is', () => {
    const text = linesOf({ comparison: { lost: [0, 3, 0, 0, 0, 0] } });
    expect(text).toContain('No event of HIGH, CRITICAL or unknown severity would be lost.');
    expect(text).toContain('Of lower severity, and nowhere by the draft: 3 INFO.');
  });

  test('is counted from the gravest down, an unknown severity before all', () => {
    expect(linesOf({ comparison: { lost: [1, 0, 0, 9, 2, 3] } })).toContain(
      'Announced now, and nowhere by the draft: 1 UNKNOWN, 3 CRITICAL, 2 HIGH.',
    );
  });

  test('is named, with why each sink would not get it', () => {
    const losses = [
      { sink: 'soc', reason: 'below_min_severity' },
      { sink: 'boss', reason: null },
      { sink: 'gone', reason: null },
    ];
    const sinks = [sink('soc'), sink('boss'), sink('gone', { after: null })];
    const lost = [0, 0, 0, 0, 0, 1];
    const text = linesOf({ comparison: { sinks, lost }, named: [lostEvent({ losses })] });
    expect(text).toContain('  7  2026-03-01T00:00:00Z  CRITICAL  A  PC-1  di  item 17');
    expect(text).toContain(
      '    soc: below_min_severity, boss: named by no route of its source, gone: not in the draft',
    );
  });

  test('has a dash for a device that is not known, and no item where there is none', () => {
    const named = [lostEvent({ device: null, item: null })];
    const text = linesOf({ comparison: { lost: [0, 0, 0, 0, 0, 1] }, named });
    expect(text).toContain('  7  2026-03-01T00:00:00Z  CRITICAL  A  -  di');
  });

  test('says how many are not named', () => {
    const some = linesOf({ comparison: { lost: [0, 0, 0, 0, 2, 1] }, named: [lostEvent()] });
    expect(some).toContain('  and 2 more; --limit names up to 10000, --json all');
    const all = linesOf({ comparison: { lost: [0, 0, 0, 0, 0, 1] }, named: [lostEvent()] });
    expect(all.filter((line) => line.includes('more;'))).toEqual([]);
  });

  test('is on one line that no terminal obeys, whatever a device calls itself', () => {
    const device = `\u001b[2Jwiped\n${'x'.repeat(500)}`;
    const text = linesOf({
      comparison: { lost: [0, 0, 0, 0, 0, 1] },
      named: [lostEvent({ device })],
    });
    const line = text.find((one) => one.startsWith('  7  '))!;
    expect(line).not.toContain('\u001b');
    expect(line).toMatch(/ {2}di {2}item 17$/);
    expect(line.length).toBeLessThan(200);
  });
});

test('what would be gained is counted, whatever its severity', () => {
  expect(linesOf({ comparison: { gained: [0, 1, 0, 0, 0, 2] } })).toContain(
    'Announced nowhere now, and by the draft: 2 CRITICAL, 1 INFO.',
  );
});

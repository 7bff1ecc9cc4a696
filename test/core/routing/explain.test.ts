// Why each route takes an event or not, and what each sink gets.
import { expect, test } from 'vitest';
import { explain, missWords } from '../../../src/core/routing/explain.ts';
import type { Route } from '../../../src/core/routing/index.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import { misses } from '../../../src/kit/records/suppression.ts';
import { draft } from '../../store/stored.ts';

const group = { by: [], waitMs: 1, intervalMs: 1, max: 9, cards: 0 } as const;
const routes: readonly Route[] = [
  { name: 'urgent', minSeverity: 5, to: ['pager'] },
  { name: 'grouped', minSeverity: 0, to: ['soc'], group },
  { name: 'rest', minSeverity: 0, to: ['soc', 'mail'] },
];
const sinks = ['pager', 'soc', 'mail', 'unused'];
const arriving = { source: 'di', event: draft(1), atMs: Date.parse('2026-03-02T15:00:00Z') };

test('each route says whether it takes the event, and each sink what it gets', () => {
  expect(explain({ routes, sinks }, arriving)).toEqual({
    routes: [
      { name: 'urgent', reason: 'below_min_severity' },
      { name: 'grouped', reason: null },
      { name: 'rest', reason: null },
    ],
    sinks: [
      { ...nothing, id: 'pager', state: 'suppressed', reason: 'below_min_severity' },
      { ...nothing, id: 'soc', state: 'pending', route: 'grouped', heldBy: 'group' },
      { ...nothing, id: 'mail', state: 'pending' },
      { ...nothing, id: 'unused', state: 'none' },
    ],
  });
});

const nothing = { reason: null, silenceId: null, route: null, heldBy: null };

test('what silences hide is not held back', () => {
  const { sinks: explained } = explain({ routes, sinks: ['soc'] }, arriving, (decisions) =>
    decisions.map(({ sink, priority }) => ({
      ...{ sink, priority, state: 'suppressed', reason: 'silenced', silenceId: 7 },
    })),
  );
  expect(explained).toEqual([
    { ...nothing, id: 'soc', state: 'suppressed', reason: 'silenced', silenceId: 7 },
  ]);
});

test('in quiet hours it waits for their end, and after them only for its group', () => {
  const times = [parseInterval({ from: '22:00', to: '06:00', timeZone: 'UTC' })];
  const quiet = { times, passes: 0 };
  const night = Date.parse('2026-03-02T23:00:00Z');
  const at = (atMs: number) =>
    explain({ routes: [{ ...routes[1]!, quiet }], sinks: ['soc'] }, { ...arriving, atMs });
  expect(at(night).sinks[0]).toMatchObject({ state: 'pending', heldBy: 'quiet' });
  expect(at(arriving.atMs).sinks[0]).toMatchObject({ state: 'pending', heldBy: 'group' });
});

test('every reason has its words', () => {
  for (const miss of misses) expect(missWords[miss]).toMatch(/^(is|wants|leaves|does|has) /);
});

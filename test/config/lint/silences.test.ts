// Silences that recur: those that hide CRITICAL events, and those that are over.
import { expect, it } from 'vitest';
import { adapters, all, createLinter } from './policy.ts';

const { remarksOn } = createLinter();

it('a silence that recurs is remarked on if it hides CRITICAL events, or is over', () => {
  const silences = (when: string, times: string) =>
    remarksOn(
      `${adapters}routes:\n${all}silences: { recurring: [{ name: a, reason: r, times: [${times}], match: { types: [A] }${when} }] }\n`,
    );
  const night = '{ from: "02:00", to: "04:00" }';
  expect(silences('', night)).toEqual([
    'silences_critical tocsin.yaml:7:25 silences.recurring[0] hides CRITICAL events, too. Add the condition event.severity < 5 to spare them',
  ]);
  expect(silences(', when: event.severity < 5', night)).toEqual([]);
  expect(silences(', when: event.severity < 5', '{ last: 2026-03-01 }')).toEqual([
    'unreachable_time tocsin.yaml:7:55 silences.recurring[0].times[0] is over: its last day has passed. Remove it',
  ]);
});

// Routes that can do nothing, because an earlier route takes their events or sends them already.
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../../src/config/lint/index.ts';
import { takesAllOf } from '../../../src/config/lint/shadow.ts';
import { adapters, all, createLinter } from './policy.ts';

const { read, remarks } = createLinter();

describe('a shadowed route', () => {
  const taker = 'route "all" (tocsin.yaml:6:5 routes[0])';
  it('is remarked on with its place and that of the earlier route', () => {
    expect(
      remarks(
        '  - { name: all, continue: false, to: [soc] }\n  - { name: servers, match: { devices: ["SRV-*"] }, to: [boss] }\n',
      ),
    ).toEqual([
      `shadowed_route tocsin.yaml:7:5 routes[1] never takes anything: ${taker} takes all of it before, and does not continue. ` +
        'Put this route before that one, let that one continue, or remove this one',
    ]);
  });

  const first = (keys: string) => `  - { name: first, ${keys}, continue: false, to: [soc] }\n`;
  const second = (keys: string) => `  - { name: later, ${keys}, to: [boss] }\n`;
  it.each([
    ['a lower threshold', 'match: { min_severity: MEDIUM }', 'match: { min_severity: HIGH }'],
    [
      'wider patterns',
      'match: { devices: ["srv-*"] }',
      'match: { devices: ["SRV-DB-*", "SRV-?"] }',
    ],
    ['wider networks', 'match: { networks: [10.0.0.0/8] }', 'match: { networks: [10.1.0.0/16] }'],
    ['more sources', 'match: { sources: [events, suspicious] }', 'match: { sources: [events] }'],
    [
      'the same expression',
      'when: event.severity > 2',
      'when: event.severity > 2, match: { types: [A] }',
    ],
    [
      'the same times',
      'active: [{ from: "08:00", to: "18:00" }]',
      'active: [{ from: "8:00", to: "18:00" }]',
    ],
    ['only first reports, as it', 'repeats: false', 'repeats: false'],
  ])('by %s', (_, wide, narrow) => {
    expect(
      remarks(first(wide) + second(narrow) + all).filter((text) => text.startsWith('shadowed')),
    ).toHaveLength(1);
  });

  it.each([
    ['the earlier one wants more', 'match: { min_severity: HIGH }', 'match: { min_severity: LOW }'],
    [
      'the earlier one has a list that the later has not',
      'match: { devices: ["*"] }',
      'match: { types: ["*"] }',
    ],
    [
      'the later one asks for changes',
      'match: { types: ["*"] }',
      'match: { types: [A], streams: [change] }',
    ],
    ['an expression differs', 'when: event.severity > 2', 'when: event.severity > 1'],
    ['the earlier one has its times', 'active: [{ days: [mon] }]', 'match: { types: [A] }'],
    ['the earlier one is muted at times', 'mute: [{ days: [mon] }]', 'match: { types: [A] }'],
    ['the earlier one leaves repeats out', 'repeats: false', 'match: { types: [A] }'],
  ])('is not remarked on if %s', (_, wide, narrow) => {
    expect(
      remarks(first(wide) + second(narrow) + all).filter((text) => text.startsWith('shadowed')),
    ).toEqual([]);
  });
});

describe('a route that adds nothing', () => {
  it('is remarked on if an earlier one sends the same to the same sinks', () => {
    expect(
      remarks(`${all}  - { name: grave, match: { min_severity: HIGH }, to: [boss] }\n`),
    ).toEqual([
      'redundant_route tocsin.yaml:7:5 routes[1] adds nothing: route "all" (tocsin.yaml:6:5 routes[0]) sends all of it to the same sinks before, ' +
        "and the first one's word counts. Put this route before that one, send it elsewhere, or remove it",
    ]);
  });

  it('is not remarked on if it keeps later routes from what it takes', () => {
    expect(
      remarks(
        `${all}  - { name: grave, match: { min_severity: HIGH }, continue: false, to: [boss] }\n`,
      ),
    ).toEqual([]);
  });
});

describe('a route that takes all that another one would', () => {
  /** Whether the first of two routes takes all of the second. */
  function takesAll(earlier: string, later: string): boolean {
    const routes = `  - { name: a, ${earlier}, to: [soc] }\n  - { name: b, ${later}, to: [boss] }\n`;
    const [one, other] = policyOf(read(`${adapters}routes:\n${routes}`));
    return takesAllOf(one!, other!);
  }

  it.each([
    ['repeats: true', 'match: { types: [A] }', true],
    // Unknown severity passes every threshold, so INFO is no condition.
    ['match: { min_severity: INFO }', 'match: { types: [A] }', true],
    ['match: { min_severity: LOW }', 'match: { types: [A] }', false],
    ['match: { not: [{ types: [B] }] }', 'match: { types: [A] }', false],
    ['match: { streams: [event] }', 'match: { streams: [event, suspicious] }', false],
    ['match: { networks: [10.1.0.0/16] }', 'match: { networks: [10.0.0.0/8] }', false],
    ['mute: [{ days: [mon] }]', 'mute: [{ days: [mon] }, { days: [sat] }]', true],
    ['mute: [{ days: [mon, sat] }]', 'mute: [{ days: [sat, mon] }]', true],
    ['repeats: false', 'match: { types: [A] }, repeats: false', true],
    ['changes: post', 'match: { types: [A] }', true],
  ])('%s, then %s: %s', (earlier, later, does) => {
    expect(takesAll(earlier, later)).toBe(does);
  });
});

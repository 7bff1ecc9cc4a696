// Times of a route within which it can never apply, and quiet hours that hold what matters.
import { describe, expect, it } from 'vitest';
import { all, createLinter } from './policy.ts';

const { remarks } = createLinter();

describe('times that cannot be reached', () => {
  const muted = (active: string, mute: string) =>
    remarks(`  - { name: r, active: [${active}], mute: [${mute}], to: [boss] }\n${all}`);
  it('are remarked on one by one, if mute takes them away', () => {
    expect(muted('{ days: [sat] }, { days: [mon] }', '{ days: [sat-sun] }')).toEqual([
      'unreachable_time tocsin.yaml:6:25 routes[0].active[0] has no effect: mute covers all of it. Correct this time or mute, or remove it',
    ]);
  });

  it('are remarked on once for the route, if none is left', () => {
    const text =
      'leaves this route no time: it never takes anything. Correct active or mute, or remove the route';
    expect(muted('{ days: [sat] }', '{ days: [sat-sun] }')).toEqual([
      `unreachable_time tocsin.yaml:6:43 routes[0].mute ${text}`,
    ]);
    expect(remarks(`  - { name: r, mute: [{ from: "00:00" }], to: [boss] }\n${all}`)).toEqual([
      `unreachable_time tocsin.yaml:6:16 routes[0].mute ${text}`,
    ]);
    expect(
      remarks(`  - { name: r, active: [{ from: "24:00", to: "00:00" }], to: [boss] }\n${all}`),
    ).toEqual([
      'unreachable_time tocsin.yaml:6:16 routes[0].active holds no minute of the week, so this route never takes anything. Correct the times, or remove the route',
    ]);
  });

  it('are remarked on when they are over, and not while they are to come', () => {
    const dated = (last: string) =>
      remarks(`  - { name: r, mute: [{ last: ${last} }], to: [boss] }\n${all}`);
    expect(dated('2026-03-10')).toEqual([
      'unreachable_time tocsin.yaml:6:23 routes[0].mute[0] is over: its last day has passed. Remove it',
    ]);
    expect(dated('2026-03-18')).toEqual([]);
  });

  it('are not judged across time zones', () => {
    expect(muted('{ days: [sat], time_zone: UTC }', '{ days: [sat-sun] }')).toEqual([]);
  });
});

describe('quiet hours', () => {
  const quiet = (more: string, match = '') =>
    remarks(
      `  - { name: all, to: [soc, boss], ${match}quiet: { times: [{ from: "22:00", to: "07:00" }]${more} } }\n`,
    );
  it('that hold HIGH events without saying so are remarked on', () => {
    expect(quiet('')).toEqual([
      'quiet_holds_high tocsin.yaml:6:35 routes[0].quiet hold HIGH events until they are over, because passes is not set. Write passes: HIGH to send those at once, or passes: CRITICAL to say that they may wait',
    ]);
    expect(
      quiet('', 'match: { min_severity: HIGH }, ').filter((line) => line.startsWith('quiet')),
    ).toHaveLength(1);
  });

  it('that say what passes, or whose route takes no HIGH events, are right', () => {
    expect(quiet(', passes: CRITICAL')).toEqual([]);
    expect(quiet(', passes: HIGH')).toEqual([]);
    const critical = quiet('', 'match: { min_severity: CRITICAL }, ');
    expect(critical.filter((line) => line.startsWith('quiet'))).toEqual([]);
  });

  it('that are over are remarked on, as the times of a route are', () => {
    const routes =
      '  - { name: all, to: [soc, boss], quiet: { passes: HIGH, times: [{ last: 2026-03-01, to: "07:00" }] } }\n';
    expect(remarks(routes)).toEqual([
      'unreachable_time tocsin.yaml:6:66 routes[0].quiet.times[0] is over: its last day has passed. Remove it',
    ]);
  });
});

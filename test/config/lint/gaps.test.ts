// Grave events that no route sends: which, and when.
import { describe, expect, it } from 'vitest';
import { createLinter } from './policy.ts';

const { remarks } = createLinter();

describe('grave events that no route sends', () => {
  const text = (what: string, when: string) =>
    `no_way_out tocsin.yaml:5:1 routes send no ${what} events of events, suspicious ${when}`;
  it('are remarked on with the times, in the time zone of the configuration', () => {
    const office =
      '  - { name: office, active: [{ days: [mon-fri], from: "08:00", to: "18:00" }], to: [soc, boss] }\n';
    expect(remarks(office)).toEqual([
      text(
        'CRITICAL and HIGH',
        'from Wed 18:00 to Thu 08:00, Thu 18:00 to Fri 08:00, Fri 18:00 to Mon 08:00, Mon 18:00 to Tue 08:00 and 1 more (Asia/Bangkok). Add a route for them, or widen the times of one',
      ),
    ]);
    expect(
      remarks(
        `${office}  - { name: night, match: { min_severity: CRITICAL }, mute: [{ days: [sun] }], to: [boss] }\n`,
      ),
    ).toEqual([
      text(
        'CRITICAL',
        'from Sun 00:00 to Mon 00:00 (Asia/Bangkok). Add a route for them, or widen the times of one',
      ),
      expect.stringContaining('routes send no HIGH events of events, suspicious from Wed 18:00'),
    ]);
  });

  it('are remarked on as one time if that lasts from before now to after it', () => {
    expect(remarks('  - { name: r, active: [{ days: [mon] }], to: [soc, boss] }\n')).toEqual([
      text(
        'CRITICAL and HIGH',
        'from Tue 00:00 to Mon 00:00 (Asia/Bangkok). Add a route for them, or widen the times of one',
      ),
    ]);
  });

  it('are remarked on if every route wants more', () => {
    expect(
      remarks('  - { name: r, match: { min_severity: CRITICAL }, to: [soc, boss] }\n'),
    ).toEqual([
      text('HIGH', 'at any time. Add a route for them, or lower min_severity in one').replace(
        'suspicious at',
        'suspicious, at',
      ),
    ]);
  });

  it('are remarked on if no route is for the source', () => {
    expect(remarks('  - { name: r, match: { sources: [events] }, to: [soc, boss] }\n')).toEqual([
      'no_way_out tocsin.yaml:5:1 routes send nothing of suspicious: none of those that can take events is for it. Add a route, or name it in the sources of one',
    ]);
  });

  it('are not remarked on if some route sends them at every time', () => {
    const day = '  - { name: day, active: [{ from: "08:00", to: "18:00" }], to: [soc, boss] }\n';
    const night =
      '  - { name: night, match: { min_severity: HIGH }, active: [{ from: "18:00", to: "08:00" }], to: [soc] }\n';
    expect(remarks(day + night)).toEqual([]);
  });
});

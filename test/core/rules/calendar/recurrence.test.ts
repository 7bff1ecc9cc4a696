// Rules of recurrence: most are the examples of RFC 5545, section 3.8.5.3.
import { expect, it } from 'vitest';
import { daysOf, readRule } from '../../../../src/core/rules/calendar/recurrence.ts';
import { UnreadError } from '../../../../src/core/rules/calendar/time.ts';

const dayMs = 86_400_000;
const dayOf = (iso: string) => Date.parse(`${iso}T00:00Z`) / dayMs;
function days(rule: string, first: string, last = '2000-12-31', from = first): string[] {
  const range = { from: dayOf(from), last: dayOf(last) };
  return daysOf(readRule(rule), dayOf(first), range).map((day) =>
    new Date(day * dayMs).toISOString().slice(0, 10),
  );
}

it.each([
  ['FREQ=DAILY;COUNT=3', '1997-09-02', '1997-09-02 1997-09-03 1997-09-04'],
  ['FREQ=DAILY;INTERVAL=10;COUNT=3', '1997-09-02', '1997-09-02 1997-09-12 1997-09-22'],
  ['FREQ=WEEKLY;COUNT=3', '1997-09-02', '1997-09-02 1997-09-09 1997-09-16'],
  ['FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=3', '1997-09-02', '1997-09-02 1997-09-16 1997-09-30'],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
    '1997-09-02',
    '1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16',
  ],
  // The first day of the week matters.
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
    '1997-08-05',
    '1997-08-05 1997-08-10 1997-08-19 1997-08-24',
  ],
  [
    'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
    '1997-08-05',
    '1997-08-05 1997-08-17 1997-08-19 1997-08-31',
  ],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=1FR', '1997-09-05', '1997-09-05 1997-10-03 1997-11-07'],
  ['FREQ=MONTHLY;COUNT=3;BYDAY=-2MO', '1997-09-22', '1997-09-22 1997-10-20 1997-11-17'],
  ['FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3', '1997-09-28', '1997-09-28 1997-10-29 1997-11-28'],
  ['FREQ=MONTHLY;COUNT=4', '1997-12-31', '1997-12-31 1998-01-31 1998-03-31 1998-05-31'],
  ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3', '1998-02-13', '1998-02-13 1998-03-13 1998-11-13'],
  ['FREQ=YEARLY;COUNT=3;BYMONTH=6,7', '1997-06-10', '1997-06-10 1997-07-10 1998-06-10'],
  ['FREQ=YEARLY;BYDAY=20MO;COUNT=3', '1997-05-19', '1997-05-19 1998-05-18 1999-05-17'],
  ['FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=2', '1997-03-30', '1997-03-30 1998-03-29'],
  ['FREQ=YEARLY;COUNT=2', '1996-02-29', '1996-02-29 2000-02-29'],
  [
    'FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3',
    '1997-09-04',
    '1997-09-04 1997-10-07 1997-11-06',
  ],
  [
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3',
    '1997-09-29',
    '1997-09-29 1997-10-30 1997-11-27',
  ],
])('%s from %s', (rule, first, expected) => {
  expect(days(rule, first).join(' ')).toBe(expected);
});

it('what begins years before the range is the same within it', () => {
  const rules = ['FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH', 'FREQ=MONTHLY;INTERVAL=5', 'FREQ=YEARLY'];
  for (const rule of [...rules, 'FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1']) {
    const inRange = (day: string) => day >= '1999-06-01' && day < '2000-12-01';
    const all = days(rule, '1990-03-05').filter(inRange);
    expect(days(rule, '1990-03-05', '2000-12-31', '1999-06-01').filter(inRange)).toEqual(all);
    expect(all.length).toBeGreaterThan(0);
  }
});

it('a rule that no day fulfils ends', () => {
  expect(days('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31', '1997-01-01', '2399-12-31')).toEqual([
    '1997-01-01',
  ]);
});

it.each([
  ['FREQ=HOURLY', 'repeats HOURLY, which is not read'],
  ['FREQ=DAILY;BYHOUR=8', 'repeats by BYHOUR, which is not read'],
  ['FREQ=YEARLY;BYWEEKNO=20', 'repeats by BYWEEKNO, which is not read'],
  ['FREQ=DAILY;INTERVAL=0', 'repeats with INTERVAL=0, which is wrong'],
  ['FREQ=DAILY;COUNT=x', 'repeats with COUNT=X, which is wrong'],
  ['FREQ=MONTHLY;BYMONTHDAY=0', 'repeats with BYMONTHDAY=0, which is wrong'],
  ['FREQ=WEEKLY;BYDAY=XX', 'repeats with BYDAY=XX, which is wrong'],
  ['', 'repeats , which is not read'],
])('%s is not read', (rule, problem) => {
  expect(() => readRule(rule)).toThrow(UnreadError);
  expect(() => readRule(rule)).toThrow(problem);
});

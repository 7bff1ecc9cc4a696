// Times of a route for people: which days follow each other, hours over midnight, dates.
import { expect, test } from 'vitest';
import { parseInterval, type WrittenInterval } from '../../../src/core/rules/schedule.ts';
import { en } from '../../../src/operations/route-sentences/en.ts';
import { th } from '../../../src/operations/route-sentences/th.ts';
import { fill, intervalText } from '../../../src/operations/route-sentences/week.ts';

const interval = (written: Omit<WrittenInterval, 'timeZone'>) =>
  parseInterval({ ...written, timeZone: 'UTC' });

test.each([
  [{}, 'every day all day (UTC)', 'ทุกวัน ทั้งวัน (UTC)'],
  [{ days: ['mon-fri'] }, 'Monday to Friday all day (UTC)', 'จันทร์ถึงศุกร์ ทั้งวัน (UTC)'],
  [{ days: ['sat', 'sun'] }, 'Saturday, Sunday all day (UTC)', 'เสาร์, อาทิตย์ ทั้งวัน (UTC)'],
  [{ days: ['fri-mon'] }, 'Monday, Friday to Sunday all day (UTC)', 'จันทร์, ศุกร์ถึงอาทิตย์ ทั้งวัน (UTC)'],
  [{ from: '09:05', to: '17:00' }, 'every day 09:05 to 17:00 (UTC)', 'ทุกวัน 09:05 ถึง 17:00 (UTC)'],
  [
    { days: ['sun'], from: '22:00', to: '06:00' },
    'Sunday 22:00 to 06:00 of the next day (UTC)',
    'อาทิตย์ 22:00 ถึง 06:00 ของวันถัดไป (UTC)',
  ],
  [
    { first: '2026-04-13', last: '2026-04-15' },
    'every day all day from 13 Apr 2026 to 15 Apr 2026 (UTC)',
    'ทุกวัน ทั้งวัน ตั้งแต่ 13 เม.ย. 2569 ถึง 15 เม.ย. 2569 (UTC)',
  ],
  [
    { last: '2026-04-15' },
    'every day all day until 15 Apr 2026 (UTC)',
    'ทุกวัน ทั้งวัน จนถึง 15 เม.ย. 2569 (UTC)',
  ],
])('%j', (written, english, thai) => {
  expect(intervalText(interval(written), en)).toBe(english);
  expect(intervalText(interval(written), th)).toBe(thai);
});

test('a value is text, whatever it looks like', () => {
  expect(fill('to {sink}[ by {name}]', { sink: '[{name}]', name: undefined })).toBe('to [{name}]');
});

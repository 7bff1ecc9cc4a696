// Times as they are written: each judged by itself.
import { expect, it } from 'vitest';
import type { Findings } from '../../../src/config/read/environment.ts';
import { intervalsOf, parsedAll } from '../../../src/config/read/intervals.ts';
import { createOptionReader } from '../../../src/config/read/options.ts';

const place = (path: readonly PropertyKey[]) => path.join('.');

function read(written: Parameters<typeof intervalsOf>[0]) {
  const findings: Findings = { problems: [], warnings: [] };
  const readOption = createOptionReader(findings);
  const context = { path: ['active'], place, timeZone: 'Asia/Bangkok', readOption, findings };
  const times = intervalsOf(written, context).map(({ fromMinute, timeZone }) => [
    fromMinute,
    timeZone,
  ]);
  return { times, problems: findings.problems.map(({ where, problem }) => `${where} ${problem}`) };
}

it('have the time zone of the configuration unless they name their own', () => {
  expect(read([{ from: '08:00' }, { from: '09:00', time_zone: 'Europe/Berlin' }])).toEqual({
    times: [
      [480, 'Asia/Bangkok'],
      [540, 'Europe/Berlin'],
    ],
    problems: [],
  });
});

it('are left out where something is wrong, and the others keep their places', () => {
  const wrong = [undefined, { from: undefined, to: '08:00' }, { from: '9' }, { time_zone: 'Mars' }];
  const { problems } = read([...wrong, { from: '08:00' }, { days: ['mon', undefined] }]);
  expect(problems).toEqual([
    'active.3.time_zone "Mars" is not a time zone',
    expect.stringContaining('active.2 has a time "9"'),
  ]);
});

it('are parsed one by one, whatever they are', () => {
  const findings: Findings = { problems: [], warnings: [] };
  const parse = (text: string) => {
    if (text === 'x') throw new Error('is an x');
    return text.length;
  };
  const whereOf = (index: number) => `at ${index}`;
  expect(parsedAll(['ab', undefined, 'x', 'c'], { parse, whereOf }, findings)).toEqual([2, 1]);
  expect(findings.problems).toEqual([{ where: 'at 2', problem: 'is an x', remedy: 'Correct it' }]);
});

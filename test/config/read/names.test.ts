// Names that nothing has, with what was most likely meant.
import { expect, it } from 'vitest';
import type { Findings } from '../../../src/config/read/environment.ts';
import { checkNames, type Names, unknownName } from '../../../src/config/read/names.ts';

const place = (path: readonly PropertyKey[]) => path.join('.');

function problems(written: (string | undefined)[], names: Partial<Names> = {}) {
  const findings: Findings = { problems: [], warnings: [] };
  const all: Names = { noun: 'sink', known: ['soc', 'ops'], areAll: true, ...names };
  checkNames({ written, place, path: ['to'] }, all, findings);
  return findings.problems;
}

it('are reported each with its place', () => {
  expect(problems(['soc', 'sco', 'ops', 'nobody']).map(({ where }) => where)).toEqual([
    'to.1',
    'to.3',
  ]);
});

it('say nothing where they could not be read, or where nobody knows them all', () => {
  expect(problems([undefined, 'soc'])).toEqual([]);
  expect(problems(['sco'], { areAll: false })).toEqual([]);
});

it('come with those that there are', () => {
  const known = ['soc', 'ops'];
  expect(unknownName('here', 'sco', { noun: 'sink', known })).toEqual({
    where: 'here',
    problem: '"sco" is not a sink of this configuration',
    remedy: 'Known sinks: soc, ops. Did you mean "soc"?',
  });
  expect(unknownName('here', 'x', { noun: 'template', known: [] }).remedy).toBe(
    'There is no template yet.',
  );
});

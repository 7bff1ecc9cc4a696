// Which sources, sinks and jobs stay together.
import { expect, test } from 'vitest';
import { type GroupingFacts, groupsOf } from '../../../src/core/roles/groups.ts';

const sink = (id: string, origin = `${id}:`) => ({ id, origin });

/** Members of one group side by side, groups apart: `a>x y | b`. */
function shown(facts: GroupingFacts): string[] {
  const groups = groupsOf(facts);
  const members = [
    ...facts.sources.map((id) => [`source ${id}`, groups.ofSource(id)] as const),
    ...facts.sinks.map(({ id }) => [id, groups.ofSink(id)] as const),
    ['job', groups.ofJob('job:x')] as const,
  ];
  const names = [...new Set(members.map(([, name]) => name))];
  return names.map((name) =>
    members.flatMap(([member, group]) => (group === name ? [member] : [])).join(' '),
  );
}

test.each<[string, GroupingFacts, string[]]>([
  ['nothing but a job', { sources: [], sinks: [], routes: [] }, ['job']],
  [
    'what no route connects stays apart, and jobs follow the first',
    { sources: ['a', 'b'], sinks: [sink('x')], routes: [] },
    ['source a job', 'source b', 'x'],
  ],
  [
    'sinks of one origin are together',
    { sources: [], sinks: [sink('x', 'o:'), sink('y', 'o:'), sink('z')], routes: [] },
    ['x y job', 'z'],
  ],
  [
    'a route connects its sources with its sinks',
    {
      sources: ['a', 'b'],
      sinks: [sink('x'), sink('y')],
      routes: [{ sources: ['b'], to: ['y'] }],
    },
    ['source a job', 'source b y', 'x'],
  ],
  [
    'a route that names no source connects all of them',
    { sources: ['a', 'b'], sinks: [sink('x'), sink('y')], routes: [{ to: ['x'] }] },
    ['source a source b x job', 'y'],
  ],
  [
    'routes that share a sink are one group, and so are those that share an origin',
    {
      sources: ['a', 'b', 'c', 'd'],
      sinks: [sink('x'), sink('y', 'o:'), sink('z', 'o:')],
      routes: [
        { sources: ['a'], to: ['x'] },
        { sources: ['b'], to: ['x', 'y'] },
        { sources: ['c'], to: ['z'] },
      ],
    },
    ['source a source b source c x y z job', 'source d'],
  ],
  [
    'a sink of the name of a source is no source',
    { sources: ['a'], sinks: [sink('a')], routes: [] },
    ['source a job', 'a'],
  ],
])('%s', (_title, facts, expected) => {
  expect(shown(facts)).toEqual(expected);
});

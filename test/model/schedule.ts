// Schedules: what may happen, how often, and how it is written down so that a failing one can be
// read.
import fc from 'fast-check';
import type { Severity } from '../../src/kit/event.ts';
import { type Answer, answers, type Mode, modes } from './calls.ts';
import { sinkIds } from './replica.ts';
import { type StatementKind, statementKinds } from './statements.ts';
import type { Nature, PageShape } from './tenant.ts';
import { statementFates, type World } from './world.ts';

type Acts = World['acts'];
/** An act with its arguments. */
export type Act = { [Name in keyof Acts]: readonly [Name, ...Parameters<Acts[Name]>] }[keyof Acts];

const index = fc.nat(11);
const kinds = Object.keys(statementKinds) as StatementKind[];
const severities = fc.array(fc.integer({ min: 0, max: 5 }) as fc.Arbitrary<Severity>, {
  minLength: 1,
  maxLength: 8,
});
const nature = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Nature>('plain') },
  { weight: 1, arbitrary: fc.constantFrom<Nature>('fails', 'refused', 'hopeless') },
);
const act = <Name extends keyof Acts>(
  weight: number,
  name: Name,
  ...args: fc.Arbitrary<unknown>[]
) => ({
  weight,
  arbitrary: fc.tuple(fc.constant(name), ...args) as unknown as fc.Arbitrary<Act>,
});

const anyAct = fc.oneof(
  act(12, 'pass', fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 4000 }))),
  act(
    3,
    'stall',
    fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 500, max: 10_000 })),
  ),
  act(7, 'arrive', severities, nature),
  act(30, 'step', index),
  act(8, 'answer', index, fc.oneof(fc.constant<Answer>('ok'), fc.constantFrom(...answers))),
  act(
    4,
    'page',
    index,
    fc.constantFrom<PageShape | 'error'>('plain', 'overlapping', 'doubled', 'error'),
  ),
  act(7, 'trap', fc.constantFrom(...kinds), fc.constantFrom(...statementFates)),
  act(3, 'release'),
  act(3, 'crash', index, fc.boolean()),
  act(4, 'start', fc.boolean()),
  act(1, 'stop', index),
  act(2, 'freeze', index),
  act(2, 'thaw'),
  act(2, 'expire', index),
  act(1, 'jump', index, fc.constantFrom(-3_600_000, 3_600_000)),
  act(
    4,
    'mode',
    fc.constantFrom(...sinkIds),
    fc.oneof(fc.constant<Mode>('up'), fc.constantFrom(...modes)),
  ),
  act(1, 'redrive'),
  act(1, 'reset'),
);

/** One process works some events; then anything. */
export const anySchedule: fc.Arbitrary<Act[]> = fc
  .tuple(severities, fc.boolean(), fc.array(anyAct, { minLength: 20, maxLength: 80, size: 'max' }))
  .map(([first, isPair, acts]) => {
    const opening: Act[] = [
      ['start', false],
      ...(isPair ? [['start', false] as const] : []),
      ['arrive', first, 'plain'],
    ];
    return [...opening, ...acts];
  });

export async function perform(world: World, [name, ...args]: Act): Promise<void> {
  await (world.acts[name] as (...args: unknown[]) => void | Promise<void>)(...args);
}

export const written = (acts: readonly Act[]) =>
  acts
    .map(([name, ...args]) => `  ${name}${args.map((arg) => ` ${JSON.stringify(arg)}`).join('')}`)
    .join('\n');

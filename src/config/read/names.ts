// Checks names that one part of the configuration gives and another part uses.
import type { ConfigProblem } from '../../kit/errors.ts';
import { didYouMean } from '../../kit/suggest.ts';
import type { Findings } from './environment.ts';
import type { Path, Place } from './place.ts';
import { shownName } from './problems.ts';

/** The names of one kind, as far as they could be read. */
export interface Names {
  readonly noun: 'source' | 'sink' | 'template';
  readonly known: readonly string[];
  /** False: there may be others, so no name is known to be wrong. */
  readonly areAll: boolean;
}

/** Those that the inputs give. @param isUnread there may be others */
export function namesOf(
  noun: Names['noun'],
  inputs: readonly { readonly id: string }[],
  isUnread: boolean | undefined,
): Names {
  return { noun, known: inputs.map(({ id }) => id), areAll: isUnread !== true };
}

/** The problem of a name that nothing of its kind has. */
export function unknownName(
  where: string,
  name: string,
  { noun, known }: Pick<Names, 'noun' | 'known'>,
): ConfigProblem {
  const all = known.map(shownName).join(', ');
  const list = known.length === 0 ? `There is no ${noun} yet` : `Known ${noun}s: ${all}`;
  const problem = `"${shownName(name)}" is not a ${noun} of this configuration`;
  return { where, problem, remedy: `${list}.${didYouMean(name, known)}` };
}

/** A list of names as it is written; an undefined name could not be read. */
export interface WrittenNames {
  readonly written: readonly (string | undefined)[] | undefined;
  readonly place: Place;
  /** Of the list, from `place` on. */
  readonly path: Path;
}

/** Reports those that nothing has. */
export function checkNames(
  { written, place, path }: WrittenNames,
  names: Names,
  { problems }: Findings,
): void {
  for (const [index, name] of (written ?? []).entries()) {
    if (name === undefined || !names.areAll || names.known.includes(name)) continue;
    problems.push(unknownName(place([...path, index]), name, names));
  }
}

// How this process relates to the others on its database: replicas of the same service, or another
// service that uses the same ids. Decides which roles it leaves to them. Pure: every process draws
// the same conclusion from the same facts.
import type { StoredPosition } from '../../kit/records/position.ts';
import type { Works } from '../../kit/records/role.ts';

export type { Works } from '../../kit/records/role.ts';

import type { PlaceOf } from '../../kit/place.ts';
import { type ConsoleOf, planPosition } from './position.ts';

/** Work that one process does at a time. */
export interface Grouped {
  /** `source:<id>` or `sink:<origin>`. */
  readonly name: string;
  /** Roles of one group prefer one process: a source and the sinks that it feeds. */
  readonly group: string;
  /**
   * Follows its group without deciding where the group is worked: an earlier release may hold this
   * role and nothing else of the group.
   */
  readonly isFollower?: boolean;
}

/** A role with the consoles and places that it works. */
export interface WorkingRole extends Grouped {
  /** Ids of the sinks that it works. */
  readonly sinks?: readonly string[];
  /** The console that it reads, if it is a source that names one. */
  readonly console?: string | undefined;
  /** Where its sinks post, by id. */
  readonly places?: Readonly<Record<string, string>>;
  /** Changes what is stored as the configuration file says. Another service must not do that. */
  readonly isByFile?: boolean;
}

export interface StandingFacts {
  readonly own: Works;
  /** Of the live processes besides this one that say what they work. */
  readonly others: readonly Works[];
  readonly positions: readonly StoredPosition[];
  /** Where each sink posted when it was last worked. */
  readonly places: readonly PlaceOf[];
}

export interface Standing {
  /**
   * The position of every source is another console's: nothing shows that the database belongs to
   * this service.
   */
  readonly isStranger: boolean;
  /** Ids of sources whose position is another console's, as far as the database knows. */
  readonly disowned: readonly string[];
  /**
   * Sinks that this process must not work, and the place at which they are worked, or were last.
   */
  readonly contested: readonly { readonly sink: string; readonly place: string }[];
  /** Ids of sources whose console no other live process reads. */
  readonly readHereOnly: readonly string[];
  /**
   * How many live processes are of another service, or of this one with another console or place.
   */
  readonly foreigners: number;
  /** Names of the roles that this process must not work now. */
  readonly left: ReadonlySet<string>;
}

const sourcePrefix = 'source:';

/** Ids are free text, so one may be the name of a property that every object has. */
function entryOf(values: Readonly<Record<string, string>>, id: string): string | undefined {
  return Object.hasOwn(values, id) ? values[id] : undefined;
}

export function worksOf(roles: readonly WorkingRole[]): Works {
  const consoles = roles.flatMap(({ name, console }) =>
    console === undefined ? [] : [[name.slice(sourcePrefix.length), console] as const],
  );
  return {
    roles: roles.map(({ name }) => name),
    consoles: Object.fromEntries(consoles),
    places: Object.assign({}, ...roles.map(({ places }) => places ?? {})),
  };
}

/** @param roles those that could be left */
export function standingOf(facts: StandingFacts, roles: readonly WorkingRole[] = []): Standing {
  const { own, others, positions } = facts;
  const isStranger = isStrangerBy(own, positions);
  const isRead = ({ id, console }: ConsoleOf) =>
    others.some(({ roles, consoles }) =>
      console === undefined
        ? roles.includes(sourcePrefix + id)
        : Object.values(consoles).includes(console),
    );
  const contested = contestedSinks(facts, isStranger);
  return {
    isStranger,
    disowned: disownedOf(own, positions),
    contested,
    readHereOnly: sourcesOf(own)
      .filter((one) => !isRead(one))
      .map(({ id }) => id),
    foreigners: others.filter((other) => contradicts(own, other)).length,
    left: leftRoles(roles, facts, { isStranger, contested }),
  };
}

/**
 * A sink belongs to its stored place while a live process serves it there; a process with another
 * place waits until that one ends. A stranger has no vote, and waits until an operator says to whom
 * the positions belong.
 */
function contestedSinks(
  { own, others, positions, places }: StandingFacts,
  isStranger: boolean,
): Standing['contested'] {
  const residents = others.filter((other) => !isStrangerBy(other, positions));
  return places.flatMap(({ id, place }) => {
    const mine = entryOf(own.places, id);
    if (!place || mine === undefined || mine === place) return [];
    const isServed = residents.some((other) => entryOf(other.places, id) === place);
    return isStranger || isServed ? [{ sink: id, place }] : [];
  });
}

function leftRoles(
  roles: readonly WorkingRole[],
  { own, others, positions }: StandingFacts,
  { isStranger, contested }: Pick<Standing, 'isStranger' | 'contested'>,
): Set<string> {
  const isContested = ({ sinks = [] }: WorkingRole) =>
    contested.some(({ sink }) => sinks.includes(sink));
  const isOthers = ({ name }: WorkingRole) => {
    const id = name.slice(sourcePrefix.length);
    const stored = positions.find(({ source }) => source === id)?.console;
    if (
      !name.startsWith(sourcePrefix) ||
      !stored ||
      (entryOf(own.consoles, id) ?? stored) === stored
    )
      return false;
    return others.some(({ consoles }) => entryOf(consoles, id) === stored);
  };
  if (isStranger) {
    const residents = others.filter((other) => !isStrangerBy(other, positions));
    const isTheirs = ({ name }: WorkingRole) =>
      residents.some((other) => other.roles.includes(name));
    // Its sources may ask their consoles, which can show that it is no stranger.
    return namesOf(roles.filter((role) => role.isByFile || isContested(role) || isTheirs(role)));
  }
  // What a source stores for a contested sink would go out at the other place.
  const groups = new Set(roles.filter(isContested).map(({ group }) => group));
  return namesOf(roles.filter((role) => groups.has(role.group) || isOthers(role)));
}

function namesOf(roles: readonly WorkingRole[]): Set<string> {
  return new Set(roles.map(({ name }) => name));
}

function sourcesOf({ roles, consoles }: Works): ConsoleOf[] {
  const ids = roles
    .filter((name) => name.startsWith(sourcePrefix))
    .map((name) => name.slice(sourcePrefix.length));
  return ids.map((id) => ({ id, console: entryOf(consoles, id) }));
}

function disownedOf(works: Works, positions: readonly StoredPosition[]): string[] {
  const sources = sourcesOf(works);
  return sources
    .filter((one) => planPosition(positions, one, sources).kind === 'other')
    .map(({ id }) => id);
}

function isStrangerBy(works: Works, positions: readonly StoredPosition[]): boolean {
  const sources = sourcesOf(works);
  return sources.length > 0 && disownedOf(works, positions).length === sources.length;
}

/** They name another console for the same source, or another place for the same sink. */
function contradicts(one: Works, other: Works): boolean {
  const differ = (
    mine: Readonly<Record<string, string>>,
    theirs: Readonly<Record<string, string>>,
  ) => Object.entries(mine).some(([id, value]) => (entryOf(theirs, id) ?? value) !== value);
  return differ(one.consoles, other.consoles) || differ(one.places, other.places);
}

/**
 * Why nobody reads any of this process's sources, with what to do; undefined while one of them is
 * read.
 * @param refused ids of sources whose console was asked and does not know the position; a console
 * with a foreign position may only have moved. Undefined until the consoles were asked
 */
export function whyNothingIsRead(
  standing: Standing | undefined,
  sources: readonly string[],
  refused: ReadonlySet<string> | undefined,
): string | undefined {
  if (standing === undefined || sources.length === 0) return undefined;
  const { disowned, left, readHereOnly, contested } = standing;
  const isRefused = (id: string) => disowned.includes(id) && (refused?.has(id) ?? true);
  const isLeft = (id: string) =>
    !disowned.includes(id) && left.has(sourcePrefix + id) && readHereOnly.includes(id);
  if (!sources.every((id) => isRefused(id) || isLeft(id))) return undefined;
  if (refused === undefined && sources.some(isRefused))
    return 'no source may be read here yet: its console is asked whether the stored position is its own';
  const why = sources.some(isRefused)
    ? 'the stored positions are those of other consoles'
    : `another service works ${contested.map(({ sink }) => sink).join(', ')} at another place`;
  return `no source may be read here: ${why}. "tocsin check" says which and what to do`;
}

/** What is left to others, in words; undefined if nothing is. */
export function leftText(standing: Standing | undefined): string | undefined {
  if (standing === undefined || standing.left.size === 0) return undefined;
  return `left to a process with other consoles or webhooks: ${[...standing.left].sort().join(', ')}`;
}

/** What people should know of sinks that a live process works at another place. Pure. */
export function placeRemarks(
  facts: Pick<StandingFacts, 'others'> & { readonly places: readonly PlaceOf[] },
) {
  return facts.places.flatMap(({ id, place }) => {
    const theirs = facts.others
      .map(({ places }) => entryOf(places, id))
      .find((other) => other !== undefined && other !== place);
    if (!place || theirs === undefined) return [];
    const text =
      `a running process posts to another place under this id, ${theirs}. This configuration gets the sink when that process ` +
      'has ended or reads it too. If that is another service, give each a database of its own';
    return [{ sink: id, text }];
  });
}

/**
 * A warning for people who want to assign the position of a source; undefined if no other process
 * reads under its id. Pure.
 */
export function readerRemark(
  { others }: Pick<StandingFacts, 'others'>,
  { id, console }: ConsoleOf,
): string | undefined {
  const theirs = others
    .map(({ consoles }) => entryOf(consoles, id))
    .find((other) => other !== undefined && other !== console);
  if (theirs === undefined) return undefined;
  return (
    `a running process reads ${theirs} as source ${id}, and cannot go on after this. ` +
    'If that is another service, undo this there with "tocsin source adopt", and give each a database of its own'
  );
}

// From whose position a source goes on. A position belongs to a console, not to an id: people
// change ids, and two services may use the same one.

import { AdapterError } from '../../kit/errors.ts';
import type { FormerName, StoredPosition } from '../../kit/records/position.ts';
import type { PollSource } from '../../kit/source.ts';
import type { Logger } from '../../observe/log.ts';
import { listPositions, nameConsole, readPosition } from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import { takePosition } from '../../store/take-position.ts';
import type { Lease } from '../loops/lease.ts';

/** A configured source and what it reads; undefined if it does not say. */
export interface ConsoleOf {
  readonly id: string;
  readonly console: string | undefined;
}

/** What to do for a source before it is read. */
export type PositionPlan =
  /** Its own position goes on. */
  | { readonly kind: 'own' }
  /**
   * It has none. `strangers`: positions of ids that are no longer configured, maybe of its console.
   */
  | { readonly kind: 'fresh'; readonly strangers: readonly StoredPosition[] }
  /** The position of its console stands under another id. */
  | { readonly kind: 'take'; readonly from: StoredPosition }
  /**
   * The console has several positions or several sources, and nothing shows which belong together.
   */
  | { readonly kind: 'several'; readonly from: readonly string[]; readonly to: readonly string[] }
  /** Its id holds the position of another console. */
  | { readonly kind: 'other'; readonly own: StoredPosition };

/**
 * How many such positions are asked about: each costs a request, and renaming never leaves more
 * behind.
 */
const strangersMax = 8;

/** @param configured every source of the configuration, `wanted` among them */
export function planPosition(
  stored: readonly StoredPosition[],
  wanted: ConsoleOf,
  configured: readonly ConsoleOf[],
): PositionPlan {
  const of = (id: string) => stored.find(({ source }) => source === id);
  const own = of(wanted.id);
  if (wanted.console === undefined || isKept(own, wanted)) return { kind: 'own' };
  const kept = configured.filter((one) => isKept(of(one.id), one)).map(({ id }) => id);
  const left = stored.filter(
    ({ source, cursor, console }) => cursor !== null && console !== '' && !kept.includes(source),
  );
  const from = left.filter(
    ({ console, source }) => console === wanted.console && source !== wanted.id,
  );
  const to = configured.filter(
    ({ id, console }) => console === wanted.console && !kept.includes(id),
  );
  if (from.length === 1 && to.length === 1) return { kind: 'take', from: from[0]! };
  if (from.length > 0)
    return { kind: 'several', from: from.map(({ source }) => source), to: to.map(({ id }) => id) };
  if (own?.cursor && own.console) return { kind: 'other', own };
  const isConfigured = (id: string) => configured.some((one) => one.id === id);
  return {
    kind: 'fresh',
    strangers: left.filter(({ source }) => !isConfigured(source)).slice(0, strangersMax),
  };
}

/** One that names no console yet was stored by an earlier release, and is its own. */
function isKept(own: StoredPosition | undefined, { console }: ConsoleOf): boolean {
  return (
    own !== undefined && (own.console === console || (own.console === null && own.cursor !== null))
  );
}

export interface ClaimDependencies {
  readonly id: string;
  readonly source: PollSource;
  readonly db: Database;
  readonly log: Logger;
  /** Every source of the configuration; absent: this one alone. */
  readonly consoles?: readonly ConsoleOf[] | undefined;
  /** Follows each wait for the database. */
  timed?<T>(answer: Promise<T>): Promise<T>;
}

export interface Claimed {
  readonly cursor: string | null;
  readonly generation: number;
  /** Events that stand under these are this source's own, and must not be announced again. */
  readonly former: readonly FormerName[];
}

/**
 * Finds out where to go on reading. Takes over the position of the same console if it stands under
 * an id that is no longer configured.
 * @param lease the role `source:<id>`
 * @throws {AdapterError} while it is unknown whether a position belongs to this source; nothing may
 * be read then
 */
export async function claimPosition(
  deps: ClaimDependencies,
  lease: Lease,
  signal: AbortSignal,
): Promise<Claimed> {
  const { id, source, db } = deps;
  const timed = deps.timed ?? (<T>(answer: Promise<T>) => answer);
  const own = await timed(readPosition(db, id));
  if (source.console === undefined || own?.console === source.console) return claimed(own);
  const wanted = { id, console: source.console };
  const plan = planPosition(await timed(listPositions(db)), wanted, deps.consoles ?? [wanted]);
  switch (plan.kind) {
    case 'take':
      return take(deps, lease, plan.from);
    case 'several':
      throw unclear(id, plan.from);
    case 'other':
      await assertSame(deps, plan.own, source.console, signal);
      break;
    case 'fresh': {
      const same = await recognised(source, plan.strangers, signal);
      if (same.length > 1)
        throw unclear(
          id,
          same.map((one) => one.source),
        );
      if (same.length === 1) return take(deps, lease, same[0]!);
    }
  }
  await nameConsole(db, lease, { source: id, console: source.console });
  return claimed(own);
}

function claimed(position: StoredPosition | undefined): Claimed {
  if (position === undefined) return { cursor: null, generation: 1, former: [] };
  const { cursor, generation, former } = position;
  return { cursor, generation, former: former?.generation === generation ? former.names : [] };
}

async function take(
  { id, source, db, log }: ClaimDependencies,
  lease: Lease,
  from: StoredPosition,
): Promise<Claimed> {
  const taken = await takePosition(db, lease, {
    from: from.source,
    to: id,
    console: source.console!,
  });
  if (taken === 'held') {
    throw new AdapterError(
      'retry',
      'bad_config',
      `A process still reads ${source.console} as source "${from.source}", so "${id}" waits. When that process has stopped, "${id}" goes on ` +
        `where it was. To read the console twice, under both names, run \`tocsin source reset ${id}\`: it then starts at START_FROM.`,
    );
  }
  if (taken === 'lost')
    throw new AdapterError(
      'retry',
      'unknown',
      `The role of source "${id}" was lost; it is tried again.`,
    );
  log.info(
    { source: id, former: from.source, console: source.console },
    'position taken over: the same console under a new id',
  );
  return claimed(taken);
}

async function recognised(
  source: PollSource,
  strangers: readonly StoredPosition[],
  signal: AbortSignal,
): Promise<StoredPosition[]> {
  const same: StoredPosition[] = [];
  for (const one of strangers)
    if ((await source.recognises?.(one.cursor!, signal)) === true) same.push(one);
  return same;
}

/**
 * A console may get another address; its own events show whether it is the same.
 * @throws {AdapterError} it is another, or nobody can say
 */
async function assertSame(
  { id, source, log }: ClaimDependencies,
  own: StoredPosition,
  console: string,
  signal: AbortSignal,
): Promise<void> {
  const isSame = await source.recognises?.(own.cursor!, signal);
  if (isSame === true) {
    log.info(
      { source: id, console, former: own.console },
      'the same console at a new address: its position goes on',
    );
    return;
  }
  throw new AdapterError('retry', 'other_console', otherConsole(id, own.console!, console, isSame));
}

/** @param isSame undefined if the console could not say */
export function otherConsole(
  id: string,
  before: string,
  console: string,
  isSame?: boolean,
): string {
  const seen =
    isSame === false
      ? 'and that console has other events there'
      : 'and whether they are the same cannot be told';
  return (
    `The position of source "${id}" is that of ${before}, but the configuration names ${console}, ${seen}. Nothing is read. ` +
    `Two services need a database each. If this service shall read the new console from START_FROM, run ` +
    `\`tocsin source reset ${id}\`; if it is the same console at a new address, \`tocsin source adopt ${id}\`.`
  );
}

function unclear(id: string, from: readonly string[]): AdapterError {
  return new AdapterError(
    'retry',
    'other_console',
    `Source "${id}" is new, and its console was read before as ${from.map((one) => `"${one}"`).join(', ')}; more than one id may go on there. ` +
      `Nothing is read until you say which: \`tocsin source rename <old> ${id}\`, or \`tocsin source remove <old>\` to start at START_FROM.`,
  );
}

/** What people should know about the positions before anything is read. Pure. */
export function positionRemarks(
  stored: readonly StoredPosition[],
  configured: readonly ConsoleOf[],
): { readonly source: string; readonly isFault: boolean; readonly text: string }[] {
  const plans = configured.map((one) => ({ ...one, plan: planPosition(stored, one, configured) }));
  const taken = plans.flatMap(({ plan }) => (plan.kind === 'take' ? [plan.from.source] : []));
  const left = stored.filter(
    ({ source, cursor }) =>
      cursor !== null && !taken.includes(source) && !configured.some(({ id }) => id === source),
  );
  return [
    ...plans.flatMap(({ id, console, plan }) => {
      if (plan.kind === 'take')
        return [
          {
            source: id,
            isFault: false,
            text: `goes on where "${plan.from.source}" was, which read the same console`,
          },
        ];
      if (plan.kind === 'other')
        return [{ source: id, isFault: true, text: otherConsole(id, plan.own.console!, console!) }];
      if (plan.kind === 'several')
        return [{ source: id, isFault: true, text: unclear(id, plan.from).message }];
      return [];
    }),
    ...left.map(({ source }) => ({
      source,
      isFault: false,
      text: `is configured no more; its position is kept. \`tocsin source remove ${source}\` forgets it`,
    })),
  ];
}

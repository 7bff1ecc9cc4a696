// Raises the alarm about a tenant whose numbers do not go on from the cursor: asks once more for
// what speaks against it, and says which of the two it is.
import { AdapterError } from '../../kit/errors.ts';
import { type Cursor, isAt } from './cursor.ts';
import type { Read } from './first-start.ts';
import type { WireItem } from './page.ts';
import { type Contradiction, judge } from './same-tenant.ts';

/** The newest item of this tenant lies so far below the cursor that it is no position in it. */
export interface FarBelow {
  readonly kind: 'far';
  readonly seen: WireItem;
}

export interface AlarmOptions {
  /** For people. */
  readonly host: string;
  /** As people call this source, for `tocsin source reset`. */
  readonly sourceId: string;
  readonly read: Read;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Asks once more for what speaks against this tenant, and always throws.
 * @throws {AdapterError} `reset` if the second answer confirms it; `malformed` if it does not, or
 * as {@link Read}
 */
export type Alarm = (cursor: Cursor, against: Contradiction | FarBelow) => Promise<never>;

export function createAlarm({ host, sourceId, read, now }: AlarmOptions): Alarm {
  return async (cursor, { kind, seen }) => {
    const { items } = await read(seen.id! - 1);
    const isThere = items.some((item) => isAt(item, seen));
    const isSame = judge(cursor, items, now()).kind === 'same';
    const isEnd = items.at(-1)?.id === seen.id;
    if (!isThere || isSame || (kind === 'far' && !isEnd)) throw unclear(host, cursor, seen);
    const message = (kind === 'another' ? begunAnew : fallenBehind)(cursor, seen);
    throw new AdapterError('retry', 'reset', `${host}: ${message} ${remedy(sourceId)}`);
  };
}

function begunAnew(cursor: Cursor, seen: WireItem): string {
  return (
    'the numbers of its events have begun anew, as after a rebuild, a restore or with another ' +
    `tenant. Event ${cursor.id} was inserted at ${cursor.at}; now event ${seen.id} is said to be ` +
    `from ${seen.at}. Old and new events cannot be told apart, so reading has stopped.`
  );
}

function fallenBehind(cursor: Cursor, seen: WireItem): string {
  const of = cursor.at === null ? '' : ` of ${cursor.at}`;
  return (
    'its numbers have fallen behind ours, as after a restore from a backup, a rebuild or a wrong ' +
    `answer. We have read up to event ${cursor.id}${of}; that one is gone, and event ${seen.id} ` +
    `is said to be from ${seen.at}. New events are not seen from here, so reading has stopped.`
  );
}

function remedy(sourceId: string): string {
  return (
    `If this is the right server, run \`tocsin source reset ${sourceId}\`: it begins again at ` +
    'START_FROM. If not, correct DEEPINSTINCT_URL or TOKENS_KEY.'
  );
}

function unclear(host: string, cursor: Cursor, seen: WireItem): AdapterError {
  return new AdapterError(
    'retry',
    'malformed',
    `${host}: its answers contradict each other: event ${seen.id} of ${seen.at}, which does not ` +
      `fit event ${cursor.id} that we have read, was there once and not the next time. Nothing ` +
      'of them was used, and they are asked for again.',
  );
}

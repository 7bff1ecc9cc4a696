// Announces conditions that last: their beginning, a reminder once a day, and their end. The
// database stores what was announced, so that no restart or takeover repeats it.

import type { Notice } from '../../kit/event.ts';
import type { Fence } from '../../kit/records/role.ts';
import {
  markAnnounced,
  noteCondition,
  readConditions,
  removeConditions,
} from '../../store/conditions.ts';
import type { Database } from '../../store/database.ts';
import { type Announcer, storeNotice } from './notice.ts';

const dayMs = 86_400_000;

export interface Condition {
  /** `source:<id>`, `credential:<id>`, `sink:<id>`, `dead:<id>`. */
  readonly name: string;
  readonly kind: Notice['kind'];
  /** Ids of sinks. If there are none, the condition counts as announced. */
  readonly to: readonly string[];
  /** @param since when it began, ISO 8601 */
  values(since: string): Notice['values'];
  /** How long it must have lasted before it is announced; default 0. */
  readonly afterMs?: number;
  /** How long it has lasted, if that is known from elsewhere. Counts until it is announced. */
  readonly heldMs?: number;
  /** Each edition is announced once; default: one edition a day. */
  readonly edition?: string;
}

export interface ConditionEnd extends Pick<Condition, 'name' | 'kind' | 'to'> {
  /**
   * Ids of the sinks that still exist. Of the recipients of the beginning, only these get the end.
   */
  readonly known: readonly string[];
  /** @param since when it began @param until now; both ISO 8601 */
  values(since: string, until: string): Notice['values'];
}

/** What a look at a condition found: it holds, or it does not, or neither is certain yet. */
export interface Finding extends Pick<Condition, 'name' | 'to'> {
  readonly holds?: Pick<Condition, 'kind' | 'values' | 'afterMs' | 'heldMs' | 'edition'>;
  /** Absent while it is not certain that it is over. */
  readonly over?: Pick<ConditionEnd, 'kind' | 'values'>;
}

/**
 * Announces a condition that holds. A crash between notice and mark repeats nothing, because the
 * notice has a key.
 * @throws the driver's error
 */
export async function announce(by: Announcer, condition: Condition): Promise<void> {
  const { db, fence } = by;
  const { name, kind, to, afterMs = 0 } = condition;
  const known = await noteCondition(db, fence, { name, heldMs: condition.heldMs });
  if (known === null || known.ageMs < afterMs) return;
  const label = `${kind} ${condition.edition ?? Math.floor(known.ageMs / dayMs)}`;
  const last = readAnnounced(known.told);
  if (last?.label === label) return;
  const since = isoTime(known.sinceMs);
  const notice = { kind, values: condition.values(since) };
  await storeNotice(by, { notice, key: `${label} ${name} ${since}`, to });
  const recipients = new Set([...(last?.recipients ?? []), ...to]);
  await markAnnounced(db, name, `${label}${recipientsMark}${[...recipients].join(',')}`);
}

/**
 * Announces that a condition no longer holds, to the recipients of its beginning and nobody else.
 * @throws the driver's error
 */
export async function announceEnd(
  by: Announcer & { readonly fence: Fence },
  condition: ConditionEnd,
): Promise<void> {
  const { db, fence } = by;
  const { name, kind } = condition;
  const known = (await readConditions(db)).find((one) => one.name === name);
  if (known === undefined) return;
  const recipients = readAnnounced(known.told)?.recipients;
  const to = recipients?.filter((id) => condition.known.includes(id)) ?? condition.to;
  const since = isoTime(known.sinceMs);
  const values = condition.values(since, isoTime(known.sinceMs + known.ageMs));
  if (known.told !== null)
    await storeNotice(by, { notice: { kind, values }, key: `${name} ${since}`, to });
  await removeConditions(db, fence, [name]);
}

/**
 * A key for what is announced as soon as the condition seems to be over. It stays the same while
 * the condition lasts, because that may seem so every minute.
 * @param otherwise the key if the condition is not noted
 */
export async function keyWhile(db: Database, name: string, otherwise: string): Promise<string> {
  const known = (await readConditions(db)).find((one) => one.name === name);
  return known === undefined ? otherwise : `while ${name} ${isoTime(known.sinceMs)}`;
}

const recipientsMark = ' to ';

/**
 * Reads the mark in the database, `sink_paused 0 to boss,soc`: what was announced last, and
 * everybody who got any of it. `recipients` is undefined in marks of releases that did not note
 * them.
 */
function readAnnounced(mark: string | null) {
  if (mark === null) return undefined;
  const [label, recipients] = mark.split(recipientsMark);
  return { label, recipients: recipients?.split(',').filter((id) => id !== '') };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

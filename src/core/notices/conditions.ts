// Tells people of what lasts: once when it begins, once a day while it goes on, and once when it is over. What was said is in the database.

import type { Notice } from '../../kit/event.ts';
import type { Fence } from '../../kit/records/role.ts';
import { markTold, noteCondition, readConditions, removeConditions } from '../../store/conditions.ts';
import type { Database } from '../../store/database.ts';
import { storeNotice } from './notice.ts';

const dayMs = 86_400_000;

export interface Condition {
  /** `source:<id>`, `credential:<id>`, `sink:<id>`, `dead:<id>`. */
  readonly name: string;
  readonly kind: Notice['kind'];
  /** Ids of sinks; if there are none it counts as told. */
  readonly to: readonly string[];
  /** @param since when it began, ISO 8601 */
  said(since: string): Notice['values'];
  /** It must have lasted this long before it is said; default 0. */
  readonly afterMs?: number;
  /** For how long it has held, if that is known from elsewhere: until it is said, it counts from there. */
  readonly heldMs?: number;
  /** It is said once for each; default: one a day. */
  readonly edition?: string;
}

export interface ConditionEnd extends Pick<Condition, 'name' | 'kind' | 'to'> {
  /** Ids of sinks: of those who heard that it began, only these hear of its end. */
  readonly known: readonly string[];
  /** @param since when it began @param until now; both ISO 8601 */
  said(since: string, until: string): Notice['values'];
}

/**
 * It holds. A crash between notice and mark says nothing twice: the notice has a key.
 *
 * @param fence null for whoever holds no role
 * @param nowMs milliseconds since the epoch
 * @throws the driver's error
 */
export async function tell(db: Database, fence: Fence | null, condition: Condition, nowMs: number): Promise<void> {
  const { name, kind, to, afterMs = 0 } = condition;
  const known = await noteCondition(db, fence, name, condition.heldMs);
  if (known === null || known.ageMs < afterMs) return;
  const label = `${kind} ${condition.edition ?? Math.floor(known.ageMs / dayMs)}`;
  const told = readTold(known.told);
  if (told?.label === label) return;
  const since = isoTime(known.sinceMs);
  await storeNotice(db, fence, { kind, values: condition.said(since) }, `${label} ${name} ${since}`, to, nowMs);
  await markTold(db, name, `${label}${toldTo}${[...new Set([...(told?.heard ?? []), ...to])].join(',')}`);
}

/** It does not hold. Whoever heard that it began hears that it is over, and nobody else. @throws the driver's error */
export async function tellEnd(db: Database, fence: Fence, condition: ConditionEnd, nowMs: number): Promise<void> {
  const { name, kind } = condition;
  const known = (await readConditions(db)).find((one) => one.name === name);
  if (known === undefined) return;
  const to = readTold(known.told)?.heard?.filter((id) => condition.known.includes(id)) ?? condition.to;
  const since = isoTime(known.sinceMs);
  const values = condition.said(since, isoTime(known.sinceMs + known.ageMs));
  if (known.told !== null) await storeNotice(db, fence, { kind, values }, `${name} ${since}`, to, nowMs);
  await removeConditions(db, fence, [name]);
}

/**
 * A key for what is said at once when the condition seems to be over: the same for as long as it lasts, though it may seem so each minute.
 * @param otherwise if it was not noted
 */
export async function keyWhile(db: Database, name: string, otherwise: string): Promise<string> {
  const known = (await readConditions(db)).find((one) => one.name === name);
  return known === undefined ? otherwise : `while ${name} ${isoTime(known.sinceMs)}`;
}

const toldTo = ' to ';

/** Of what stands in the database, `sink_paused 0 to boss,soc`: what was said last, and who heard of it at any time; undefined if that is not known. */
function readTold(told: string | null) {
  if (told === null) return undefined;
  const [label, heard] = told.split(toldTo);
  return { label, heard: heard?.split(',').filter((id) => id !== '') };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

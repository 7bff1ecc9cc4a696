// Where a list goes on: a text that callers pass back and never read. It belongs to the filters of
// the list that gave it.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parsedJson } from '../kit/parsed-json.ts';
import { refusal } from '../kit/refusals.ts';
import { InputError } from './operation.ts';

/** By name. `cursor` and `limit` do not count: a caller may take pages of another size. */
export type Filters = Readonly<Record<string, unknown>>;

/**
 * @param key of the last row that the caller has seen
 * @param filters the input of the operation, as it is
 */
export function cursorOf(key: unknown, filters: Filters): string {
  return Buffer.from(JSON.stringify([markOf(filters), key])).toString('base64url');
}

/**
 * Null for the first page: there is no cursor.
 * @param schema of the key: whoever calls may have written the cursor
 * @throws {InputError} it belongs to other filters, or it is none
 */
export function keyOf<Key>(
  cursor: string | undefined,
  filters: Filters,
  schema: z.ZodType<Key>,
): Key | null {
  if (cursor === undefined) return null;
  const read = z.tuple([z.string(), schema]).safeParse(jsonOf(cursor));
  if (!read.success) throw new InputError([refusal('cursorWrong')]);
  const [mark, key] = read.data;
  if (mark !== markOf(filters)) throw new InputError([refusal('cursorOthers')]);
  return key;
}

function jsonOf(cursor: string): unknown {
  return parsedJson(Buffer.from(cursor, 'base64url').toString('utf8'));
}

/** The same for the same filters, in whichever order they were written. */
function markOf(filters: Filters): string {
  const given = Object.entries(filters)
    .filter(([name, value]) => value !== undefined && name !== 'cursor' && name !== 'limit')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(given)).digest('base64url').slice(0, 12);
}

// How far a stream was read, and what is needed to notice that its tenant was rebuilt. Opaque to everybody else. Pure.
import { AdapterError } from '../../core/errors.ts';
import type { WireItem } from './page.ts';

export interface Cursor {
  /** The highest number read, or known to lie before where we started. */
  readonly id: number;
  /** `insertion_timestamp` of that very item as it came; null if the item itself was not seen. */
  readonly at: string | null;
  /** Items up to here are from before the first start and are never announced. */
  readonly start: number;
}

/** @throws {AdapterError} `retry`, `malformed`: somebody else wrote this */
export function parseCursor(text: string): Cursor {
  const value = tryParse(text);
  // A bare number is what an operator would write into the table by hand.
  if (isPosition(value)) return { id: value, at: null, start: value };
  if (typeof value === 'object' && value !== null) {
    const { id, at = null, start = 0 } = value as Record<string, unknown>;
    if (isPosition(id) && isPosition(start) && (at === null || typeof at === 'string')) return { id, at, start };
  }
  throw new AdapterError(
    'retry',
    'malformed',
    'The stored position of this source cannot be read. Start it anew with `tocsin source reset <id>`.',
  );
}

export function formatCursor({ id, at, start }: Cursor): string {
  return JSON.stringify({ id, at, start });
}

/** `newestId` was reached, `items` were read on the way: `at` belongs to the item of that very number, or is not known. */
export function advance(cursor: Cursor, newestId: number, items: readonly Pick<WireItem, 'id' | 'at'>[]): Cursor {
  const at = items.find((item) => item.id === newestId)?.at ?? null;
  if (newestId <= cursor.id) return { ...cursor, at: cursor.at ?? (newestId === cursor.id ? at : null) };
  return { ...cursor, id: newestId, at };
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

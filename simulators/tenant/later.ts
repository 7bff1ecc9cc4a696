// What becomes of an item later, as the fields of it that a console then changes. Pure.

export type Fields = Readonly<Record<string, unknown>>;

export interface ClosingOptions {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The vendor's word; default `CLOSED_BY_ADMIN`. */
  readonly trigger?: string | undefined;
  readonly comment?: string | undefined;
}

export function closing({ atMs, trigger = 'CLOSED_BY_ADMIN', comment }: ClosingOptions): Fields {
  const fields = { status: 'CLOSED', close_timestamp: timeOf(atMs), close_trigger: trigger };
  return comment === undefined ? fields : { ...fields, comment };
}

/** Without the time and the reason of its closing, which a console then leaves out. */
export function reopening(): Fields {
  return { status: 'REOPEN', close_timestamp: undefined, close_trigger: undefined };
}

/** @param item as it is now */
export function recurring(item: Fields, times: number, atMs: number): Fields {
  const count = Number(item.reoccurrence_count ?? 1);
  return { reoccurrence_count: count + times, last_reoccurrence: timeOf(atMs) };
}

/** With six decimals, as a console writes it. */
function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}

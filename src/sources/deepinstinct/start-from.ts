// START_FROM: where the first reading of a source begins. Pure; first-start.ts finds the place on the server.

/** Times in milliseconds. An event's id counts as announced from there on, itself included. */
export type StartFrom =
  | { readonly kind: 'now' }
  | { readonly kind: 'all' }
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'date'; readonly ms: number }
  | { readonly kind: 'id'; readonly id: number };

/** What to say of a start in the future; undefined of any other. The rest of a sentence about the value. */
export function futureWarning(startFrom: StartFrom, nowMs: number): string | undefined {
  if (startFrom.kind !== 'date' || startFrom.ms <= nowMs) return undefined;
  return 'is in the future, which means the same as "now": nothing that is in the console at the very first start is announced, and everything that comes after it is.';
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const duration = /^(\d{1,9})([mhdw])$/i;
const date = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i;

/**
 * `now`, `all`, a duration back from now (`30m`, `24h`, `7d`, `2w`), a date or date with time (UTC unless it carries an offset), or the
 * number of an event.
 * @throws {RangeError} with what is wrong, as the end of a sentence about the value
 */
export function parseStartFrom(text: string): StartFrom {
  const word = text.trim();
  if (/^(now|all)$/i.test(word)) return { kind: word.toLowerCase() as 'now' | 'all' };
  const span = duration.exec(word);
  if (span) return { kind: 'duration', ms: Number(span[1]) * unitMs[span[2]!.toLowerCase()]! };
  if (/^\d+$/.test(word)) return startFromId(Number(word));
  const parts = date.exec(word);
  if (parts) return startFromDate(parts);
  throw new RangeError('is no time to start from');
}

function startFromId(id: number): StartFrom {
  if (!Number.isSafeInteger(id)) throw new RangeError('is too large for the number of an event');
  return { kind: 'id', id };
}

function startFromDate([, day, time = '00:00', zone = 'Z']: RegExpExecArray): StartFrom {
  const ms = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  // The 30th of February becomes the 2nd of March without this look.
  const isOfCalendar = !Number.isNaN(ms) && new Date(`${day}T00:00Z`).toISOString().startsWith(day!);
  if (!isOfCalendar) throw new RangeError('is a date that does not exist');
  return { kind: 'date', ms };
}

// START_FROM: where the first reading of a source begins. Pure; first-start.ts finds the place on the server.
import { type Past, parsePast } from '../../core/past.ts';

/** Times in milliseconds. An event's id counts as announced from there on, itself included. */
export type StartFrom =
  | { readonly kind: 'now' }
  | { readonly kind: 'all' }
  | Past
  | { readonly kind: 'id'; readonly id: number };

/** What to say of a start in the future; undefined of any other. The rest of a sentence about the value. */
export function futureWarning(startFrom: StartFrom, nowMs: number): string | undefined {
  if (startFrom.kind !== 'date' || startFrom.ms <= nowMs) return undefined;
  return 'is in the future, which means the same as "now": nothing that is in the console at the very first start is announced, and everything that comes after it is.';
}

/**
 * `now`, `all`, a duration back from now (`30m`, `24h`, `7d`, `2w`), a date or date with time (UTC unless it carries an offset), or the
 * number of an event.
 * @throws {RangeError} with what is wrong, as the end of a sentence about the value
 */
export function parseStartFrom(text: string): StartFrom {
  const word = text.trim();
  if (/^(now|all)$/i.test(word)) return { kind: word.toLowerCase() as 'now' | 'all' };
  if (/^\d+$/.test(word)) return startFromId(Number(word));
  const past = parsePast(word);
  if (past === undefined) throw new RangeError('is no time to start from');
  return past;
}

function startFromId(id: number): StartFrom {
  if (!Number.isSafeInteger(id)) throw new RangeError('is too large for the number of an event');
  return { kind: 'id', id };
}

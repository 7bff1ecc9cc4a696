// START_FROM: where the first reading of a source begins. Pure; first-start.ts finds the place on
// the server.
import { isOfCalendar, type Past, parsePast } from '../../kit/past.ts';

/** Times in milliseconds. An event's id counts as announced from there on, itself included. */
export type StartFrom =
  | { readonly kind: 'now' }
  | { readonly kind: 'all' }
  | Past
  | { readonly kind: 'id'; readonly id: number };

/**
 * The warning about a start in the future, as the rest of a sentence about the value; undefined for
 * any other start.
 */
export function futureWarning(startFrom: StartFrom, nowMs: number): string | undefined {
  if (startFrom.kind !== 'date' || startFrom.ms <= nowMs) return undefined;
  return (
    'is in the future, which means the same as "now": nothing that is in the console at the very ' +
    'first start is announced, and everything that comes after it is.'
  );
}

/**
 * `now`, `all`, a duration back from now (`24h`, `7d`), a date or date with time (UTC unless it
 * carries an offset), or the number of an event: `17000`, or `id:17000` where the number alone
 * could be a date or an epoch.
 * @throws {RangeError} with what is wrong, as the end of a sentence about the value
 */
export function parseStartFrom(text: string): StartFrom {
  const word = text.trim();
  if (/^(now|all)$/i.test(word)) return { kind: word.toLowerCase() as 'now' | 'all' };
  const [, prefix, digits] = /^(id:)?\s*(\d+)$/i.exec(word) ?? [];
  if (digits !== undefined) return startFromId(digits, prefix !== undefined);
  const past = parsePast(word);
  if (past === undefined) throw new RangeError('is no time to start from');
  return past;
}

function startFromId(digits: string, isExplicit: boolean): StartFrom {
  const id = Number(digits);
  if (!Number.isSafeInteger(id)) throw new RangeError('is too large for the number of an event');
  const time = isExplicit ? undefined : timeWithin(digits);
  if (time !== undefined) {
    throw new RangeError(
      `looks like ${time.kind}, and a number alone is the number of an event; write ${time.date} ` +
        `if you mean the date, or id:${digits} if you mean the event`,
    );
  }
  return { kind: 'id', id };
}

/** Years that an operator may mean. A compact date or an epoch outside of them is no time. */
const years = { first: 2000, last: 2099 };
/** How many units make a second, by the number of digits that an epoch of those years has. */
const unitsOfEpoch: Readonly<Record<number, number>> = { 10: 1, 13: 1e3, 16: 1e6 };

/**
 * The time that these digits may be meant as: `20261101`, `202611010800`, an epoch in seconds,
 * milliseconds or microseconds.
 */
function timeWithin(digits: string): { kind: string; date: string } | undefined {
  const compact = /^(\d{4})(\d{2})(\d{2})(?:([01]\d|2[0-3])([0-5]\d)(?:[0-5]\d)?)?$/.exec(digits);
  if (compact) {
    const [, year, month, day] = compact;
    const date = `${year}-${month}-${day}`;
    if (isMeantYear(Number(year)) && isOfCalendar(date)) return { kind: 'a date', date };
  }
  const unit = unitsOfEpoch[digits.length];
  if (unit === undefined) return undefined;
  const time = new Date((Number(digits) / unit) * 1000);
  return isMeantYear(time.getUTCFullYear())
    ? {
        kind: 'a time in seconds since 1970, or a part of them',
        date: time.toISOString().slice(0, 10),
      }
    : undefined;
}

function isMeantYear(year: number): boolean {
  return year >= years.first && year <= years.last;
}

// Whether the numbers of a tenant still go on from the cursor: each verdict, and what follows from
// it. Whole tenants are in rebuilt-tenant.test.ts.
import { describe, expect, test } from 'vitest';
import type { Cursor, Place } from '../../../src/sources/deepinstinct/cursor.ts';
import type { WireItem } from '../../../src/sources/deepinstinct/page.ts';
import {
  type EndStep,
  judge,
  judgeEnd,
  judgeReread,
  type RereadStep,
  type Verdict,
} from '../../../src/sources/deepinstinct/same-tenant.ts';
import { minutesAgo, nowMs } from './fake-tenant.ts';

/** An item that was inserted so many minutes ago; null: it does not say when. */
function wire(id: number | undefined, minutes: number | null): WireItem {
  const at = minutes === null ? null : minutesAgo(minutes);
  return { value: {}, raw: `{"id":${id},"at":${minutes}}`, id, at };
}

/** Event 100, inserted 50 minutes ago. */
const cursor: Cursor = { id: 100, at: minutesAgo(50), start: 0 };
const timeless: Cursor = { id: 100, at: null, start: 0 };
const leapt: Cursor = { ...cursor, before: { id: 20, at: minutesAgo(70) } };
const inTwoDays = minutesAgo(-2 * 24 * 60);

describe('what lies around the cursor', () => {
  test.each<[string, Cursor, WireItem[], Verdict['kind']]>([
    ['its own item as it was', cursor, [wire(100, 50)], 'same'],
    ['its own item, a second apart', cursor, [wire(100, 50 - 1 / 60)], 'same'],
    ['its own item, more than a second apart', cursor, [wire(100, 50 - 2 / 60)], 'another'],
    ['its own item, inserted earlier', cursor, [wire(100, 60)], 'another'],
    ['its own item, which does not say when', cursor, [wire(100, null)], 'same'],
    ['its own item, whose time was never known', timeless, [wire(100, 1)], 'same'],
    ['its own item and a late one below it', cursor, [wire(99, 10), wire(100, 50)], 'same'],
    ['nothing', cursor, [], 'missing'],
    ['older items below it', cursor, [wire(98, 60), wire(99, 50)], 'missing'],
    ['a younger item below it', cursor, [wire(99, 10)], 'behind'],
    ['one that is a second younger', cursor, [wire(99, 50 - 1 / 60)], 'missing'],
    ['one below it without a time', cursor, [wire(99, null)], 'missing'],
    ['a younger one without a number', cursor, [wire(undefined, 10)], 'missing'],
    ['younger items beyond it', cursor, [wire(101, 10)], 'missing'],
    [
      'one below it that is older than a late one that was read',
      { ...cursor, latest: minutesAgo(5) },
      [wire(99, 10)],
      'missing',
    ],
    ['one below it, where no time is known', timeless, [wire(99, 10)], 'missing'],
    [
      'one below it, where the time is not to be believed',
      { ...cursor, at: inTwoDays },
      [wire(99, 10)],
      'missing',
    ],
    [
      'a younger one below it, where another time is believed',
      { ...cursor, at: inTwoDays, latest: minutesAgo(50) },
      [wire(99, 10)],
      'behind',
    ],
    ['anything beyond the very beginning', { ...timeless, id: 0 }, [wire(1, 1)], 'same'],
  ])('%s', (_what, at, items, kind) => {
    const verdict = judge(at, items, nowMs);
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === 'another' || verdict.kind === 'behind')
      expect(verdict.seen).toBe(items[0]);
  });
});

describe('what follows from a look at the end of the list', () => {
  const shown = { id: 90, at: minutesAgo(60) };
  const none = { id: 0, at: null };

  test.each<[string, Cursor, Place | undefined, WireItem[], EndStep['kind']]>([
    ['its own item is there', cursor, undefined, [wire(100, 50)], 'go_on'],
    ['its own item is back', cursor, shown, [wire(90, 60), wire(100, 50)], 'go_on'],
    ['its own item is missing for the first time', cursor, undefined, [], 'look_again'],
    [
      'a younger one lies below it, nothing is known',
      cursor,
      undefined,
      [wire(99, 1)],
      'look_again',
    ],
    ['its own item is still missing', cursor, shown, [wire(90, 60)], 'still_missing'],
    ['and new ones lie beyond it', cursor, shown, [wire(90, 60), wire(101, 1)], 'still_missing'],
    ['the one that was the end is missing too', cursor, shown, [wire(80, 61)], 'look_again'],
    ['the one that was the end is another', cursor, shown, [wire(90, 59)], 'look_again'],
    ['a younger one lies below it', cursor, shown, [wire(90, 60), wire(95, 10)], 'alarm'],
    ['its number is another’s', cursor, shown, [wire(90, 60), wire(100, 10)], 'alarm'],
    ['it was leapt to, and is missing', leapt, shown, [wire(90, 60)], 'look_again'],
    [
      'it was leapt to, and its number is another’s',
      leapt,
      shown,
      [wire(90, 60), wire(100, 9)],
      'look_again',
    ],
    ['nothing was shown, nor is now', cursor, none, [], 'still_missing'],
    ['nothing was shown, and now what lies beyond', cursor, none, [wire(101, 1)], 'still_missing'],
    ['nothing was shown, and now an old one', cursor, none, [wire(90, 60)], 'look_again'],
    ['nothing was shown, and now a younger one', cursor, none, [wire(90, 10)], 'alarm'],
    ['nothing was shown, no time is known, and now any', timeless, none, [wire(90, 60)], 'alarm'],
  ])('%s', (_what, at, place, items, kind) => {
    const step = judgeEnd({ cursor: at, shown: place, items, nowMs });
    expect(step.kind).toBe(kind);
    if (step.kind === 'alarm') expect(step.contradiction.seen).toBe(items.at(-1));
  });
});

describe('what follows from a second reading', () => {
  const witness: Cursor = { id: 80, at: minutesAgo(55), start: 0 };
  const isThere = wire(80, 55);
  const all = Number.POSITIVE_INFINITY;

  test.each<[string, Cursor, number, WireItem[], RereadStep['kind']]>([
    ['all is as it was', cursor, all, [isThere, wire(100, 50)], 'go_on'],
    ['the witness was archived', cursor, all, [wire(100, 50)], 'go_on'],
    ['it ended before the witness', cursor, 79, [wire(80, 1)], 'go_on'],
    ['it ended at the witness, which is another', cursor, 80, [wire(80, 1)], 'alarm'],
    ['it ended before the cursor', cursor, 99, [isThere], 'go_on'],
    ['it ended at the cursor, which is missing', cursor, 100, [isThere], 'find_end'],
    ['nothing is shown', cursor, all, [], 'find_end'],
    ['the number of the cursor is another’s', cursor, all, [isThere, wire(100, 1)], 'alarm'],
    ['a younger one lies below the cursor', cursor, all, [isThere, wire(90, 1)], 'alarm'],
    ['the cursor was leapt to, and is there', leapt, all, [isThere, wire(100, 50)], 'go_on'],
    ['the cursor was leapt to, and is missing', leapt, all, [isThere], 'go_back'],
    ['the cursor was leapt to, and is another', leapt, all, [isThere, wire(100, 1)], 'go_back'],
    ['the cursor was leapt to, and the witness is another', leapt, all, [wire(80, 1)], 'alarm'],
  ])('%s', (_what, at, reached, items, kind) => {
    expect(judgeReread({ cursor: at, witness, items, reached, nowMs }).kind).toBe(kind);
  });

  test('the alarm is about the one of the two that is contradicted', () => {
    const of = (items: WireItem[]) => judgeReread({ cursor, witness, items, reached: all, nowMs });
    expect(of([wire(80, 1)])).toMatchObject({ about: witness, contradiction: { kind: 'another' } });
    expect(of([isThere, wire(90, 1)])).toMatchObject({
      about: cursor,
      contradiction: { kind: 'behind', seen: { id: 90 } },
    });
  });

  test('the way back is to before the leap, whose item is remembered', () => {
    const step = judgeReread({ cursor: leapt, witness, items: [], reached: all, nowMs });
    expect(step).toEqual({
      kind: 'go_back',
      to: { id: 20, at: minutesAgo(70), start: 0, vanished: [{ id: 100, at: cursor.at }] },
    });
  });
});

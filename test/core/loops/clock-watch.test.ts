// A clock that leaps, told from one that goes as time does.
import { describe, expect, test } from 'vitest';
import { ClockWatch, leapMs } from '../../../src/core/loops/clock-watch.ts';
import { insertPage } from '../../../src/store/events.ts';
import { useDatabase } from '../../store/stored.ts';

const hourMs = 3_600_000;

describe('between two readings', () => {
  /** Asked at `atMs`, answered `tookMs` later. */
  const reading = (clockMs: number, atMs: number, tookMs = 10) => ({
    ...{ clockMs, writtenMs: null, askedAtMs: atMs, answeredAtMs: atMs + tookMs },
  });

  test.each([
    ['a clock that goes as time does', reading(0, 0), reading(15_000, 15_000), 0],
    ['a clock that is corrected by seconds', reading(0, 0), reading(11_000, 15_000), 0],
    ['an answer that took long', reading(0, 0, 30_000), reading(60_000, 40_000, 25_000), 0],
    ['a clock that went back', reading(hourMs, 0), reading(15_000, 15_000), 10 - hourMs],
    ['a clock that went forward', reading(0, 0), reading(hourMs + 15_000, 15_000), hourMs - 10],
  ])('%s', (_name, before, after, expected) => {
    expect(leapMs(before, after)).toBe(expected);
  });
});

describe('the first look', () => {
  const database = useDatabase();

  test('finds nothing where nothing was written, or what was written is past', async () => {
    expect(await new ClockWatch(database()).look()).toBeUndefined();
    await insertPage(database(), { fence: null, source: 'a', events: [], cursor: 'c1' });
    const watch = new ClockWatch(database());
    expect([await watch.look(), await watch.look(), watch.last()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('finds a page that was stored in the future, once, under one key for whoever looks', async () => {
    await insertPage(database(), { fence: null, source: 'a', events: [], cursor: 'c1' });
    await database().$client`update cursors set updated_at = updated_at + interval '1 hour'`;
    const watches = [new ClockWatch(database()), new ClockWatch(database())];
    const leaps = await Promise.all(watches.map((watch) => watch.look()));
    expect(leaps[0]!.ms).toBeLessThan(-3_500_000);
    expect(leaps[1]!.key).toBe(leaps[0]!.key);
    expect([await watches[0]!.look(), watches[0]!.last()]).toEqual([undefined, leaps[0]]);
  });
});

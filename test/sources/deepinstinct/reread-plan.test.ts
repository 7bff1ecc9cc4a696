// When a second reading is due, and from where on: every tenth poll, from before whatever may have
// got a neighbour late.
import { describe, expect, test } from 'vitest';
import type { Cursor } from '../../../src/sources/deepinstinct/cursor.ts';
import { RereadPlan } from '../../../src/sources/deepinstinct/reread-plan.ts';
import {
  cursorAt,
  drain,
  externalIds,
  item,
  minutesAgo,
  never,
  nowMs,
  numbers,
  pageAfter,
  pollOn,
  send,
  sourceOf,
  startAgedTenant,
} from './fake-tenant.ts';

/** Item `id` was inserted `1000 - id` minutes ago. */
const minutesOf = (id: number) => 1000 - id;
const atOf = (id: number) => minutesAgo(minutesOf(id));
const tenantOf = (ids: number[]) => startAgedTenant(ids, minutesOf);

describe('every tenth poll', () => {
  test('and the first of a process begin 50 numbers before the cursor; the others at its own item', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const overlaps: boolean[] = [];
    for (let poll = 0; poll < 21; poll += 1)
      overlaps.push((await source.poll(cursorAt(200, atOf(200)), never)).facts?.overlap ?? false);
    // The first one has read something, and goes on to the end.
    const expected = numbers(0, 21).map((poll) =>
      poll % 10 === 0 ? 150 : poll % 10 === 1 ? 200 : 199,
    );
    expect(tenant.asked()).toEqual(expected);
    expect(overlaps).toEqual(expected.map((after) => after === 150));
  });

  test('finds a late item also when hundreds of events came since', async () => {
    const tenant = await tenantOf(numbers(1, 200).filter((id) => id !== 199));
    const source = sourceOf(tenant);
    const cursor = (await drain(source, cursorAt(190, atOf(190)))).at(-1)!.cursor!;
    tenant.streams.events.ids = numbers(1, 600);
    const { seen } = await pollOn(source, cursor, 20);
    expect(seen).toEqual(
      expect.arrayContaining(
        numbers(199, 402)
          .filter((id) => id !== 200)
          .map(String),
      ),
    );
  });

  test('remembers the end also if that is where it came itself', async () => {
    const tenant = await tenantOf([]);
    const source = sourceOf(tenant);
    let cursor = cursorAt(200, atOf(200));
    expect(await source.poll(cursor, never)).toMatchObject({ more: false });
    tenant.streams.events.ids = numbers(202, 600);
    ({ cursor } = await pollOn(source, cursor, 9));
    tenant.streams.events.ids = numbers(201, 601);
    expect(externalIds([await source.poll(cursor, never)])).toContain('201');
  });

  test('is not counted on the way through a long past, where nothing comes late', async () => {
    const tenant = await tenantOf(numbers(1, 2010));
    tenant.streams.events.itemOf = (id) => item(id, 5000 - id);
    const source = sourceOf(tenant);
    const at = new Date(nowMs - 4800 * 60_000).toISOString();
    await drain(source, cursorAt(200, at));
    expect(tenant.asked()).toEqual([150, ...numbers(0, 37).map((page) => 200 + page * 50), 2010]);
  });

  test('goes back further again if what it gave was not stored', async () => {
    const tenant = await tenantOf(numbers(1, 200).filter((id) => id !== 199));
    const source = sourceOf(tenant);
    let cursor = (await drain(source, cursorAt(200, atOf(200)))).at(-1)!.cursor!;
    tenant.streams.events.ids = numbers(1, 600);
    const seen: number[] = [];
    for (let poll = 0; poll < 30; poll += 1) {
      const page = await source.poll(cursor, never);
      if (externalIds([page]).includes('199')) seen.push(poll);
      if (seen.length === 1) source.notStored?.();
      else cursor = page.cursor!;
    }
    expect(seen.slice(0, 2)).toEqual([seen[0], seen[0]! + 1]);
  });

  test('counts for nothing if it turned out meanwhile that nothing of it will be stored', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = cursorAt(200, atOf(200));
    let answer!: () => void;
    const asked = new Promise<void>((resolve) => {
      tenant.answering((request, response) => {
        answer = () =>
          send(
            response,
            200,
            pageAfter(tenant.streams.events, Number(request.target.split('=')[1])),
          );
        resolve();
      });
    });
    const underWay = source.poll(cursor, never);
    await asked;
    source.notStored?.();
    tenant.answering(undefined);
    answer();
    await underWay;
    await source.poll(cursor, never);
    await source.poll(cursor, never);
    expect(tenant.asked()).toEqual([150, 150, 200]);
  });

  test('goes back as far where items do not say when they were inserted', async () => {
    const tenant = await tenantOf(numbers(1, 200).filter((id) => id !== 199));
    tenant.streams.events.itemOf = (id) =>
      JSON.stringify({ id, type: 'STATIC_ANALYSIS', threat_severity: 'HIGH' });
    const source = sourceOf(tenant);
    const cursor = (await drain(source, JSON.stringify({ id: 200, at: null, start: 0 }))).at(-1)!
      .cursor!;
    tenant.streams.events.ids = numbers(1, 500);
    const { seen } = await pollOn(source, cursor, 30);
    expect(seen).toContain('199');
  });

  test.each([
    ['a few at each poll', 7],
    ['a whole page at each poll', 50],
  ])('finds every late item of a stream that never comes to an end: %s', async (_what, each) => {
    const tenant = await tenantOf([]);
    tenant.streams.events.itemOf = (id) => item(id, 0);
    const source = sourceOf(tenant);
    let cursor = cursorAt(1, atOf(1));
    const seen = new Set<string>();
    for (let poll = 1; poll <= 120; poll += 1) {
      // Of each poll's numbers the third is shown only by the next one.
      const newest = 1 + poll * (each + 1);
      const late = newest - each + 2;
      tenant.streams.events.ids = numbers(2, newest - 1).filter((id) => id !== late);
      const page = await source.poll(cursor, never);
      expect(page.more).toBe(true);
      for (const id of externalIds([page])) seen.add(id);
      cursor = page.cursor!;
    }
    // The last of them are for the next reading.
    const read = JSON.parse(cursor).id - 600;
    expect(numbers(2, read).filter((id) => !seen.has(String(id)))).toEqual([]);
    expect(read).toBeGreaterThan(300);
  });

  test('looks no further back than 50 before what was the end the last time', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    await drain(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = numbers(1, 260);
    await pollOn(source, cursorAt(200, atOf(200)), 30);
    expect(tenant.asked().filter((after) => after < 200 || (after > 200 && after < 250))).toEqual([
      150, 199, 249, 150, 210, 210,
    ]);
  });

  test('is made up for if it failed', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    tenant.answering((_request, response) => response.writeHead(500).end());
    await expect(source.poll(cursorAt(200), never)).rejects.toMatchObject({
      reason: 'server_error',
    });
    tenant.answering(undefined);
    tenant.asked();
    await source.poll(cursorAt(200), never);
    expect(tenant.asked()).toEqual([150]);
  });
});

describe('a plan', () => {
  const cursor = (id: number, at: string | null = minutesAgo(60)): Cursor => ({ id, at, start: 0 });
  /** So many items, the newest of which was inserted so many seconds ago. */
  const items = (count: number, seconds: number) =>
    numbers(1, count).map((id) => ({
      value: {},
      raw: '{}',
      id,
      at: minutesAgo((seconds + count - id) / 60),
    }));
  const planOf = () => new RereadPlan(() => nowMs);
  /** A plan whose first second reading is done. */
  function done(): RereadPlan {
    const plan = planOf();
    plan.done(plan.begin(cursor(100)).turn);
    return plan;
  }
  /** How many polls until the next second reading is due. */
  function pollsLeft(plan: RereadPlan, from: Cursor, page = items(1, 0), isEnd = false): number {
    let polls = 0;
    while (!plan.isDue(from) && polls < 99) {
      plan.reached(from, page, isEnd);
      polls += 1;
    }
    return polls;
  }

  test('is due at once, and then after nine polls', () => {
    expect(planOf().isDue(cursor(100))).toBe(true);
    expect(pollsLeft(done(), cursor(100))).toBe(9);
  });

  test('is due sooner where many numbers were passed', () => {
    const plan = done();
    plan.reached(cursor(100), items(1, 0), false);
    expect(plan.isDue(cursor(549))).toBe(false);
    expect(plan.isDue(cursor(550))).toBe(true);
  });

  test.each([
    ['a page that is not full', items(49, 3600), false, 9],
    ['a full page of new items', items(50, 9), false, 9],
    ['a full page of old items', items(50, 10), false, 99],
    ['a full page of old items at the end', items(50, 10), true, 9],
    ['an empty page', [], true, 9],
  ])(
    'counts a poll that gave %s as the way through a past, or not',
    (_what, page, isEnd, polls) => {
      expect(pollsLeft(done(), cursor(100), page, isEnd)).toBe(polls);
    },
  );

  test('reads again from the first place after which something may have come late', () => {
    const plan = done();
    plan.reached(cursor(100), items(1, 0), false);
    plan.reached(cursor(120), items(1, 0), false);
    expect(plan.begin(cursor(140))).toMatchObject({ from: cursor(100), witness: cursor(100) });
    // That is no measure for a cursor from before it.
    expect(plan.begin(cursor(90))).toMatchObject({ from: cursor(90), witness: cursor(90) });
  });

  test('takes the cursor itself as witness where the item of the first place was never seen', () => {
    const plan = done();
    plan.reached(cursor(100, null), items(1, 0), false);
    expect(plan.begin(cursor(140))).toMatchObject({
      from: cursor(100, null),
      witness: cursor(140),
    });
  });

  test('goes back as far again if what it gave was not stored', () => {
    const plan = done();
    plan.reached(cursor(100), items(1, 0), false);
    plan.done(plan.begin(cursor(140)).turn);
    plan.reached(cursor(140), items(1, 0), false);
    plan.undo();
    expect(plan.isDue(cursor(140))).toBe(true);
    expect(plan.begin(cursor(140)).from).toEqual(cursor(100));
  });

  test('counts no reading that was begun before', () => {
    const plan = planOf();
    const { turn } = plan.begin(cursor(100));
    plan.undo();
    plan.done(turn);
    expect(plan.isDue(cursor(100))).toBe(true);
    plan.done(plan.begin(cursor(100)).turn);
    expect(plan.isDue(cursor(100))).toBe(false);
  });

  test('follows the cursor back, and forgets all when the numbers begin anew', () => {
    const plan = done();
    plan.reached(cursor(100), items(1, 0), false);
    plan.back(cursor(120));
    expect(plan.begin(cursor(140)).from).toEqual(cursor(100));
    plan.back(cursor(30));
    expect(plan.begin(cursor(140)).from).toEqual(cursor(30));
    plan.done(plan.begin(cursor(140)).turn);
    plan.back(cursor(20));
    plan.undo();
    expect(plan.begin(cursor(140)).from).toEqual(cursor(20));
    plan.forget();
    expect(plan.isDue(cursor(140))).toBe(true);
    expect(plan.begin(cursor(140)).from).toEqual(cursor(140));
  });
});

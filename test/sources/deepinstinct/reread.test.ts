// Reading a second time: late items are found, known ones do no harm, and a reading that failed
// goes on where it was.
import { describe, expect, test } from 'vitest';
import type { Page } from '../../../src/kit/source.ts';
import type { WireItem } from '../../../src/sources/deepinstinct/page.ts';
import { Rereader, type RereadOptions } from '../../../src/sources/deepinstinct/reread.ts';
import {
  cursorAt,
  drain,
  externalIds,
  minutesAgo,
  never,
  nowMs,
  numbers,
  pageAfter,
  send,
  sourceOf,
  startAgedTenant,
} from './fake-tenant.ts';

/** Item `id` was inserted `1000 - id` minutes ago. */
const minutesOf = (id: number) => 1000 - id;
const atOf = (id: number) => minutesAgo(minutesOf(id));
const tenantOf = (ids: number[]) => startAgedTenant(ids, minutesOf);

describe('a second reading', () => {
  test('gives the known items again, and what lies beyond as usual', async () => {
    const tenant = await tenantOf(numbers(1, 230));
    const [page] = await drain(sourceOf(tenant, { overlap: 30 }), cursorAt(200, atOf(200)));
    expect(externalIds([page!])).toEqual(numbers(171, 50).map(String));
    expect(JSON.parse(page!.cursor!)).toEqual({ id: 220, at: atOf(220), start: 0 });
    expect(page?.more).toBe(true);
  });

  test('finds an item that was stored late', async () => {
    const tenant = await tenantOf(numbers(1, 200).filter((id) => id !== 180));
    const source = sourceOf(tenant);
    const cursor = cursorAt(200, atOf(200));
    await source.poll(cursor, never);
    tenant.streams.events.ids = numbers(1, 200);
    const seen: string[] = [];
    for (let poll = 0; poll < 10; poll += 1)
      seen.push(...externalIds([await source.poll(cursor, never)]));
    expect(seen).toContain('180');
  });

  test('goes on where it failed, so that a far end which fails each fourth time is read to its end', async () => {
    const tenant = await tenantOf(numbers(1, 1000));
    const source = sourceOf(tenant, { overlap: 400 });
    let asked = 0;
    tenant.answering(({ target }, response) => {
      asked += 1;
      if (asked % 4 === 0) return send(response, 500, '');
      const after = Number(
        new URL(target, 'http://tenant.example').searchParams.get('after_event_id'),
      );
      send(response, 200, pageAfter(tenant.streams.events, after));
    });
    const pages: Page[] = [];
    let cursor = cursorAt(600, atOf(600));
    for (let polls = 0; polls < 30 && JSON.parse(cursor).id < 1000; polls += 1) {
      const page = await source.poll(cursor, never).catch(() => undefined);
      if (page === undefined) continue;
      pages.push(page);
      cursor = page.cursor ?? cursor;
    }
    // What was read again is complete, in order, and comes once.
    expect(externalIds(pages.slice(0, 1))).toEqual(numbers(201, 400).map(String));
    expect(externalIds(pages)).toEqual(numbers(201, 800).map(String));
  });

  test('never goes below where the source started', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const pages = await drain(sourceOf(tenant), cursorAt(200, atOf(200), 190));
    expect(externalIds(pages)).toEqual(numbers(191, 10).map(String));
    expect(tenant.asked()[0]).toBe(190);
    expect(externalIds(await drain(sourceOf(tenant), cursorAt(200, atOf(200), 200)))).toEqual([]);
    // Its own item is looked at, but not announced.
    expect(tenant.asked()[0]).toBe(199);
  });

  test('needs several pages if the overlap is larger than one', async () => {
    const tenant = await tenantOf(numbers(1, 400));
    const page = await sourceOf(tenant, { overlap: 120 }).poll(cursorAt(300, atOf(300)), never);
    expect(tenant.asked()).toEqual([180, 230, 280]);
    expect(externalIds([page])).toEqual(numbers(181, 150).map(String));
    expect(JSON.parse(page.cursor!)).toMatchObject({ id: 330 });
  });
});

describe('a reader of what was read before', () => {
  const wire = (id: number): WireItem => ({ value: {}, raw: `{"id":${id}}`, id, at: atOf(id) });
  const cursorOf = (id: number, start = 0) => ({ id, at: atOf(id), start });

  /** One that reads pages of a stream; what it is asked for. The request `failing` fails. */
  function rereaderOf(ids: number[], pageLength = 50) {
    const stream = { asked: [] as number[], failing: Number.NaN, nowMs };
    const rereader = new Rereader(() => stream.nowMs);
    const options = (more: Partial<RereadOptions> = {}): RereadOptions => {
      const cursor = more.cursor ?? cursorOf(300);
      return {
        sure: {
          read: async (after) => {
            stream.asked.push(after);
            if (stream.asked.length === stream.failing) throw new Error('failed');
            return ids
              .filter((id) => id > after)
              .slice(0, pageLength)
              .map(wire);
          },
        },
        cursor,
        from: cursor,
        witness: cursor,
        overlap: 100,
        isWhole: false,
        turn: 1,
        ...more,
      };
    };
    return { rereader, options, stream };
  }

  test('reads up to the cursor, and no page beyond it', async () => {
    const { rereader, options, stream } = rereaderOf(numbers(1, 400));
    const { items, more, reached } = await rereader.reread(options());
    expect(stream.asked).toEqual([200, 250]);
    expect(items.map(({ id }) => id)).toEqual(numbers(201, 100));
    expect({ more, reached }).toEqual({ more: true, reached: 300 });
  });

  test('has reached everything if it came to the end', async () => {
    const { rereader, options } = rereaderOf(numbers(1, 290));
    const { more, reached } = await rereader.reread(options());
    expect({ more, reached }).toEqual({ more: false, reached: Number.POSITIVE_INFINITY });
  });

  test('says how far it came where pages are too many', async () => {
    const { rereader, options, stream } = rereaderOf(numbers(1, 400), 1);
    const { more, reached } = await rereader.reread(options());
    expect(stream.asked).toHaveLength(45);
    expect({ more, reached }).toEqual({ more: true, reached: 245 });
  });

  test.each([
    ['before the first place by the overlap', { from: cursorOf(250) }, 150],
    ['not before where the source started', { cursor: cursorOf(300, 280) }, 280],
    ['at the witness where that lies before the overlap', { witness: cursorOf(120) }, 119],
    [
      'two thousand numbers before the cursor at most',
      { cursor: cursorOf(9000), from: cursorOf(100) },
      7000,
    ],
    [
      'as far as it takes if all is to be read',
      { cursor: cursorOf(9000), from: cursorOf(500), isWhole: true },
      400,
    ],
    ['at number 0 at the least', { cursor: cursorOf(30) }, 0],
  ])('begins %s', async (_where, more, first) => {
    const { rereader, options, stream } = rereaderOf(numbers(1, 9000));
    await rereader.reread(options(more));
    expect(stream.asked[0]).toBe(first);
  });

  test('gives no item twice where the pages of a server overlap', async () => {
    const { rereader, options } = rereaderOf([]);
    const read = async (after: number) => numbers(after, 50).map(wire);
    const { items } = await rereader.reread(options({ sure: { read } }));
    expect(items.map(({ id }) => id)).toEqual(numbers(201, 147));
  });

  test('goes on where it failed, with what it had', async () => {
    const { rereader, options, stream } = rereaderOf(numbers(1, 400));
    stream.failing = 2;
    await expect(rereader.reread(options())).rejects.toThrow('failed');
    const { items } = await rereader.reread(options());
    expect(stream.asked).toEqual([200, 250, 250]);
    expect(items.map(({ id }) => id)).toEqual(numbers(201, 100));
    // Once it is complete, the next one begins anew.
    await rereader.reread(options());
    expect(stream.asked.slice(3)).toEqual([200, 250]);
  });

  test.each<[string, Partial<RereadOptions>, number]>([
    ['a minute later', {}, 60_000],
    ['a minute earlier, by a clock that was set back', {}, -60_000],
    ['in another turn', { turn: 2 }, 0],
    ['for another cursor', { cursor: cursorOf(301) }, 0],
    ['for all that was read', { isWhole: true }, 0],
  ])('begins anew %s', async (_when, more, laterMs) => {
    const { rereader, options, stream } = rereaderOf(numbers(1, 400));
    stream.failing = 2;
    await expect(rereader.reread(options())).rejects.toThrow('failed');
    stream.nowMs += laterMs;
    await rereader.reread(options(more));
    expect(stream.asked[2]).toBe((more.cursor?.id ?? 300) - 100);
  });

  test('begins anew once it was made to forget', async () => {
    const { rereader, options, stream } = rereaderOf(numbers(1, 400));
    stream.failing = 2;
    await expect(rereader.reread(options())).rejects.toThrow('failed');
    rereader.forget();
    await rereader.reread(options());
    expect(stream.asked).toEqual([200, 250, 200, 250]);
  });
});

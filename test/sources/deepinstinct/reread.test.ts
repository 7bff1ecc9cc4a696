// Reading a second time: late items are found, known ones do no harm, and a reading that failed goes
// on where it was.
import { describe, expect, test } from 'vitest';
import type { Page } from '../../../src/kit/source.ts';
import {
  cursorAt,
  drain,
  externalIds,
  minutesAgo,
  never,
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
    // What was read again is whole, in order and there once.
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

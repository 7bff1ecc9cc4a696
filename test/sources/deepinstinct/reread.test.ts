// Reading a second time: late items are found, known ones do no harm, and a tenant that was rebuilt
// is noticed and stays noticed.
import { describe, expect, test } from 'vitest';
import type { Page, PollSource } from '../../../src/kit/source.ts';
import {
  cursorAt,
  drain,
  externalIds,
  type FakeTenant,
  item,
  never,
  nowMs,
  numbers,
  pageAfter,
  send,
  sourceOf,
  startFakeTenant,
} from './fake-tenant.ts';

/** Item `id` was inserted `1000 - id` minutes ago. */
const minutesOf = (id: number) => 1000 - id;
const atOf = (id: number) => new Date(nowMs - minutesOf(id) * 60_000).toISOString();

async function tenantOf(ids: number[]): Promise<FakeTenant> {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = ids;
  tenant.streams.events.itemOf = (id) => item(id, minutesOf(id));
  return tenant;
}

/**
 * So many polls, each from where the one before ended, which is never further back. Gives what
 * came, and where the last one ended.
 */
async function pollOn(
  source: PollSource,
  from: string,
  polls: number,
): Promise<{ seen: string[]; cursor: string }> {
  const seen: string[] = [];
  let cursor = from;
  for (let poll = 0; poll < polls; poll += 1) {
    const page = await source.poll(cursor, never);
    expect(JSON.parse(page.cursor!).id).toBeGreaterThanOrEqual(JSON.parse(cursor).id);
    seen.push(...externalIds([page]));
    cursor = page.cursor!;
  }
  return { seen, cursor };
}

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

  test('that is too long by what was read before gives what lies beyond, and is made up for later', async () => {
    const tenant = await tenantOf([199, 200]);
    const large = new Set([200, 201]);
    const text = 'x'.repeat(20_000_000);
    tenant.streams.events.itemOf = (id) =>
      item(id, minutesOf(id), large.has(id) ? { comment: text } : {});
    const reads: [PollSource, string][] = [];
    // At the end of the list by one that runs, and by the next process, whose first poll begins
    // further back.
    const running = sourceOf(tenant);
    const { cursor } = await pollOn(running, cursorAt(200, atOf(200)), 2);
    reads.push([running, cursor], [sourceOf(tenant), cursorAt(200, atOf(200))]);
    // As after a leap, which may have been none.
    reads.push([
      sourceOf(tenant),
      JSON.stringify({ ...JSON.parse(cursor), before: { id: 0, at: null } }),
    ]);
    tenant.streams.events.ids.push(201);
    for (const [source, from] of reads) {
      tenant.asked();
      const first = await pollOn(source, from, 1);
      expect([first.seen, tenant.asked().at(-1)]).toEqual([['201'], 200]);
      await pollOn(source, first.cursor, 1);
      expect(tenant.asked()).toEqual([201]);
    }
    tenant.streams.events.ids.unshift(198);
    tenant.streams.events.ids.push(...numbers(202, 5));
    large.clear();
    const { seen } = await pollOn(running, cursorAt(201, atOf(201)), 10);
    expect(seen).toEqual(expect.arrayContaining(numbers(202, 5).map(String)));
    expect(seen).toContain('198');
  });

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

  test('is no reading if it was told meanwhile that nothing it gives will be stored', async () => {
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

  test('never goes below where the source started', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const pages = await drain(sourceOf(tenant), cursorAt(200, atOf(200), 190));
    expect(externalIds(pages)).toEqual(numbers(191, 10).map(String));
    expect(tenant.asked()[0]).toBe(190);
    expect(externalIds(await drain(sourceOf(tenant), cursorAt(200, atOf(200), 200)))).toEqual([]);
    // Its own item is looked at, but not announced.
    expect(tenant.asked()[0]).toBe(199);
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

  test('needs several pages if the overlap is larger than one', async () => {
    const tenant = await tenantOf(numbers(1, 400));
    const page = await sourceOf(tenant, { overlap: 120 }).poll(cursorAt(300, atOf(300)), never);
    expect(tenant.asked()).toEqual([180, 230, 280]);
    expect(externalIds([page])).toEqual(numbers(181, 150).map(String));
    expect(JSON.parse(page.cursor!)).toMatchObject({ id: 330 });
  });
});

describe('a tenant that was rebuilt', () => {
  test('is read from its new end after the operator’s reset, without another alarm', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant, { start_from: 'now' });
    await drain(source, cursorAt(200, atOf(200)));
    rebuild(tenant, 300);
    const pages = await drain(source, null);
    expect(JSON.parse(pages.at(-1)!.cursor!)).toMatchObject({ id: 300 });
  });

  /** Numbers begin anew; everything was inserted within the last minutes. */
  function rebuild(tenant: FakeTenant, count: number): void {
    tenant.streams.events.ids = numbers(1, count);
    tenant.streams.events.itemOf = (id) => item(id, (count - id) / 10);
  }
  const reset = { outcome: 'retry', reason: 'reset' };

  test('is noticed when the last event read is another now', async () => {
    const tenant = await tenantOf([]);
    rebuild(tenant, 300);
    const polled = sourceOf(tenant).poll(cursorAt(200, atOf(200)), never);
    await expect(polled).rejects.toMatchObject(reset);
    await expect(polled).rejects.toThrow(
      /Event 200 was inserted at .* now event 200 .* `tocsin source reset di`/,
    );
  });

  test('is noticed when the last event read is gone and an earlier number is younger', async () => {
    const tenant = await tenantOf([]);
    rebuild(tenant, 3);
    await expect(sourceOf(tenant).poll(cursorAt(200, atOf(200)), never)).rejects.toMatchObject(
      reset,
    );
    // What raises the alarm is asked for twice.
    expect(tenant.asked()).toEqual([150, 0, 0]);
  });

  test('is noticed at the next poll, and then at every poll until somebody acts, also by the next process', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = cursorAt(200, atOf(200));
    await drain(source, cursor);
    rebuild(tenant, 3);
    for (let poll = 0; poll < 3; poll += 1)
      await expect(source.poll(cursor, never)).rejects.toMatchObject(reset);
    await expect(sourceOf(tenant).poll(cursor, never)).rejects.toMatchObject(reset);
  });

  test('is noticed also when its numbers have already passed the last one read', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    let cursor = (await drain(source, cursorAt(200, atOf(200)))).at(-1)!.cursor!;
    rebuild(tenant, 230);
    await expect(
      (async () => {
        for (let poll = 0; poll < 10; poll += 1)
          cursor = (await source.poll(cursor, never)).cursor!;
      })(),
    ).rejects.toMatchObject(reset);
  });

  test.each([
    ['rebuilt', [10, 120, 5000]],
    ['restored to what was old', [1, 2, 3, 4, 90, 5000]],
  ])(
    'with wide gaps in its numbers is noticed when they have passed the last one read: %s',
    async (_how, ids) => {
      const tenant = await tenantOf(numbers(1, 200));
      const source = sourceOf(tenant);
      const cursor = (await drain(source, cursorAt(200, atOf(200)))).at(-1)!.cursor!;
      const { itemOf } = tenant.streams.events;
      tenant.streams.events.ids = ids;
      tenant.streams.events.itemOf = (id) => (id < 10 ? itemOf(id) : item(id, 100 / id));
      for (const next of [source, sourceOf(tenant)]) {
        await expect(next.poll(cursor, never)).rejects.toMatchObject(reset);
      }
    },
  );

  test('is noticed in the middle of reading on', async () => {
    const tenant = await tenantOf(numbers(1, 300));
    const source = sourceOf(tenant);
    let page = await source.poll(cursorAt(200, atOf(200)), never);
    while (page.more && JSON.parse(page.cursor!).id < 300)
      page = await source.poll(page.cursor, never);
    rebuild(tenant, 10);
    tenant.streams.events.ids = [...numbers(1, 10), 4000];
    tenant.answering((_request, response) =>
      send(response, 200, pageAfter(tenant.streams.events, 0)),
    );
    await expect(source.poll(page.cursor, never)).rejects.toMatchObject(reset);
  });

  test('is read from its beginning once the operator has reset the source', async () => {
    const tenant = await tenantOf([]);
    rebuild(tenant, 300);
    const source = sourceOf(tenant, { start_from: 'all' });
    await expect(source.poll(cursorAt(200, atOf(200)), never)).rejects.toMatchObject(reset);
    expect(externalIds(await drain(source, null))).toEqual(numbers(1, 300).map(String));
  });

  test('is not compared with what was known before the reset', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant, { start_from: 'all' });
    await drain(source, cursorAt(200, atOf(200)));
    rebuild(tenant, 900);
    expect(new Set(externalIds(await drain(source, null)))).toEqual(
      new Set(numbers(1, 900).map(String)),
    );
  });
});

describe('no proof of a rebuilt tenant', () => {
  test('is an archived event, even if all are', async () => {
    const tenant = await tenantOf(numbers(1, 150));
    const cursor = cursorAt(200, atOf(200));
    expect(await sourceOf(tenant).poll(cursor, never)).toMatchObject({ cursor, more: false });
    tenant.streams.events.ids = [];
    expect(await sourceOf(tenant).poll(cursor, never)).toMatchObject({ cursor, more: false });
    tenant.streams.events.ids = numbers(1, 210).filter((id) => id < 150 || id > 205);
    expect(externalIds(await drain(sourceOf(tenant), cursor))).toEqual(numbers(206, 5).map(String));
  });

  test('is the same time written another way', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    for (const at of [
      '2026-03-04T10:40:00Z',
      '2026-03-04T10:40:00.499999',
      '2026-03-04T17:40:00+07:00',
    ]) {
      await sourceOf(tenant).poll(cursorAt(200, at), never);
    }
    await expect(
      sourceOf(tenant).poll(cursorAt(200, '2026-03-04T10:30:00Z'), never),
    ).rejects.toMatchObject({
      reason: 'reset',
    });
  });

  test('is a cursor whose item was never seen; its time is learnt', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const page = await sourceOf(tenant).poll(cursorAt(200, null, 200), never);
    expect(JSON.parse(page.cursor!)).toEqual({ id: 200, at: atOf(200), start: 200 });
  });
});

// A tenant that was rebuilt or restored is noticed and stays noticed; one that archived its events
// is no other.
import { describe, expect, test } from 'vitest';
import {
  cursorAt,
  drain,
  externalIds,
  type FakeTenant,
  item,
  minutesAgo,
  never,
  numbers,
  pageAfter,
  send,
  settle,
  sourceOf,
  startAgedTenant,
} from './fake-tenant.ts';

/** Item `id` was inserted `1000 - id` minutes ago. */
const minutesOf = (id: number) => 1000 - id;
const atOf = (id: number) => minutesAgo(minutesOf(id));
const tenantOf = (ids: number[]) => startAgedTenant(ids, minutesOf);

/**
 * From the oldest known item on `restoredTo`, and `count` more that were inserted within the last
 * minutes.
 */
function restore(tenant: FakeTenant, restoredTo: number, count: number): void {
  const { ids, itemOf } = tenant.streams.events;
  const kept = ids.filter((id) => id <= restoredTo);
  tenant.streams.events.ids = [...kept, ...numbers(restoredTo + 1, count)];
  tenant.streams.events.itemOf = (id) =>
    id <= restoredTo ? itemOf(id) : item(id, (restoredTo + count - id) / 10);
}

describe('a tenant that was restored from a backup', () => {
  test.each([
    ['a little back', 170, 1],
    ['far back', 20, 1],
    ['and goes on beyond what was read', 170, 90],
    ['and goes on to the very number', 170, 30],
    ['and goes on by pages', 20, 170],
  ])(
    '%s is an error at the next poll, and at each until somebody acts',
    async (_how, restoredTo, count) => {
      const tenant = await tenantOf(numbers(1, 200));
      const source = sourceOf(tenant, { start_from: 'all' });
      const cursor = await settle(source, cursorAt(200, atOf(200)));
      restore(tenant, restoredTo, count);
      for (const next of [source, source, sourceOf(tenant)]) {
        const polled = next.poll(cursor, never);
        await expect(polled).rejects.toMatchObject({ outcome: 'retry', reason: 'reset' });
        await expect(polled).rejects.toThrow('`tocsin source reset di`');
      }
      const after = externalIds(await drain(source, null));
      expect(after).toEqual(expect.arrayContaining(numbers(1, restoredTo + count).map(String)));
    },
  );

  test('and is quiet since is an error once it has something new', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    restore(tenant, 100, 0);
    for (let poll = 0; poll < 3; poll += 1)
      expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false });
    restore(tenant, 100, 1);
    await expect(source.poll(cursor, never)).rejects.toMatchObject({ reason: 'reset' });
  });

  test('is not seen in a late item, though its neighbour was archived meanwhile', async () => {
    const tenant = await tenantOf(numbers(1, 200).filter((id) => id !== 198));
    tenant.streams.events.itemOf = (id) =>
      item(id, id === 198 ? minutesOf(200) - 1 : minutesOf(id));
    const source = sourceOf(tenant);
    let cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = numbers(1, 200);
    const seen: string[] = [];
    for (let poll = 0; poll < 10; poll += 1) {
      const page = await source.poll(cursor, never);
      seen.push(...externalIds([page]));
      cursor = page.cursor!;
    }
    expect(seen).toContain('198');
    tenant.streams.events.ids = numbers(1, 199);
    for (const next of [source, sourceOf(tenant)])
      expect(await next.poll(cursor, never)).toMatchObject({ more: false, cursor });
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

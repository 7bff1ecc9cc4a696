// Numbers that are wrong: of one answer, of a tenant that was restored, of a database that an
// earlier release left blind.
import { describe, expect, test } from 'vitest';
import type { PollSource } from '../../../src/kit/source.ts';
import type { Received } from '../../support/far-end.ts';
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

const huge = 9_007_199_254_740_991;

/** Item `id` was inserted `10,000 - id` minutes ago. */
const minutesOf = (id: number) => 10_000 - id;
const atOf = (id: number) => new Date(nowMs - minutesOf(id) * 60_000).toISOString();

async function tenantOf(ids: number[]): Promise<FakeTenant> {
  const tenant = await startFakeTenant();
  tenant.streams.events.ids = ids;
  tenant.streams.events.itemOf = (id) => item(id, minutesOf(id));
  return tenant;
}

/** The next answers are these; then pages again. Given the page that should have been. */
function answerWrongly(tenant: FakeTenant, ...bodies: ((page: string) => string)[]): void {
  const left = [...bodies];
  tenant.answering((request: Received, response) => {
    const page = pageAfter(tenant.streams.events, Number(request.target.split('=')[1]));
    const body = left.shift() ?? ((right: string) => right);
    send(response, 200, body(page));
  });
}

/** Read to the end, and once more. Gives the cursor. */
async function settle(source: PollSource, cursor: string | null): Promise<string> {
  const first = (await drain(source, cursor)).at(-1)!.cursor!;
  return (await drain(source, first)).at(-1)!.cursor!;
}

const idOf = (cursor: string | null | undefined): number => JSON.parse(cursor!).id;

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

describe('one wrong number', () => {
  test.each([
    ['an empty page with a last_id', () => `{"last_id":${huge},"events":[]}`],
    ['an item with it', () => `{"last_id":${huge},"events":[${item(huge, 1)}]}`],
    [
      'an item with it among others',
      (page: string) => page.replace(/\]\}$/, `, ${item(huge, 1)}]}`),
    ],
    [
      'a last_id beyond the last item',
      (page: string) => page.replace(/"last_id": \d+/, `"last_id": ${huge}`),
    ],
    ['a text of digits', () => `{"last_id":"${huge}","events":[{"id":"${huge}","type":"X"}]}`],
  ])('in %s moves no cursor, and costs one more request', async (_what, wrong) => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = numbers(1, 203);
    tenant.asked();
    answerWrongly(tenant, wrong);
    const pages = await drain(source, cursor);
    expect(idOf(pages.at(-1)!.cursor)).toBe(203);
    expect(externalIds(pages)).toEqual(['201', '202', '203']);
    expect(tenant.asked().length).toBeLessThanOrEqual(3);
  });

  test('in every tenth poll moves no cursor either', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    answerWrongly(tenant, () => `{"last_id":${huge},"events":[]}`);
    const pages = await drain(sourceOf(tenant), cursorAt(200, atOf(200)));
    expect(idOf(pages.at(-1)!.cursor)).toBe(200);
  });

  test('that is given twice is found out, and read on from before it', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    const wrong = (page: string) => page.replace(/\]\}$/, `, ${item(huge, 1)}]}`);
    answerWrongly(tenant, wrong, wrong);
    const poisoned = (await source.poll(cursor, never)).cursor;
    expect(idOf(poisoned)).toBe(huge);
    tenant.streams.events.ids = numbers(1, 260);
    for (const next of [source, sourceOf(tenant)]) {
      const pages = await drain(next, poisoned!);
      expect(idOf(pages.at(-1)!.cursor)).toBe(260);
      expect(externalIds(pages)).toEqual(expect.arrayContaining(numbers(201, 60).map(String)));
    }
  });

  test('that events have passed when it is found out hides none of them', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    const wrong = (page: string) => page.replace(/\]\}$/, `, ${item(5000, 1)}]}`);
    answerWrongly(tenant, wrong, wrong);
    const poisoned = (await source.poll(cursor, never)).cursor!;
    expect(idOf(poisoned)).toBe(5000);
    const passed = numbers(350, 90, 100);
    tenant.streams.events.ids = [...numbers(1, 200), ...passed];
    for (const next of [source, sourceOf(tenant)]) {
      const pages = await drain(next, poisoned);
      expect(externalIds(pages)).toEqual(expect.arrayContaining(passed.map(String)));
    }
  });

  test.each([
    ['another time', atOf(260), `260@${atOf(260)}`],
    ['no time', null, '260@unknown'],
  ])(
    'does not take the number from the event that gets it in the end, which has %s',
    async (_what, at, key) => {
      const tenant = await tenantOf(numbers(1, 200));
      const source = sourceOf(tenant);
      const cursor = await settle(source, cursorAt(200, atOf(200)));
      const wrong = (page: string) => page.replace(/\]\}$/, `, ${item(260, 1)}]}`);
      answerWrongly(tenant, wrong, wrong);
      const poisoned = await source.poll(cursor, never);
      expect(externalIds([poisoned])).toContain('260');
      const { itemOf } = tenant.streams.events;
      tenant.streams.events.itemOf = (id) =>
        id === 260 && at === null ? '{"id":260,"type":"X"}' : itemOf(id);
      tenant.streams.events.ids = numbers(1, 255);
      const read = await settle(source, poisoned.cursor!);
      tenant.streams.events.ids = numbers(1, 262);
      for (const next of [source, sourceOf(tenant)]) {
        const keys = externalIds(await drain(next, read));
        expect(keys).toEqual(expect.arrayContaining(['259', key, '261']));
        expect(keys).not.toContain('260');
      }
    },
  );

  test('whose event comes back as it was is no other event', async () => {
    const tenant = await tenantOf([...numbers(1, 200), 300]);
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = numbers(1, 200);
    const back = await settle(source, cursor);
    expect(idOf(back)).toBe(200);
    tenant.streams.events.ids = [...numbers(1, 200), 300];
    expect(externalIds(await drain(source, back))).toContain('300');
  });

  test('in the last two of several numbers that were given twice is told', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    const wrong = (page: string) =>
      page.replace(/\]\}$/, `, ${item(huge - 1, minutesOf(200))}, ${item(huge, minutesOf(200))}]}`);
    answerWrongly(tenant, wrong, wrong);
    const poisoned = (await source.poll(cursor, never)).cursor!;
    tenant.answering(undefined);
    await expect(drain(source, poisoned)).rejects.toMatchObject({
      outcome: 'retry',
      reason: 'reset',
    });
  });

  test('raises no alarm about the item of the cursor', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    answerWrongly(tenant, () => `{"last_id":200,"events":[${item(200, 5)}]}`);
    const pages = await drain(source, cursor);
    expect(idOf(pages.at(-1)!.cursor)).toBe(200);
    expect(tenant.asked().slice(-3)).toEqual([199, 150, 200]);
  });

  test('that contradicts the next one is not used, and told', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    answerWrongly(tenant, ...[5000, 7000].map((id) => () => `{"events":[${item(id, 1)}]}`));
    await expect(source.poll(cursor, never)).rejects.toThrow('contradict each other');
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false });
  });
});

describe('ordinary gaps', () => {
  test('of thousands after a quiet night cost one more request and no alarm', async () => {
    const tenant = await tenantOf([...numbers(1, 200)]);
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = [...numbers(1, 200), 5400, 9200];
    tenant.asked();
    const pages = await drain(source, cursor);
    expect(new Set(externalIds(pages))).toEqual(new Set(['200', '5400', '9200']));
    // The second reading from 199 on is due after so many numbers in any case.
    expect(tenant.asked().sort()).toEqual([199, 199, 199, 9199]);
  });

  test('need no second answer below 50', async () => {
    const tenant = await tenantOf(numbers(1, 4, 50));
    const source = sourceOf(tenant);
    const pages = await drain(source, cursorAt(0));
    expect(externalIds(pages)).toEqual(['1', '51', '101', '151']);
    expect(tenant.asked()).toEqual([0, 151]);
  });

  test('and an archive of all that is new cost one request for each poll in the end, and no alarm', async () => {
    const tenant = await tenantOf(numbers(1, 9000));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(9000, atOf(9000)));
    tenant.streams.events.ids = numbers(1, 5000);
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false, cursor });
    tenant.asked();
    for (let poll = 0; poll < 5; poll += 1) await source.poll(cursor, never);
    expect(tenant.asked()).toEqual([4999, 4999, 4999, 4999, 4999]);
    tenant.streams.events.ids = [...numbers(1, 5000), 9001];
    expect(externalIds(await drain(source, cursor))).toContain('9001');
  });
});

describe('a cursor that an earlier release left far beyond the tenant', () => {
  test.each([
    ['by a last_id', cursorAt(huge, null, 100)],
    ['by an item', cursorAt(huge, atOf(150), 100)],
    ['by a date in place of a number', cursorAt(20_261_100, null, 20_261_100)],
  ])('%s is told at the first poll, with what to do', async (_how, cursor) => {
    const tenant = await tenantOf(numbers(1, 260));
    const source = sourceOf(tenant, { start_from: 'all' });
    for (let poll = 0; poll < 2; poll += 1) {
      const polled = source.poll(cursor, never);
      await expect(polled).rejects.toMatchObject({ outcome: 'retry', reason: 'reset' });
      await expect(polled).rejects.toThrow('`tocsin source reset di`');
    }
    expect(externalIds(await drain(source, null))).toEqual(
      expect.arrayContaining(numbers(1, 260).map(String)),
    );
  });

  test('by less is told as soon as something new lies below it, also by the next process', async () => {
    const tenant = await tenantOf(numbers(1, 260));
    let source = sourceOf(tenant);
    const { cursor } = await source.poll(cursorAt(5000, null, 100), never);
    expect(await source.poll(cursor, never)).toMatchObject({ events: [], more: false });
    tenant.streams.events.ids = numbers(1, 261);
    source = sourceOf(tenant);
    await expect(source.poll(cursor, never)).rejects.toMatchObject({ reason: 'reset' });
  });

  test('of an empty tenant is told as soon as something is there', async () => {
    const tenant = await tenantOf([]);
    const source = sourceOf(tenant);
    const { cursor } = await source.poll(cursorAt(500, null, 500), never);
    tenant.streams.events.ids = [1];
    await expect(source.poll(cursor, never)).rejects.toMatchObject({ reason: 'reset' });
  });
});

describe('a tenant that was restored from a backup', () => {
  test.each([
    ['a little back', 170, 1],
    ['far back', 20, 1],
    ['and goes on beyond what was read', 170, 90],
    ['and goes on to the very number', 170, 30],
    ['and goes on by pages', 20, 170],
  ])(
    '%s is told at the next poll, and at each until somebody acts',
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

  test('and is quiet since is told when it has something new', async () => {
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

describe('a page that overlaps the cursor', () => {
  test('is used: what is known in it does no harm', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    tenant.streams.events.ids = numbers(1, 210);
    answerWrongly(tenant, () => pageAfter(tenant.streams.events, 190));
    const [page] = await drain(source, cursor);
    expect(externalIds([page!])).toEqual(expect.arrayContaining(numbers(201, 10).map(String)));
    expect(idOf(page!.cursor)).toBe(210);
    expect(page!.facts?.overlap).toBe(true);
  });

  test('never brings back what was there before the first start', async () => {
    const tenant = await tenantOf(numbers(1, 210));
    answerWrongly(tenant, () => pageAfter(tenant.streams.events, 190));
    const pages = await drain(sourceOf(tenant), cursorAt(200, atOf(200), 200));
    expect(externalIds(pages)).toEqual(numbers(201, 10).map(String));
  });

  test('is another page if it brings nothing beyond what was asked', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    answerWrongly(tenant, () => pageAfter(tenant.streams.events, 100));
    await expect(source.poll(cursor, never)).rejects.toThrow('ignored after_event_id');
  });
});

describe('events without a number and without a last_id', () => {
  const broken = (id: number) => `{"type":"X","of":${id}}`;

  /** From `first` to `last` they have no number. */
  async function tenantWith(ids: number[], first: number, last: number): Promise<FakeTenant> {
    const tenant = await tenantOf(ids);
    const { itemOf } = tenant.streams.events;
    tenant.streams.events.itemOf = (id) => (id >= first && id <= last ? broken(id) : itemOf(id));
    tenant.answering(({ target }, response) => {
      const page = pageAfter(tenant.streams.events, Number(target.split('=')[1]));
      send(response, 200, page.replace(/"last_id": \d+/, '"last_id": null'));
    });
    return tenant;
  }

  const texts = (pages: readonly { readonly events: readonly { readonly raw: string }[] }[]) =>
    pages.flatMap(({ events }) => events.map(({ raw }) => raw));

  test.each([
    ['one', numbers(1, 210), 201, 201],
    ['a page of them', numbers(1, 300), 201, 250],
    ['hundreds', numbers(1, 900), 201, 860],
    [
      'hundreds in a tenant with gaps',
      [...numbers(1, 200), ...numbers(1000, 300, 400)],
      1000,
      100_000,
    ],
    [
      'hundreds behind a leap of 2^31',
      [...numbers(1, 200), ...numbers(2 ** 31, 300)],
      2 ** 31,
      2 ** 31 + 170,
    ],
    ['all from the first on', numbers(1, 170), 1, 120],
  ])('%s stand in the way of no other', async (_what, ids, first, last) => {
    const tenant = await tenantWith(ids, first, last);
    const cursor = first === 1 ? cursorAt(0) : cursorAt(200, atOf(200));
    const pages = await drain(sourceOf(tenant), cursor);
    const seen = new Set(texts(pages));
    const fresh = ids.filter((id) => id > idOf(cursor));
    expect(fresh.filter((id) => !seen.has(tenant.streams.events.itemOf(id)))).toEqual([]);
    expect(idOf(pages.at(-1)!.cursor)).toBe(ids.at(-1));
    expect(tenant.asked().length).toBeLessThan(200);
  });

  test('are read once more when one that has a number follows', async () => {
    const tenant = await tenantWith(numbers(1, 205), 201, 205);
    const source = sourceOf(tenant);
    const cursor = await settle(source, cursorAt(200, atOf(200)));
    expect(idOf(cursor)).toBe(200);
    tenant.streams.events.ids = numbers(1, 206);
    expect(externalIds(await drain(source, cursor))).toContain('206');
  });

  test('that are others at each look are no events', async () => {
    const tenant = await tenantOf(numbers(1, 200));
    let count = 0;
    tenant.answering((_request, response) => {
      count += 1;
      send(response, 200, `{"events":[{"error":"unavailable","request":${count}}]}`);
    });
    await expect(sourceOf(tenant).poll(cursorAt(200, atOf(200)), never)).rejects.toMatchObject({
      outcome: 'retry',
      reason: 'malformed',
    });
  });
});

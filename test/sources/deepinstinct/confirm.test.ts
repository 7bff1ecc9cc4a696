// Numbers that are wrong in one answer, gaps that are none, and events without a number: what one
// answer claims moves nothing until a second one confirms it.
import { describe, expect, test } from 'vitest';
import { agreed } from '../../../src/sources/deepinstinct/confirm.ts';
import { emptyPage } from '../../../src/sources/deepinstinct/page.ts';
import {
  answerWrongly,
  cursorAt,
  drain,
  externalIds,
  type FakeTenant,
  idOf,
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

/** Item `id` was inserted `10,000 - id` minutes ago. */
const minutesOf = (id: number) => 10_000 - id;
const atOf = (id: number) => minutesAgo(minutesOf(id));
const tenantOf = (ids: number[]) => startAgedTenant(ids, minutesOf);

const huge = 9_007_199_254_740_991;

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

  test('in the last two of several numbers that were given twice is an error', async () => {
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

  test('that contradicts the next one is not used, and is an error', async () => {
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

describe('of two answers to one question', () => {
  /** Items `[number, minutes ago]`. */
  const page = (...items: (readonly [number | undefined, number])[]) => ({
    ...emptyPage,
    items: items.map(([id, minutes]) => {
      return { value: {}, raw: `{"id":${id},"m":${minutes}}`, id, at: minutesAgo(minutes) };
    }),
  });
  type Shown = (readonly [number | undefined, number])[];

  test.each<[string, Shown, Shown, (number | undefined)[]]>([
    ['what both show is believed', [[101, 5]], [[101, 5]], [101]],
    ['what either shows at hand is believed', [[101, 5]], [[102, 4]], [101, 102]],
    ['a leap of 50 is at hand', [], [[150, 1]], [150]],
    ['a leap that both show is believed', [[5000, 1]], [[5000, 1]], [5000]],
    ['a leap of 51 that one shows is not', [], [[151, 1]], []],
    ['nor one that the first alone shows', [[151, 1]], [], []],
    ['nor one that is from another time', [[5000, 1]], [[5000, 2]], []],
    [
      'nor what lies behind it',
      [],
      [
        [101, 5],
        [5000, 1],
        [5001, 1],
      ],
      [101],
    ],
    [
      'nor what the first alone shows behind it',
      [
        [101, 5],
        [5001, 1],
      ],
      [[5000, 1]],
      [],
    ],
    ['what lies below is believed of either', [[90, 9]], [[80, 9]], [80, 90]],
    [
      'each item comes once',
      [
        [101, 5],
        [102, 4],
      ],
      [
        [101, 5],
        [102, 4],
      ],
      [101, 102],
    ],
    [
      'those without a number come last, once each',
      [[undefined, 1]],
      [
        [undefined, 1],
        [101, 5],
        [undefined, 2],
      ],
      [101, undefined, undefined],
    ],
  ])('%s', (_what, first, second, numbersOf) => {
    const items = agreed(page(...first), page(...second), 100);
    expect(items.map(({ id }) => id)).toEqual(numbersOf);
  });

  test('the second is used where both have an item of one number', () => {
    const [item] = agreed(page([101, 5]), page([101, 4]), 100);
    expect(item?.at).toBe(minutesAgo(4));
  });
});

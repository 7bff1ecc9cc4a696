// One question for all who watch, and none while nobody does.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Tail, type Tailed } from '../../../../src/http/api/live/tail.ts';
import { tailMax } from '../../../../src/operations/index.ts';
import { tailed } from './tailed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(newest = 10) {
  const stored: number[] = [];
  let top = newest;
  const ask = vi.fn(async (after: number | null, also: readonly number[]): Promise<Tailed> => {
    if (after === null) return { items: [], newest: top };
    const found = stored.filter((id) => id > after || also.includes(id)).slice(0, tailMax);
    return { items: found.map((id) => tailed(id)), newest: Math.max(after, ...found) };
  });
  const onFailure = vi.fn();
  const tail = new Tail({ ask, onFailure, everyMs: 1000 });
  const store = (...ids: number[]) => {
    stored.push(...ids);
    stored.sort((a, b) => a - b);
    top = Math.max(top, ...ids);
  };
  return { tail, ask, onFailure, store };
}

function watch() {
  const said: string[] = [];
  return {
    said,
    show: (events: readonly { readonly id: string }[]) =>
      void said.push(...events.map(({ id }) => id)),
    skip: (from: number, to: number) => void said.push(`${from}-${to}`),
  };
}

const second = () => vi.advanceTimersByTimeAsync(1000);

test('all who watch are shown the same, from when they came', async () => {
  const { tail, ask, store } = setUp();
  const [one, two] = [watch(), watch()];
  expect(await tail.join(one)).toBe(10);
  store(11);
  await second();
  expect(await tail.join(two)).toBe(11);
  store(12);
  await second();
  expect([one.said, two.said]).toEqual([['11', '12'], ['12']]);
  expect(ask).toHaveBeenCalledTimes(3);
});

test('an event that appears after a later one is shown too', async () => {
  const { tail, store } = setUp();
  const one = watch();
  await tail.join(one);
  store(12);
  await second();
  store(11);
  await second();
  await second();
  expect(one.said).toEqual(['12', '11']);
});

test('nothing is asked once nobody watches, and who comes then begins anew', async () => {
  const { tail, ask, store } = setUp();
  const one = watch();
  await tail.join(one);
  tail.leave(one);
  await second();
  expect(ask).toHaveBeenCalledOnce();
  store(11);
  expect(await tail.join(one)).toBe(11);
  await second();
  expect(one.said).toEqual([]);
  tail.leave(one);
});

test('what comes in a burst is shown within some seconds', async () => {
  const { tail, ask, store } = setUp(0);
  const one = watch();
  await tail.join(one);
  store(...Array.from({ length: tailMax * 5 }, (_, at) => at + 1));
  await second();
  expect(one.said.length).toBe(tailMax);
  for (let n = 0; n < 5; n += 1) await second();
  expect(one.said).toEqual(Array.from({ length: tailMax * 5 }, (_, at) => String(at + 1)));
  expect(ask.mock.calls.length).toBeLessThan(14);
});

test('more than it can look at is skipped, and said', async () => {
  const { tail, store } = setUp(0);
  const one = watch();
  await tail.join(one);
  store(...Array.from({ length: tailMax * 5 + 1 }, (_, at) => at + 1));
  await second();
  expect(one.said.length).toBe(tailMax + 1);
  expect(one.said.at(-1)).toBe(`${tailMax + 1}-${tailMax * 5 + 1}`);
});

test('a failure is reported once, and what came meanwhile is shown later', async () => {
  const { tail, ask, onFailure, store } = setUp();
  const one = watch();
  await tail.join(one);
  ask.mockRejectedValueOnce(new Error('down')).mockRejectedValueOnce(new Error('down'));
  store(11);
  await second();
  await second();
  expect([one.said, onFailure.mock.calls.length]).toEqual([[], 1]);
  await second();
  expect(one.said).toEqual(['11']);
});

test('all who leave while it asks get no answer, and it stops', async () => {
  const { tail, ask } = setUp();
  const one = watch();
  await tail.join(one);
  const answers: ((found: Tailed) => void)[] = [];
  ask.mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        answers.push(resolve);
      }),
  );
  await second();
  tail.leave(one);
  answers[0]?.({ items: [tailed(11)], newest: 11 });
  await second();
  await second();
  expect(one.said).toEqual([]);
  expect(ask).toHaveBeenCalledTimes(2);
});

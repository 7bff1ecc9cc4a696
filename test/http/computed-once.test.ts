// How many computations there are for how many who ask.
import { expect, test } from 'vitest';
import { shared } from '../../src/http/computed-once.ts';

function setUp(options: { freshMs: number; budgetMs?: number }) {
  const clock = { now: 0 };
  const runs: { resolve(value: string): void; reject(error: Error): void }[] = [];
  const compute = () => new Promise<string>((resolve, reject) => runs.push({ resolve, reject }));
  return { clock, runs, ask: shared(compute, { ...options, now: () => clock.now }) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a thousand who ask at once share one computation', async () => {
  const { runs, ask } = setUp({ freshMs: 200 });
  const answers = Array.from({ length: 1000 }, () => ask());
  await settled();
  expect(runs).toHaveLength(1);
  runs[0]!.resolve('a');
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['a']));
});

test('a result serves for its time', async () => {
  const { clock, runs, ask } = setUp({ freshMs: 200 });
  const first = ask();
  await settled();
  runs[0]!.resolve('x');
  await first;
  clock.now = 199;
  void ask();
  clock.now = 200;
  void ask();
  await settled();
  expect(runs).toHaveLength(2);
});

test('who asks without end has a twentieth of the time computed, and the last result for the rest', async () => {
  const { clock, runs, ask } = setUp({ freshMs: 0, budgetMs: 1000 });
  while (clock.now < 100_000) {
    const before = runs.length;
    const answer = ask();
    await Promise.resolve();
    if (runs.length > before) {
      clock.now += 50;
      runs.at(-1)!.resolve('x');
    }
    await answer;
    await Promise.resolve();
    clock.now += 5;
  }
  expect((runs.length * 50) / 100_000).toBeLessThan(0.07);
  expect((runs.length * 50) / 100_000).toBeGreaterThan(0.04);
});

test('a failure is shared by who waits, and the next who asks begins anew', async () => {
  const { runs, ask } = setUp({ freshMs: 200 });
  const both = Promise.allSettled([ask(), ask()]);
  await settled();
  runs[0]!.reject(new Error('away'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = ask();
  await settled();
  runs[1]!.resolve('back');
  expect(await next).toBe('back');
});

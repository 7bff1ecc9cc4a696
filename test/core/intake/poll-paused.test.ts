// A source that an operator has paused, or asked to be polled, on a real Postgres.
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type PollDependencies,
  startPolling,
  startReadingOnce,
} from '../../../src/core/intake/poll.ts';
import { Controls } from '../../../src/core/loops/controls.ts';
import { AdapterError } from '../../../src/kit/errors.ts';
import { askForPoll, endPause, writePause } from '../../../src/store/controls.ts';
import { draft, hold, quiet } from '../../store/stored.ts';
import { until } from '../../support/world.ts';
import { usePolling } from './poll-setup.ts';

const { database, scripted, setUp, storedIds } = usePolling();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const pause = (forMs = 3_600_000) =>
  writePause(database(), {
    name: 'source:a',
    by: 'ann',
    reason: 'r',
    end: { forMs },
    replaces: true,
  });

async function watching() {
  const controls = new Controls({ db: database(), log: quiet, everyMs: 20 });
  await controls.look();
  controls.start();
  onTestFinished(() => controls.stop());
  return controls;
}

async function polling(
  source: PollDependencies['source'],
  controls: Controls,
  more: Partial<PollDependencies> = {},
) {
  const { deps } = setUp(source, { controls, intervalMs: 600_000, ...more });
  const worker = startPolling(deps, await hold(deps.db, 'source:a'));
  onTestFinished(() => worker.stop());
  return worker;
}

describe('a pause', () => {
  test('lets nothing be read, and its end lets it be read at once', async () => {
    await pause();
    const source = scripted([{ events: [draft(1)], cursor: 'c1' }]);
    const worker = await polling(source, await watching(), { intervalMs: 5 });
    await sleep(200);
    expect([source.asked.length, worker.stuckMs?.()]).toEqual([0, 0]);
    await endPause(database(), 'source:a');
    expect(await until(async () => (await storedIds()).length === 1, 5000)).toBe(true);
  });

  test('that comes while pages are read lets the page be stored, and none follow', async () => {
    const controls = new Controls({ db: database(), log: quiet });
    let asked = 0;
    const source = {
      kind: 'poll' as const,
      async poll() {
        asked += 1;
        if (asked === 2) {
          await pause();
          await controls.look();
        }
        return { events: [draft(asked)], cursor: `c${asked}`, more: true };
      },
    };
    await polling(source, controls);
    expect(await until(async () => (await storedIds()).length === 2, 5000)).toBe(true);
    await sleep(200);
    expect([asked, await storedIds()]).toEqual([2, ['1', '2']]);
  });

  test('ends by itself at its time', async () => {
    await pause(400);
    const source = scripted([]);
    await polling(source, await watching());
    await sleep(100);
    expect(source.asked).toEqual([]);
    expect(await until(() => source.asked.length === 1, 5000)).toBe(true);
    await sleep(200);
    expect(source.asked).toHaveLength(1);
  });

  test('is respected by a run that reads once', async () => {
    await pause();
    const source = scripted([]);
    const { deps } = setUp(source, { controls: await watching() });
    const ends: unknown[] = [];
    const lease = await hold(deps.db, 'source:a');
    const worker = startReadingOnce(deps, lease, (drained) => ends.push(drained));
    expect(await until(() => ends.length === 1, 5000)).toBe(true);
    await worker.stop();
    expect([source.asked, ends]).toEqual([[], [{ events: 0 }]]);
  });

  test('of a month lets the process rest: no timer is too long for it', async () => {
    await pause(30 * 86_400_000);
    const controls = await watching();
    let asked = 0;
    const counting = {
      of: (name: string) => {
        const control = controls.of(name);
        const pausedMs = () => {
          asked += 1;
          return control.pausedMs();
        };
        return { ...control, pausedMs };
      },
    };
    await polling(scripted([]), controls, { controls: counting });
    await sleep(200);
    expect(asked).toBeLessThan(10);
  });
});

describe('a wish for a poll', () => {
  test('is met at once, also while the source backs off', async () => {
    const failure = new AdapterError('retry', 'timeout', 'no answer', { retryAfterMs: 600_000 });
    const source = scripted([failure, { events: [draft(1)], cursor: 'c1' }]);
    await polling(source, await watching());
    expect(await until(() => source.asked.length === 1, 5000)).toBe(true);
    await askForPoll(database(), 'source:a');
    expect(await until(async () => (await storedIds()).length === 1, 5000)).toBe(true);
  });

  test('is met once', async () => {
    const source = scripted([]);
    const controls = await watching();
    await askForPoll(database(), 'source:a');
    await controls.look();
    await polling(source, controls);
    await sleep(200);
    expect(source.asked).toHaveLength(1);
    await askForPoll(database(), 'source:a');
    expect(await until(() => source.asked.length === 2, 5000)).toBe(true);
    await sleep(200);
    expect(source.asked).toHaveLength(2);
  });
});

test('what a process knows of its source is there for the others', async () => {
  const failure = new AdapterError('retry', 'timeout', 'no answer', { retryAfterMs: 60_000 });
  const source = scripted([{ events: [draft(1)], cursor: 'c1', more: true }, failure]);
  const worker = await polling(source, await watching());
  const known = () => worker.facts?.().sources?.a;
  expect(await until(() => known()?.lastError !== null, 5000)).toBe(true);
  expect(known()).toMatchObject({ lastError: { reason: 'timeout', message: 'no answer' } });
  expect(Date.parse(known()!.lastSuccessAt!)).toBeGreaterThan(Date.now() - 10_000);
  expect(Date.parse(known()!.nextPollAt!)).toBeGreaterThan(Date.now() + 30_000);
  await pause();
  expect(await until(() => known()?.nextPollAt === null, 5000)).toBe(true);
});

// Throttled routes and quiet hours of one sink on a real Postgres.
import { describe, expect, test } from 'vitest';
import type { Route } from '../../../src/core/routing/index.ts';
import { parseInterval } from '../../../src/core/rules/schedule.ts';
import { draft, drafts } from '../../store/stored.ts';
import { all, expectSoon, grouped, pause, useDigests } from './digests-setup.ts';

const { begin, states, isSettled } = useDigests();

test('a throttled route shows so many of each key, and the others together at the end of the window', async () => {
  const of = (n: number, name: string) => draft(n, { body: { device: { name } } });
  const throttle = grouped({ by: ['device'], cards: 2, intervalMs: 700 });
  const { store, cards, digests } = await begin({ routes: [throttle] });
  await store([of(1, 'A'), of(2, 'A'), of(3, 'A'), of(4, 'B')]);
  await store([of(5, 'A'), of(6, 'B')]);
  await expectSoon(() => cards().length === 4);
  expect(cards().sort()).toEqual(['1', '2', '4', '6']);
  await expectSoon(isSettled);
  expect(digests()).toMatchObject([{ count: 2, before: 2, by: [{ field: 'device', value: 'A' }] }]);
});

describe('quiet hours', () => {
  const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
  const always = [parseInterval({ timeZone: 'UTC', first: day(Date.now() - 86_400_000) })];
  const quietly: Route = { ...all, quiet: { times: always, passes: 0 } };

  test('hold what may wait, let the urgent through, and survive a restart', async () => {
    const first = await begin({ routes: [quietly] });
    await first.store(drafts(1, 3));
    await first.store([{ ...draft(4), severity: 5 }]);
    await expectSoon(() => first.cards().length === 1);
    await first.worker.stop();
    const second = await begin({ routes: [quietly] });
    await pause(200);
    expect([first.cards(), second.sent, await states()]).toEqual([
      ['4'],
      [],
      { delivered: 1, pending: 3 },
    ]);
  });

  test('go out in one digest when they are over, or when the configuration has them no more', async () => {
    const held = await begin({ routes: [quietly] });
    await held.store(drafts(1, 3));
    await held.worker.stop();
    const over = [parseInterval({ timeZone: 'UTC', last: day(Date.now() - 2 * 86_400_000) })];
    const after = await begin({ routes: [{ ...all, quiet: { times: over, passes: 0 } }] });
    await expectSoon(isSettled);
    expect(after.digests()).toMatchObject([{ kind: 'group', count: 3, route: 'all', by: [] }]);
    expect([held.sent, after.cards()]).toEqual([[], []]);
    await after.worker.stop();
    const again = await begin({ routes: [quietly] });
    await again.store(drafts(11, 2));
    await again.worker.stop();
    const without = await begin({ routes: [all] });
    await expectSoon(isSettled);
    expect(without.digests()).toMatchObject([{ count: 2 }]);
  });
});

// What people asked of sources and sinks, on a real Postgres, whose clock alone counts.
import { expect, test } from 'vitest';
import { askForPoll, endPause, readControls, writePause } from '../../src/store/controls.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();

const request = {
  name: 'sink:soc',
  by: 'ann',
  reason: 'maintenance',
  end: { forMs: 3_600_000 },
  replaces: false,
} as const;

test('a pause is read back with who, why and for how long still', async () => {
  const pause = await writePause(db(), request);
  expect(pause).toMatchObject({ by: 'ann', reason: 'maintenance' });
  expect(Date.parse(pause!.until) - Date.parse(pause!.since)).toBe(3_600_000);
  const [read, ...others] = await readControls(db());
  expect(others).toEqual([]);
  expect(read).toMatchObject({ name: 'sink:soc', pause, pollAskedAt: null });
  expect(read!.pause!.remainingMs).toBeGreaterThan(3_500_000);
  expect(read!.pause!.remainingMs).toBeLessThanOrEqual(3_600_000);
});

test('of two people who pause at once one does, and the other may replace it', async () => {
  const both = await Promise.all(['ann', 'bob'].map((by) => writePause(db(), { ...request, by })));
  expect(both.filter((one) => one === null)).toHaveLength(1);
  const replaced = await writePause(db(), { ...request, by: 'eve', replaces: true });
  expect(replaced?.by).toBe('eve');
  expect((await readControls(db()))[0]?.pause?.by).toBe('eve');
});

test('a pause that is over is none, and another may begin', async () => {
  await writePause(db(), { ...request, end: { untilMs: Date.now() - 1000 } });
  expect(await readControls(db())).toEqual([]);
  expect(await endPause(db(), 'sink:soc')).toBeNull();
  expect((await writePause(db(), { ...request, by: 'bob' }))?.by).toBe('bob');
});

test('a clock that went back makes no pause longer than it was meant to be', async () => {
  await writePause(db(), request);
  await db().$client`update controls
    set paused_at = paused_at + interval '1 day', paused_until = paused_until + interval '1 day'`;
  const [read] = await readControls(db());
  expect(read!.pause!.remainingMs).toBeLessThanOrEqual(3_600_000);
});

test('the end of a pause says which it was, and a wish for a poll stays beside it', async () => {
  const pause = await writePause(db(), request);
  const askedAt = await askForPoll(db(), 'sink:soc');
  expect(await endPause(db(), 'sink:soc')).toEqual(pause);
  expect(await endPause(db(), 'sink:soc')).toBeNull();
  expect(await readControls(db())).toEqual([
    { name: 'sink:soc', pause: null, pollAskedAt: askedAt },
  ]);
});

test('a wish for a poll is forgotten after some minutes', async () => {
  await askForPoll(db(), 'source:a');
  await db().$client`update controls set poll_asked_at = poll_asked_at - interval '11 minutes'`;
  expect(await readControls(db())).toEqual([]);
});

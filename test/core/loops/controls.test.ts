// What people asked, as one process knows it: it never forgets a pause because the database is
// away, and never keeps one beyond its end.
import { describe, expect, onTestFinished, test } from 'vitest';
import { Controls } from '../../../src/core/loops/controls.ts';
import { createLogger } from '../../../src/observe/log.ts';
import { askForPoll, endPause, writePause } from '../../../src/store/controls.ts';
import { openPostgres } from '../../../src/store/database.ts';
import { quiet, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const db = useDatabase();
const pause = (name: string, forMs = 3_600_000) =>
  writePause(db(), { name, by: 'ann', reason: 'r', end: { forMs }, replaces: true });

/** @param clock monotonic, in milliseconds */
function controlsHere(clock?: () => number, log = quiet) {
  return new Controls({ db: db(), log, everyMs: 20, ...(clock && { clock }) });
}

function started(controls: Controls): Controls {
  controls.start();
  onTestFinished(() => controls.stop());
  return controls;
}

test('before the first look nothing is paused, and after it what is stored is', async () => {
  const controls = controlsHere();
  await pause('sink:soc');
  expect(controls.of('sink:soc').pausedMs()).toBe(0);
  await controls.look();
  expect(controls.of('sink:soc').pausedMs()).toBeGreaterThan(3_500_000);
  expect(controls.pauseOf('sink:soc')).toMatchObject({ by: 'ann' });
  expect([controls.pauseOf('source:soc'), controls.of('source:soc').pausedMs()]).toEqual([null, 0]);
});

test('the pause of another process is seen within a look, and so is its end', async () => {
  const controls = started(controlsHere());
  await pause('sink:soc');
  expect(await until(() => controls.pauseOf('sink:soc') !== null, 5000)).toBe(true);
  await endPause(db(), 'sink:soc');
  expect(await until(() => controls.pauseOf('sink:soc') === null, 5000)).toBe(true);
});

test('an act of this process counts at once', async () => {
  const controls = new Controls({ db: db(), log: quiet, everyMs: 600_000 });
  started(controls);
  await pause('sink:soc');
  controls.changed();
  expect(await until(() => controls.pauseOf('sink:soc') !== null, 5000)).toBe(true);
});

test('while the database is away a pause goes on, and ends at its time by the local clock', async () => {
  let nowMs = 0;
  const lines: string[] = [];
  const log = createLogger({
    level: 'warn',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const away = openPostgres({ url: 'postgres://u:p@127.0.0.1:1/none', prepare: true });
  onTestFinished(() => away.$client.end({ timeout: 1 }));
  let isAway = false;
  const there = db();
  const switched = new Proxy(there, {
    get: (_, key) => Reflect.get(isAway ? away : there, key),
  });
  const controls = new Controls({ db: switched, log, everyMs: 10, clock: () => nowMs });
  await pause('sink:soc', 60_000);
  await controls.look();
  isAway = true;
  started(controls);
  expect(await until(() => lines.length > 0, 20_000)).toBe(true);
  await expect(controls.look()).rejects.toThrow();
  nowMs = 59_000;
  expect(controls.pauseOf('sink:soc')).not.toBeNull();
  nowMs = 60_001;
  expect([controls.pauseOf('sink:soc'), controls.of('sink:soc').pausedMs()]).toEqual([null, 0]);
  expect(lines).toHaveLength(1);
});

describe('those who watch', () => {
  test('learn of what concerns them, each change once, until they no longer do', async () => {
    const controls = controlsHere();
    const seen: string[] = [];
    const end = controls.of('source:a').watch(() => void seen.push('a'));
    controls.of('source:b').watch(() => void seen.push('b'));
    const turn = async (act: Promise<unknown>) => {
      await act;
      await controls.look();
      await controls.look();
    };
    await turn(pause('source:a'));
    await turn(pause('source:a', 7_200_000));
    await turn(endPause(db(), 'source:a'));
    await turn(askForPoll(db(), 'source:a'));
    expect(seen).toEqual(['a', 'a', 'a', 'a']);
    end();
    await turn(askForPoll(db(), 'source:a'));
    await turn(askForPoll(db(), 'source:b'));
    expect(seen).toEqual(['a', 'a', 'a', 'a', 'b']);
  });

  test('find the new state when they ask', async () => {
    const controls = controlsHere();
    const control = controls.of('source:a');
    const found: unknown[] = [];
    control.watch(() => void found.push([control.pausedMs() > 0, control.pollAskedAt()]));
    await pause('source:a');
    await controls.look();
    await endPause(db(), 'source:a');
    const askedAt = await askForPoll(db(), 'source:a');
    await controls.look();
    expect(found).toEqual([
      [true, null],
      [false, askedAt],
    ]);
  });
});

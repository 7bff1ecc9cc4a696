// `tocsin incident`: what is open, taken, put off, resolved, and what is said of it.
import { expect, test } from 'vitest';
import { hostile, worldOfTheDead } from './dead/given-up.ts';
import { runIn } from './in-process.ts';

test('an incident is listed, taken, shown, resolved and opened again', async () => {
  const world = await worldOfTheDead('postgres');
  const run = (...argv: string[]) => runIn(world, ['incident', ...argv]);
  const any = ['--min-severity', 'info'];
  const [item] = JSON.parse((await run('list', ...any, '--json')).stdout);
  expect(item).toMatchObject({ state: 'open', version: 0 });
  const { event } = item;
  const listed = await run('list', ...any);
  expect(listed.stdout).toMatch(new RegExp(`^${event}  open  20\\S+Z  [A-Z]+  `));
  for (const sign of hostile.match(/\p{Cc}|\u202E/gu)!)
    expect(listed.stdout.slice(0, -1)).not.toContain(sign);

  const taken = await run('ack', event, '--for', '4h', '--note', 'on it');
  expect(taken.stdout).toMatch(/^acknowledged by \S+ until 20\S+Z {2}event \d+\n$/);
  expect((await run('list', ...any, '--state', 'open')).stdout).toBe('nothing is open\n');
  expect((await run('snooze', event, '--for', '1h')).stdout).toMatch(/^snoozed by /);
  expect((await run('resolve', event, '--note', 'done')).stdout).toMatch(/^resolved by /);
  expect((await run('resolve', event)).stdout).toMatch(/^nothing changed; it is so already: reso/);
  expect((await run('ack', event)).stdout).toMatch(/^nothing changed; reopen it first, it is res/);
  expect((await run('reopen', event)).stdout).toMatch(/^open by /);
  const noted = await run('note', event, '--text', 'odd', '--json');
  expect(JSON.parse(noted.stdout)).toMatchObject({ outcome: 'changed', incident: { event } });
  const { stdout } = await run('show', event);
  expect(stdout).toMatch(
    /\nWhat happened:\n {2}20\S+Z {2}acknowledged {2}by \S+ \(cli\) {2}now ack/,
  );
  expect(stdout).toContain('  on it\n');
  expect(stdout).toContain('  message in soc  shows version 0 of 5\n');
  expect(JSON.parse((await run('show', event, '--json')).stdout).changes).toHaveLength(5);
  expect((await run('list', ...any, '--limit', '1')).stderr).toContain('the newest 1;');
});

test.each([
  [['list', '--state', 'closed'], '--state is one of: open, acknowledged, snoozed, resolved.'],
  [['list', '--min-severity', 'grave'], '--min-severity "grave" is none;'],
  [['snooze', '1'], 'How long? Say it by --for <time>.'],
  [['snooze', '1', '--for', '99d'], '"for" is no time from 1m to 7d.'],
  [['note', '1'], 'What? Say it by --text <text>.'],
  [['show', 'x'], 'event is not right'],
])('incident %j is wrong usage', async (argv, words) => {
  const world = await worldOfTheDead('postgres');
  expect(await runIn(world, ['incident', ...argv])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(words),
  });
});

test('of an event that is not there nothing can be done', async () => {
  const world = await worldOfTheDead('postgres');
  expect(await runIn(world, ['incident', 'resolve', '999999'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('tocsin: No event 999999 is stored, or no longer'),
  });
});

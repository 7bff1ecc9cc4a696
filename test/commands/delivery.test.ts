// `tocsin delivery`: every state, and what has something in common dropped after a look at it.
import { expect, test } from 'vitest';
import { worldOfTheDead } from './dead/given-up.ts';
import { runIn } from './in-process.ts';

test('lists deliveries, counts what would be dropped, drops it, and says who did', async () => {
  const world = await worldOfTheDead('postgres');
  const run = (...argv: string[]) => runIn(world, ['delivery', ...argv]);
  const dead = await run('list', '--state', 'dead', '--sink', 'soc');
  expect(dead.code).toBe(0);
  expect(dead.stdout).toMatch(/^(\d+ {2}soc {2}[A-Z]+ {2}.*dead, rejected {2}since 20.*\n){3}$/);
  expect(dead.stdout).not.toContain('\u001B');
  const json = JSON.parse((await run('list', '--state', 'dead', '--json')).stdout);
  expect(json).toHaveLength(3);
  expect((await run('list', '--state', 'dead', '--limit', '2')).stderr).toContain(
    'these are the newest 2; --limit and --until show others\n',
  );
  expect((await run('list', '--reason', 'none-such')).stdout).toBe('nothing was found\n');
  expect((await run('groups')).stdout).toMatch(/^soc {2}3 {2}rejected, HTTP 400/);

  const tried = await run('drop', '--reason', 'rejected', '--dry-run');
  expect(tried.stdout).toMatch(/^3 would be dropped: /);
  const [first] = json as { eventId: string }[];
  expect((await run('drop', first!.eventId)).stdout).toBe('1 dropped\n');
  expect((await run('drop', '--reason', 'rejected', '--json')).stdout).toBe('{"dropped":2}\n');
  expect((await run('list', '--state', 'dead')).stdout).toBe('nothing was found\n');

  const audit = await runIn(world, ['audit', 'list', '--operation', 'delivery-drop']);
  expect(
    audit.stdout.match(/^\d+ {2}20\S+Z {2}\S+ {2}cli {2}delivery-drop {2}deliveries$/gm),
  ).toHaveLength(2);
  const verified = await runIn(world, ['audit', 'verify']);
  expect(verified.stdout).toMatch(/^\d+ rows follow from each other {2}[\da-f]{64}\n$/);
});

test.each([
  [['drop'], 'Say which: event ids, --sink, --reason, --status or --severity.'],
  [['drop', '--state', 'delivered', '--sink', 'soc'], '--state is one of: pending, dead.'],
  [['drop', '--state', 'pending', '--reason', 'x'], 'name the sink of which pending'],
  [['list', '--state', 'gone'], '--state is one of: pending, delivered, suppressed, dead.'],
  [['list', '--event', 'five'], 'event is not right'],
])('delivery %j is wrong usage', async (argv, words) => {
  const world = await worldOfTheDead('postgres');
  expect(await runIn(world, ['delivery', ...argv])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(words),
  });
});

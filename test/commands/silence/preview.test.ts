// `tocsin silence preview`: what a silence would have hidden, by severity and by day, with a sample.
import { expect, test } from 'vitest';
import { createWorld } from '../../support/world.ts';
import { runIn } from '../in-process.ts';

test('it counts what went out and names the most urgent; nothing is made', async () => {
  const world = await createWorld({ database: 'postgres' });
  const [first] = world.tenant.add('events', 3);
  world.tenant.change('events', first!, { threat_severity: 'VERY_HIGH', type: 'RANSOMWARE' });
  expect((await runIn(world, ['once'])).code).toBe(0);
  const ask = (...more: string[]) => runIn(world, ['silence', 'preview', ...more]);
  const all = await ask('--match', 'types=RANSOM*');
  const today = new Date().toISOString().slice(0, 10);
  expect(all.stdout.split('\n')).toEqual([
    'This would have hidden 1 of the 3 events of the last 7 days: 1 CRITICAL.',
    `  ${today}  1`,
    'Such as:',
    expect.stringMatching(
      /^ {2}\d+ {2}\S+Z {2}CRITICAL {2}RANSOMWARE {2}\S+ {2}deepinstinct_events$/,
    ),
    expect.stringMatching(/^ {2}It hides CRITICAL events, too;/),
    '',
  ]);
  const json = JSON.parse((await ask('--when', 'event.severity < 5', '--json')).stdout);
  expect(json).toMatchObject({ looked: 3, hidden: 2, hidesCritical: false });
  const none = await ask('--sink', 'soc', '--match', 'types=NONE', '--days', '1');
  expect(none.stdout).toContain('This would have hidden 0 of the 3 events of the last 24 hours.\n');
  expect((await runIn(world, ['silence', 'list', '--all'])).stdout).toBe(
    'nothing was silenced yet\n',
  );
});

test.each([
  [['--match', 'typs=A'], '--match typs "typs" is not a key that belongs here.'],
  [['--sink', 'sco'], '--sink sco "sco" is not a sink of this configuration.'],
  [['--days', '31'], '--days "31" is out of range. Set it to a whole number from 1 to 30.'],
  [['--owner', 'anna'], 'unknown option "--owner".'],
])('%j is refused', async (more, words) => {
  const world = await createWorld({ database: 'postgres' });
  const { code, stdout, stderr } = await runIn(world, ['silence', 'preview', ...more]);
  expect(stderr).toContain(words);
  expect([code, stdout]).toEqual([2, '']);
});

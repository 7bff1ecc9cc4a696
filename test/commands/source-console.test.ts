// `tocsin source search|show`: the console as it is now, in lines for people and as JSON.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';
import { runIn } from './in-process.ts';

const events = 'deepinstinct_events';

test('a search lists what the console holds, and an item shows what changed since', async () => {
  const world = await createWorld({ database: 'postgres' });
  const ids = world.tenant.add('events', 3);
  expect((await runIn(world, ['once'])).code).toBe(0);
  world.tenant.add('events', 60);
  const ask = (...more: string[]) => runIn(world, ['source', ...more]);
  const first = await ask('search', events, '--since', '2d');
  expect(first.stdout.split('\n')).toHaveLength(51);
  expect(first.stdout).toMatch(
    new RegExp(`^${ids[0]}  \\S+Z  [A-Z]+  [A-Z_]+  [A-Z]+  .*  event \\d+\\n`),
  );
  expect(first.stdout).toMatch(/ {2}not stored here\n$/);
  const cursor = /there may be more: --cursor (\S+)\n$/.exec(first.stderr)![1]!;
  const since = new Date(Date.now() - 86_400_000).toISOString();
  const other = await ask('search', events, '--since', since.slice(0, 10), '--cursor', cursor);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('other filters') });

  world.tenant.change('events', ids[0]!, { status: 'CLOSED', threat_severity: 'VERY_HIGH' });
  const filters = ['--status', 'CLOSED', '--severity', 'CRITICAL', '--json'];
  const found = JSON.parse((await ask('search', events, ...filters)).stdout);
  expect(found.items).toMatchObject([{ externalId: String(ids[0]), status: 'CLOSED' }]);
  const shown = await ask('show', events, String(ids[0]));
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/^item \d+ {2}CRITICAL {2}\S+ {2}CLOSED\nStored as event \d+ at /);
  expect(shown.stdout).toMatch(/\nSince then:\n(.*\n)* {2}status: OPEN -> CLOSED\n/);
  expect((await ask('show', events, String(ids[1]))).stdout).toMatch(
    /\nIt is as it was stored\.\n$/,
  );
  const json = JSON.parse((await ask('show', events, String(ids[1]), '--json')).stdout);
  expect(json).toMatchObject({ differences: [], problem: null, now: { status: 'OPEN' } });
  expect(await ask('show', events, '99999')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('has no item 99999'),
  });
  expect((await ask('search', events, '--hash', 'f'.repeat(64))).stdout).toBe(
    'nothing was found\n',
  );
});

test('what the console refuses is the reason, and exit code 1', async () => {
  const world = await createWorld({ database: 'postgres' });
  await runIn(world, ['migrate']);
  world.tenant.renewToken();
  const { code, stdout, stderr } = await runIn(world, ['source', 'search', events]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('the API key is wrong, revoked or may not read events');
});

test.each([
  [['search', events, '--severity', 'HIHG'], '--severity HIHG is none of INFO, LOW'],
  [['search', events, '--since', 'noon'], '--since noon is neither a duration'],
  [['search', events, '--until', 'noon'], '--until "noon" is not a time.'],
])('%j is a wrong use', async (words, text) => {
  const world = await createWorld({ database: 'postgres' });
  const { code, stderr } = await runIn(world, ['source', ...words]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
});

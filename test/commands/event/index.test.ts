// `tocsin event`: found, shown with its attempts, tried on today's routes, and exported.
import { expect, test } from 'vitest';
import { hostile, worldOfTheDead } from '../dead/given-up.ts';
import { runIn } from '../in-process.ts';

test('an event is found, shown with each attempt, and tried on the routes of now', async () => {
  const world = await worldOfTheDead('postgres');
  const run = (...argv: string[]) => runIn(world, ['event', ...argv]);
  const found = await run('search', '--state', 'dead');
  expect(found.stdout).toMatch(/^\d+ {2}20\S+Z {2}[A-Z]+ {2}.* {2}soc: dead\n$/);
  const items = JSON.parse((await run('search', '--state', 'dead', '--json')).stdout);
  expect(items).toHaveLength(1);
  const notices = await run('search', '--source', 'tocsin', '--state', 'dead', '--json');
  expect(JSON.parse(notices.stdout)).toHaveLength(2);
  const [{ id, itemId }] = items;
  expect((await run('search', '--id', itemId)).stdout).toContain(`${id}  20`);
  expect((await run('search', '--limit', '1')).stderr).toContain('the newest 1;');
  expect((await run('search', '--hash', 'f'.repeat(64))).stdout).toBe('nothing was found\n');

  const { code, stdout } = await run('show', id);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n {2}routes {2}/);
  expect(stdout).toMatch(/\nDeliveries:\n {2}soc {2}dead, rejected {2}since 20\S+Z {2}route /);
  expect(stdout).toMatch(/\n {4}20\S+Z {2}.*rejected {2}HTTP 400 {2}\d+ ms/);
  expect(JSON.parse((await run('show', id, '--json')).stdout)).toMatchObject({ event: { id } });
  expect(await run('show', '999999')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('tocsin: No event 999999 is stored, or no longer'),
  });

  const decided = await run('decide', id);
  expect(decided.stdout).toMatch(/\nRoutes and silences of 20\S+Z:\n/);
  expect(decided.stdout).toMatch(/\n {2}sink soc {2}gets it, route /);
  const later = ['--at', '2026-03-02T22:00:00+07:00', '--json'];
  expect(JSON.parse((await run('decide', id, ...later)).stdout)).toMatchObject({
    at: '2026-03-02T15:00:00.000Z',
    sinks: [{ id: 'soc', state: 'pending' }],
  });
});

test('an export has every event; a terminal and a spreadsheet obey nothing in it', async () => {
  const world = await worldOfTheDead('postgres');
  const run = (...argv: string[]) => runIn(world, ['event', ...argv]);
  const all = JSON.parse((await run('search', '--limit', '1000', '--json')).stdout);
  const csv = (await run('export')).stdout;
  const [head, ...lines] = csv.trimEnd().split('\r\n');
  expect(head).toMatch(/^id,receivedAt,/);
  expect(lines).toHaveLength(all.length);
  const ndjson = (await run('export', '--format', 'ndjson', '--min-severity', 'info')).stdout;
  expect(
    ndjson
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(all);
  for (const text of [csv, ndjson, (await run('search', '--json')).stdout]) {
    expect(text).not.toContain('\u001B');
    expect(text).not.toContain('\u202E');
  }
  expect(hostile).toBeDefined();
});

test.each([
  [['search', '--severity', 'HIHG'], '--severity "HIHG" is none;'],
  [['search', '--min-severity', 'grave'], '--min-severity is one of: UNKNOWN, INFO'],
  [['search', '--since', 'noon'], '--since noon is neither'],
  [['export', '--format', 'xml'], '--format is one of: csv, ndjson.'],
  [['show', 'x'], 'event is not right'],
  [['decide', '1', '--at', 'noon'], '--at "noon" is not a time.'],
])('event %j is wrong usage', async (argv, words) => {
  const world = await worldOfTheDead('postgres');
  expect(await runIn(world, ['event', ...argv])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(words),
  });
});

// `tocsin source`: how far each source was read, and a new start after its tenant was rebuilt.
import { expect, test } from 'vitest';
import { cardsOf } from '../support/cards.ts';
import { createWorld, until } from '../support/world.ts';
import { onDatabase, runIn } from './in-process.ts';

test.each(['postgres', 'embedded'] as const)(
  'on %s, a rebuilt tenant is announced once its source was reset',
  async (database) => {
    const world = await createWorld({ database });
    const { tenant, mattermost } = world;
    if (database === 'embedded') expect((await runIn(world, ['migrate'])).code).toBe(0);
    expect(await runIn(world, ['source', 'list'])).toEqual({
      code: 0,
      stdout: 'no source was read yet\n',
      stderr: onDatabase,
    });
    // Within a second of each other, old and new ones could not be told apart.
    tenant.add('events', 3, { ageSeconds: 60 });
    expect((await runIn(world, ['once'])).code).toBe(0);
    expect(mattermost.deliveries.size).toBe(5);
    const { stdout } = await runIn(world, ['source', 'list']);
    expect(stdout).toMatch(
      /^deepinstinct_events {2}http:\S+ event {2}up to event \d+, inserted 20\S+Z {2}moved 20\S+Z {2}first generation$/m,
    );
    expect(stdout).toMatch(
      /^deepinstinct_suspicious_events {2}http:\S+ suspicious {2}nothing yet, from the first event on {2}moved 20/m,
    );

    tenant.rebuild('events');
    tenant.add('events', 2);
    const blind = await world.run(['once']);
    expect([blind.code, blind.stderr]).toEqual([
      1,
      expect.stringContaining('tocsin source reset deepinstinct_events'),
    ]);
    expect(mattermost.deliveries.size).toBe(6); // the alarm
    expect(await runIn(world, ['source', 'reset', 'deepinstinct_events'])).toEqual({
      code: 0,
      stdout: 'deepinstinct_events starts anew, generation 2\n',
      stderr: onDatabase,
    });
    expect((await runIn(world, ['once'])).code).toBe(0);
    expect(cardsOf('events', mattermost.posts)).toHaveLength(5);
    expect(world.repeated()).toBe(0);
  },
);

test('a running service on the embedded database resets for the command, and reads on by itself', async () => {
  const world = await createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
  const { tenant, mattermost } = world;
  tenant.add('events', 3, { ageSeconds: 60 });
  await world.start().ready();
  expect(await world.arrived(5)).toBe(5);
  tenant.rebuild('events');
  tenant.add('events', 2);
  const { code, stdout } = await runIn(world, ['source', 'reset', 'deepinstinct_events', '--json']);
  expect([code, JSON.parse(stdout)]).toEqual([0, { source: 'deepinstinct_events', generation: 2 }]);
  const announced = () => cardsOf('events', mattermost.posts).length;
  expect(await until(() => announced() === 5, 15_000)).toBe(true);
  const rows = JSON.parse((await runIn(world, ['source', 'list', '--json'])).stdout) as {
    source: string;
  }[];
  expect(rows).toContainEqual(
    expect.objectContaining({
      ...{ source: 'deepinstinct_events', generation: 2 },
      position: expect.stringMatching(/^up to event \d+, inserted /),
    }),
  );
});

test('a source that was reset begins anew, and its position is said in words', async () => {
  const world = await createWorld({ database: 'postgres' });
  expect((await runIn(world, ['once'])).code).toBe(0);
  await runIn(world, ['source', 'reset', 'deepinstinct_events']);
  const { stdout } = await runIn(world, ['source', 'list']);
  expect(stdout).toMatch(
    /^deepinstinct_events .* nothing yet, begins at START_FROM .* generation 2, begun anew$/m,
  );
});

test('a source that was never read cannot be reset, and wrong usage says what is right', async () => {
  const world = await createWorld({ database: 'postgres' });
  expect(await runIn(world, ['source', 'reset', 'nobody'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /\nsource nobody was never read; "tocsin source list" shows those that were\n$/,
    ),
  });
  const unnamed = await runIn(world, ['source', 'reset']);
  expect([unnamed.code, unnamed.stderr]).toEqual([
    2,
    expect.stringContaining('missing argument <id>: a source, as "tocsin source list" shows it.'),
  ]);
  const listed = await runIn(world, ['source', 'list', 'x']);
  expect([listed.code, listed.stderr]).toEqual([
    2,
    expect.stringContaining('unexpected argument "x".\nUsage: tocsin source list'),
  ]);
  expect((await runIn(world, ['source', 'reset', ''])).stderr).toContain(
    'missing argument <id>: a source,',
  );
  const unknown = await runIn(world, ['source', 'forget', 'x']);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining(
      'unknown subcommand "forget"; there are: list, search, show, try, poll, pause, resume, reset, rename, adopt, remove.',
    ),
  ]);
});

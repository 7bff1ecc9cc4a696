// `tocsin dead`: what was given up is shown, and put back, wherever the database is open.
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../../src/store/embedded/directory-lock.ts';
import { cardsOf } from '../../support/cards.ts';
import { createWorld, until } from '../../support/world.ts';
import { onDatabase, runIn } from '../in-process.ts';
import { hostile, idsOf, worldOfTheDead } from './given-up.ts';

test('lists them, and puts back those that are named, or all; then their cards arrive', async () => {
  const world = await worldOfTheDead('postgres');
  const { mattermost } = world;
  const { code, stdout, stderr } = await runIn(world, ['dead', 'list']);
  expect([code, stderr]).toEqual([0, onDatabase]);
  expect(stderr.match(/the database is/g), 'named once').toHaveLength(1);
  const ids = idsOf(stdout);
  expect(ids).toHaveLength(3);
  expect(
    stdout.match(
      /^\d+ {2}soc {2}.*rejected.*, \d+ attempts, dead since 20.*\n {4}last answer: HTTP 400 /gm,
    ),
  ).toHaveLength(3);
  const json = JSON.parse((await runIn(world, ['dead', 'list', '--json'])).stdout) as {
    eventId: number;
  }[];
  expect(json.map(({ eventId }) => eventId).sort((a, b) => a - b)).toEqual(ids);

  expect(await runIn(world, ['dead', 'redrive', '999999'])).toEqual({
    code: 1,
    stdout: '0 put back\n',
    stderr: expect.stringMatching(
      /\nnone of these is dead; "tocsin dead list" shows those that are\n$/,
    ),
  });
  expect(await runIn(world, ['dead', 'redrive', `${ids[0]}`])).toEqual({
    code: 0,
    stdout: '1 put back\n',
    stderr: onDatabase,
  });
  expect((await runIn(world, ['once'])).stderr).toContain('sink soc: 2 dead');
  const arrived = () => ids.filter((id) => mattermost.deliveries.has(`soc-${id}`));
  expect(arrived()).toEqual([ids[0]]);
  expect((await runIn(world, ['dead', 'redrive', '--all', '--json'])).stdout).toBe(
    '{"redriven":2}\n',
  );
  expect((await runIn(world, ['once'])).code).toBe(0);
  expect(arrived()).toEqual(ids);
  const cards = cardsOf('events', mattermost.posts);
  expect(cards.filter(({ attachments: [card] }) => card?.text?.includes('gnp.exe'))).toHaveLength(
    1,
  );
  expect(await runIn(world, ['dead', 'redrive', '--all'])).toEqual({
    code: 0,
    stdout: '0 put back\n',
    stderr: onDatabase,
  });
});

describe('on the embedded database', () => {
  test('the command opens it itself when no service runs', async () => {
    const world = await worldOfTheDead('embedded');
    const ids = idsOf((await runIn(world, ['dead', 'list'])).stdout);
    expect(ids).toHaveLength(3);
    expect((await runIn(world, ['dead', 'redrive', '--all'])).stdout).toBe('3 put back\n');
    expect((await runIn(world, ['once'])).code).toBe(0);
    expect(ids.every((id) => world.mattermost.deliveries.has(`soc-${id}`))).toBe(true);
  });

  test('a running service does it for the command, and delivers at once', async () => {
    const world = await worldOfTheDead('embedded');
    await world.start().ready();
    const ids = idsOf((await runIn(world, ['dead', 'list'])).stdout);
    expect(ids).toHaveLength(3);
    expect((await runIn(world, ['dead', 'redrive', String(ids[2])])).stdout).toBe('1 put back\n');
    // A notice about the dead may arrive beside it.
    expect(await until(() => world.mattermost.deliveries.has(`soc-${ids[2]}`), 10_000)).toBe(true);
    expect(
      (await runIn(world, ['dead', 'list', '--json'])).stdout.match(/"eventId"/g),
    ).toHaveLength(2);
  });
});

test('names that attackers chose reach the terminal as harmless text on one line, and a program as they are', async () => {
  const world = await worldOfTheDead('postgres');
  const { stdout } = await runIn(world, ['dead', 'list']);
  expect(stdout).toContain('pc\\u{202E}gnp.exe');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  expect(idsOf(stdout)).toHaveLength(3);
  const json = (await runIn(world, ['dead', 'list', '--json'])).stdout;
  expect((JSON.parse(json) as { device: string | null }[]).map(({ device }) => device)).toContain(
    hostile,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
  expect(json).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
});

test.each([
  [['dead', 'redrive'], 'Say which: event ids, --reason, --status or --severity, or --all.'],
  [['dead', 'redrive', '--dry-run'], 'Say which: '],
  [['dead', 'redrive', '5', '--all'], 'Say which: event ids, --reason, '],
  [['dead', 'redrive', '--status', '4xx'], '--status "4xx" is no HTTP status, such as 413.'],
  [
    ['dead', 'redrive', '--severity', 'HIGH,worse'],
    '--severity "worse" is none; there are UNKNOWN, INFO, LOW, MEDIUM, HIGH, CRITICAL.',
  ],
  [['dead', 'redrive', 'five'], 'Event ids are numbers, as "tocsin dead list" shows them.'],
  [['dead', 'redrive', '-1'], 'Event ids are numbers, as "tocsin dead list" shows them.'],
  [['dead', 'redrive', '1e3'], 'Event ids are numbers'],
  [['dead', 'redrive', '99999999999999999999'], 'Event ids are numbers'],
  [['dead', 'list', '5'], 'unexpected argument "5".\nUsage: tocsin dead list [options]'],
  [['dead', 'list', '--all'], 'unknown option "--all".\nUsage: tocsin dead list [options]'],
  [['dead', 'drop', '--to', 'soc'], 'unknown option "--to".'],
  [['dead', 'move', '--from', 'soc'], 'Say from where and to where:'],
  [
    ['dead', 'bury'],
    'unknown subcommand "bury"; there are: list, groups, redrive, move, drop.\nSee tocsin dead --help.',
  ],
])('%j is wrong usage', async (argv, words) => {
  const world = await createWorld({ database: 'embedded' });
  const { code, stderr } = await runIn(world, argv);
  expect(stderr).toContain(`tocsin: ${words}`);
  expect(stderr).toMatch(/See tocsin dead( list| redrive| move| drop)? --help\.\n$/);
  expect(code).toBe(2);
});

test('a service that cannot answer yet, or does not know what is asked, is told with what to do', async () => {
  const world = await createWorld({ database: 'embedded' });
  const lock = await lockDirectory(world.environment.DATA_DIR!);
  onTestFinished(() => lock.release());
  const answers = async () => (await runIn(world, ['dead', 'list'])).stderr;
  expect(await answers()).toContain(
    '\ntocsin dead list: the running service answered 503: The service is starting or stopping. Try again in a moment.\n',
  );
  lock.serve(async () => new Response('No such operation.', { status: 404 }));
  expect(await answers()).toContain(
    '\ntocsin dead list: the running service answered 404: No such operation. It is of another release than this command: restart it with this one.\n',
  );
});

// `tocsin dead`: what was given up is shown, and put back, wherever the database is open.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../src/store/embedded/directory-lock.ts';
import { openStore } from '../../src/store/open.ts';
import { cardsOf } from '../support/cards.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { onDatabase, runIn } from './in-process.ts';

/**
 * Turned about, a terminal's clear screen (as an old and as a new control character), and a line of
 * its own.
 */
const hostile = 'pc\u202Egnp.exe\u001B[2J\u009B2J\n1  soc  CRITICAL';

/**
 * Leaves three dead deliveries: one event of a hostile device and two notices. What is refused with
 * all others is kept, so the last step, which takes others that pass all the while, is made here.
 */
async function worldOfTheDead(database: 'postgres' | 'embedded'): Promise<World> {
  const world = await createWorld({ database, environment: { POLLING_INTERVAL: '1' } });
  const [id = 0] = world.tenant.add('events', 1);
  world.tenant.change('events', id, { recorded_device_info: { hostname: hostile } });
  world.mattermost.fail(400, Number.POSITIVE_INFINITY, (body) => body.includes('delivery_id'));
  expect((await runIn(world, ['once'])).stderr).toContain('sink soc: 3 not delivered yet');
  world.mattermost.heal();
  expect(world.mattermost.deliveries.size).toBe(0);
  await giveUp(world);
  return world;
}

async function giveUp(world: World): Promise<void> {
  const store = await openStore({
    databaseUrl: world.databaseUrl,
    databasePrepare: true,
    dataDir: world.environment.DATA_DIR!,
    log: { info() {}, error() {} },
    onFatal(error) {
      throw error;
    },
  });
  await store.db.$client`
    update deliveries set state = 'dead', reason = 'rejected', attempts = 2, finalized_at = now()
    where state = 'pending'`;
  await store.close();
}

/** The ids in the table, oldest first. */
const idsOf = (table: string) =>
  [...table.matchAll(/^(\d+) {2}/gm)].map(([, id]) => Number(id)).sort((a, b) => a - b);

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
  [['dead', 'redrive'], 'Say which: event ids, or --all.'],
  [['dead', 'redrive', '5', '--all'], 'Say which: event ids, or --all.'],
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
    'unknown subcommand "bury"; there are: list, redrive, move, drop.\nSee tocsin dead --help.',
  ],
])('%j is wrong usage', async (argv, words) => {
  const world = await createWorld({ database: 'embedded' });
  const { code, stderr } = await runIn(world, argv);
  expect(stderr).toContain(`tocsin: ${words}`);
  expect(stderr).toMatch(/See tocsin dead( list| redrive| move| drop)? --help\.\n$/);
  expect(code).toBe(2);
});

test('a sink that is not there is named only if it left nothing dead', async () => {
  const world = await worldOfTheDead('postgres');
  const others = 'Nothing is dead for "x", and no sink is called so; there is soc.';
  for (const argv of [
    ['dead', 'list', '--sink', 'x'],
    ['dead', 'redrive', '--sink', 'x', '--all'],
  ]) {
    const { code, stdout, stderr } = await runIn(world, argv);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(others)]);
  }
  writeFileSync(
    join(dirname(world.environment.DATA_DIR!), 'tocsin.yaml'),
    `sinks: { new: { type: mattermost, url: ${world.mattermost.hookUrl} } }`,
  );
  const removed = await runIn(world, ['dead', 'list', '--sink', 'soc'], {
    TOCSIN_CONFIG: 'tocsin.yaml',
  });
  expect([removed.code, idsOf(removed.stdout).length]).toEqual([0, 3]);
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

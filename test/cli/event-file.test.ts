// Which event `tocsin routes test` and `tocsin render` try: a stored one, the vendor's own object,
// or one of Tocsin's own form.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { command as render } from '../../src/commands/render.ts';
import { command as routes } from '../../src/commands/routes/index.ts';
import { fillHistory } from '../commands/history.ts';
import { onDatabase, runHere, runIn } from '../commands/in-process.ts';
import { draft } from '../store/stored.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { createWorld } from '../support/world.ts';
import { readProjectFile } from '../tree/project-files.ts';

const yaml = `
sources:
  di: { type: deepinstinct_events, url: https://console.example, token: key-of-an-api-connector }
  odd: { type: deepinstinct_suspicious_events, url: https://console.example, token: key-of-an-api-connector }
sinks: { soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" } }
routes: [{ name: all, to: [soc] }]
`;
const itemsOf = (file: string) =>
  (
    JSON.parse(readProjectFile(`test/fixtures/deepinstinct/${file}.json`)) as {
      events: Record<string, unknown>[];
    }
  ).events;
const [event] = itemsOf('events-5');
const [suspicious] = itemsOf('suspicious-events-5');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-event-'));
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
});
afterAll(() => rmSync(directory, { recursive: true }));

const commands = { routes, render };
const run = (argv: string[], env: Readonly<Record<string, string>> = {}) =>
  runHere(
    argv,
    { TOCSIN_CONFIG: 'tocsin.yaml', DATA_DIR: join(directory, 'data'), ...env },
    directory,
    commands,
  );

async function tried(text: string, ...more: string[]) {
  writeFileSync(join(directory, 'event.json'), text);
  return run(['routes', 'test', '--event', 'event.json', ...more]);
}

describe('the object of the vendor', () => {
  test.each([
    ['alone', JSON.stringify(event, null, 2), /^MEDIUM STATIC_ANALYSIS \(event\) from di\n/],
    [
      'after a byte order mark',
      `\uFEFF${JSON.stringify(event)}`,
      /^MEDIUM STATIC_ANALYSIS \(event\) from di\n/,
    ],
    [
      'alone in a page',
      JSON.stringify({ last_id: 17544, events: [event] }),
      /^MEDIUM STATIC_ANALYSIS /,
    ],
    [
      'of the other stream',
      JSON.stringify(suspicious),
      /^\w+ SCRIPT_CONTROL_COMMAND \(suspicious\) from odd\n/,
    ],
  ])('%s is read as its source reads it', async (_, text, head) => {
    expect(await tried(text)).toEqual({ code: 0, stderr: '', stdout: expect.stringMatching(head) });
  });

  test('has its device on the message that render prints', async () => {
    writeFileSync(join(directory, 'event.json'), JSON.stringify(event));
    const { code, stdout } = await run(['render', '--event', 'event.json', '--sink', 'soc']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('WS-010')]);
  });

  test('of a type that several sources could have sent needs --source', async () => {
    const text = JSON.stringify({ ...event, type: 'OF_A_LATER_RELEASE' });
    const { code, stderr } = await tried(text);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('may be of several sources: di, odd. Say which: --source'),
    ]);
    expect((await tried(text, '--source', 'odd')).stdout).toMatch(
      / OF_A_LATER_RELEASE \(suspicious\) from odd\n/,
    );
    expect((await tried(text, '--source', 'x')).stderr).toContain(
      'No source is called "x"; there is di, odd.',
    );
  });

  test.each([
    ['several in a page', JSON.stringify({ events: [event, suspicious] })],
    ['without a number', JSON.stringify({ ...event, id: undefined })],
    ['a number', '17544'],
    ['null', 'null'],
  ])('%s is refused in words', async (_, text) => {
    const { code, stderr } = await tried(text);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('It is no single event as a source here reads one'),
    ]);
  });
});

describe('a stored event', () => {
  async function stored() {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const [first, second] = [
      draft('17001', { type: 'RANSOMWARE', body: { device: { name: 'PC-9' } } }),
      draft('g2/17001'),
    ];
    const at = '2026-02-01T12:00:00Z';
    await fillHistory({ databaseUrl: database.directUrl, dataDir: join(directory, 'data') }, [
      { at, draft: { ...first, occurredAt: at } },
      { at, draft: { ...second, type: 'AFTER_A_RESET' } },
      { at, draft: { ...first, externalId: 'n' }, source: 'tocsin' },
    ]);
    return environmentOf(database);
  }

  test('is found by its number here, and by the vendor’s number with its source', async () => {
    const env = await stored();
    const ask = (...argv: string[]) => run(['routes', 'test', ...argv], env);
    expect(await ask('--id', '1')).toEqual({
      code: 0,
      stderr: onDatabase,
      stdout: expect.stringMatching(/^\w+ RANSOMWARE \(event\) from di\n/),
    });
    expect((await ask('--id', '17001', '--source', 'di')).stdout).toMatch(/^\w+ RANSOMWARE /);
    const shown = await run(['render', '--id', '1', '--sink', 'soc'], env);
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('PC-9')]);
  });

  test('that is not there, or that no route decides, is refused with what to do', async () => {
    const env = await stored();
    const gone = await run(['routes', 'test', '--id', '99'], env);
    expect([gone.code, gone.stderr]).toEqual([
      1,
      expect.stringContaining('event 99 is not stored here, or no longer'),
    ]);
    const other = await run(['routes', 'test', '--id', '17001', '--source', 'odd'], env);
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining('item 17001 of source odd is not stored'),
    ]);
    const notice = await run(['routes', 'test', '--id', '3'], env);
    expect([notice.code, notice.stderr]).toEqual([
      2,
      expect.stringContaining('Event 3 is Tocsin’s own'),
    ]);
  });

  test('is asked of a running service, where the database is embedded', async () => {
    const world = await createWorld({ database: 'embedded' });
    world.tenant.add('events', 1);
    await world.start().ready();
    expect(await world.arrived(3)).toBe(3);
    const listed = JSON.parse((await runIn(world, ['source', 'list', '--json'])).stdout) as {
      cursor: string;
    }[];
    const { id } = listed
      .map(({ cursor }) => JSON.parse(cursor) as { id: number })
      .find((one) => one.id > 0)!;
    const argv = ['routes', 'test', '--id', String(id), '--source', 'deepinstinct_events'];
    const { code, stdout } = await runIn(world, argv, {}, commands);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/ \(event\) from deepinstinct_events\n/),
    ]);
  });
});

test.each([
  [[], 'Which event? Name a file by --event <file>, or a stored event by --id <id>.'],
  [['--event', 'event.json', '--id', '1'], 'Which event? Name a file by --event <file>, or'],
  [['--id', 'five'], '--id five is no number of a stored event'],
  [['--id', '99999999999999999999'], 'is no number of a stored event'],
])('%j is wrong usage', async (argv, words) => {
  const { code, stderr } = await run(['routes', 'test', ...argv]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

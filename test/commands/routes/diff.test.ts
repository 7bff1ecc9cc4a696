// `tocsin routes diff`: a draft over the stored history, beside the configuration in use, wherever
// the database is open.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to
// variables
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from 'vitest';
import { command as routes } from '../../../src/commands/routes/index.ts';
import { lockDirectory } from '../../../src/store/embedded/directory-lock.ts';
import { draft } from '../../store/stored.ts';
import { createTestDatabase, environmentOf, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/world.ts';
import { readProjectFile } from '../../tree/project-files.ts';
import { fillHistory, type HistoryRow } from '../history.ts';
import { onDatabase, runHere } from '../in-process.ts';

const commands = { routes };
const adapters =
  'sources: { di: { type: deepinstinct_events, url: "${CONSOLE}", token: "${TOKENS_KEY}" } }';
const current = `
${adapters}
sinks: { soc: { type: stdout }, boss: { type: stdout } }
routes: [{ name: all, to: [soc] }, { name: grave, match: { min_severity: HIGH }, to: [boss] }]
`;
const draftText = `
${adapters}
sinks: { soc: { type: mattermost, url: "\${HOOK}" }, night: { type: stdout } }
routes:
  - { name: all, match: { min_severity: MEDIUM, types: ["MAL*"] }, to: [soc] }
  - { name: nights, active: [{ from: "22:00", to: "06:00", time_zone: UTC }], match: { devices: ["SRV-*"] }, to: [night] }
`;
const row = (
  at: string,
  severity: 0 | 1 | 2 | 3 | 4 | 5,
  type: string,
  device?: string,
): HistoryRow => ({
  at,
  draft: draft(`${at} ${type}`, {
    severity,
    type,
    body: device === undefined ? {} : { itemId: '7', device: { name: device } },
  }),
});
const history: readonly HistoryRow[] = [
  row('2026-01-31T23:59:59.999Z', 5, 'RANSOMWARE'), // before the time that is asked about
  row('2026-02-01T00:00:00.000Z', 5, 'RANSOMWARE', 'PC-1'),
  row('2026-02-01T12:00:00.000Z', 4, 'MALWARE', 'PC-1'),
  row('2026-02-01T13:00:00.000Z', 3, 'SCRIPT', 'SRV-1'),
  row('2026-02-01T14:00:00.000Z', 0, 'SCRIPT', 'SRV-1'),
  row('2026-02-01T23:00:00.000Z', 4, 'SCRIPT', 'SRV-1'),
  row('2026-02-02T13:00:00.000Z', 4, 'SCRIPT', 'SRV-1'),
];
const lines = `6 events since 2026-02-01T00:00:00.000Z, by the configuration in use (before) and by the draft (after):

  sink   before  after  added  removed  recorded
  boss        5      -      0        5         0  not in the draft
  night       -      1      1        0         0  only in the draft
  old         -      -      0        0         6  in neither of the two
  soc         6      1      0        5         0

Announced now, and nowhere by the draft: 1 UNKNOWN, 1 CRITICAL, 1 HIGH.

  2  2026-02-01T00:00:00.000Z  CRITICAL  RANSOMWARE  PC-1  di  item 7
    soc: other_type, boss: not in the draft
  7  2026-02-02T13:00:00.000Z  HIGH  SCRIPT  SRV-1  di  item 7
    soc: other_type, boss: not in the draft
  5  2026-02-01T14:00:00.000Z  UNKNOWN  SCRIPT  SRV-1  di  item 7
    soc: other_type, boss: not in the draft
Of lower severity, and nowhere by the draft: 1 MEDIUM.
`;
const since = ['--since', '2026-02-01'];

describe('on Postgres', () => {
  let database: TestDatabase;
  let directory: string;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-diff-'));
    write('tocsin.yaml', current);
    write('new.yaml', draftText);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
  const env = () => ({
    TOCSIN_CONFIG: 'tocsin.yaml',
    ...environmentOf(database),
    DATA_DIR: join(directory, 'data'),
  });
  const fill = (rows: readonly HistoryRow[]) =>
    fillHistory({ databaseUrl: database.directUrl, dataDir: join(directory, 'data') }, rows);
  const diff = (...argv: string[]) =>
    runHere(['routes', 'diff', '--config', 'new.yaml', ...argv], env(), directory, commands);

  test('shows each sink before and after, and names what is grave and would be announced nowhere', async () => {
    await fill(history);
    expect(await diff(...since)).toEqual({ code: 1, stderr: onDatabase, stdout: lines });
  });

  test('the page about routes shows what it prints', () => {
    const shown = lines
      .trimEnd()
      .split('\n')
      .map((line) => `# ${line}`.trimEnd());
    expect(readProjectFile('docs/routes.md')).toContain(`\n${shown.join('\n')}\n`);
  });

  test('gives all of them as JSON, with the totals', async () => {
    await fill(history);
    const { code, stdout } = await diff(...since, '--json');
    const losses = [
      { sink: 'soc', reason: 'other_type' },
      { sink: 'boss', reason: null },
    ];
    const event = { type: 'SCRIPT', source: 'di', device: 'SRV-1', item: '7', losses };
    expect(JSON.parse(stdout)).toEqual({
      lost: [
        {
          ...event,
          id: 2,
          receivedAt: '2026-02-01T00:00:00.000Z',
          severity: 'CRITICAL',
          type: 'RANSOMWARE',
          device: 'PC-1',
        },
        { ...event, id: 5, receivedAt: '2026-02-01T14:00:00.000Z', severity: 'UNKNOWN' },
        { ...event, id: 7, receivedAt: '2026-02-02T13:00:00.000Z', severity: 'HIGH' },
      ],
      since: '2026-02-01T00:00:00.000Z',
      events: 6,
      sinks: [
        { sink: 'boss', before: 5, after: null, added: 0, removed: 5, recorded: 0 },
        { sink: 'night', before: null, after: 1, added: 1, removed: 0, recorded: 0 },
        { sink: 'old', before: null, after: null, added: 0, removed: 0, recorded: 6 },
        { sink: 'soc', before: 6, after: 1, added: 0, removed: 5, recorded: 0 },
      ],
      renamed: { sources: {}, sinks: {} },
      lostBySeverity: { UNKNOWN: 1, INFO: 0, LOW: 0, MEDIUM: 1, HIGH: 1, CRITICAL: 1 },
      gainedBySeverity: { UNKNOWN: 0, INFO: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 },
    });
    expect(code).toBe(1);
  });

  test('lists as many as --limit says, and counts all', async () => {
    await fill(history);
    const { stdout } = await diff(...since, '--limit', '1');
    expect(stdout).toContain('1 UNKNOWN, 1 CRITICAL, 1 HIGH.\n\n  2  2026');
    expect(stdout).toContain('\n  and 2 more; --limit names up to 10000, --json all\n');
    expect(stdout.match(/^ {2}\d/gm)).toHaveLength(1);
    expect((await diff(...since, '--limit', '0')).stdout).toContain('and 3 more;');
  });

  test('exits with 0 when nothing grave is lost, however much else changes', async () => {
    await fill(history);
    write(
      'new.yaml',
      current.replace('{ name: all,', '{ name: all, match: { min_severity: HIGH },'),
    );
    const { code, stdout } = await diff(...since);
    expect(stdout).toContain('No event of HIGH, CRITICAL or unknown severity would be lost.');
    expect(stdout).toContain('Of lower severity, and nowhere by the draft: 1 MEDIUM.');
    expect(code).toBe(0);
    expect(JSON.parse((await diff(...since, '--json')).stdout)).toMatchObject({
      lost: [],
      events: 6,
    });
  });

  test('says what the draft would announce and nobody hears of now', async () => {
    await fill(history);
    write('tocsin.yaml', draftText);
    write('new.yaml', current);
    const { code, stdout } = await diff(...since);
    expect(stdout).toContain(
      'Announced nowhere now, and by the draft: 1 UNKNOWN, 1 CRITICAL, 1 HIGH, 1 MEDIUM.',
    );
    expect(code).toBe(0);
  });

  test('says which sources and sinks have another id in the draft, and loses nothing by that', async () => {
    await fill(history);
    const hooks = 'sinks: { soc: { type: mattermost, url: "${HOOK}" }, boss: { type: stdout } }\n';
    const routes = (source: string, sink: string) =>
      `routes: [{ name: all, match: { min_severity: HIGH, sources: [${source}] }, to: [${sink}] }]\n`;
    write('tocsin.yaml', `${adapters}\n${hooks}${routes('di', 'soc')}`);
    const renamed = hooks.replace('soc:', 'team:').replace('boss:', 'desk:');
    write('new.yaml', `${adapters.replace('di:', 'hq:')}\n${renamed}${routes('hq', 'team')}`);
    const known = {
      CONSOLE: 'https://console.example.com',
      TOKENS_KEY: 'key-of-an-api-connector',
      HOOK: 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz',
    };
    const argv = ['routes', 'diff', '--config', 'new.yaml', ...since];
    const { code, stdout } = await runHere(argv, { ...env(), ...known }, directory, commands);
    expect(stdout).toMatch(/^ {2}soc .* team in the draft$/m);
    expect(stdout).toMatch(/^ {2}team .* soc until now$/m);
    // Two sinks that write to the same place without a secret may be anything.
    expect(stdout).toMatch(/^ {2}boss .* not in the draft$/m);
    expect(stdout).toContain(
      '\nThe draft calls the source di hq; it judges the events of di as those of hq.\n',
    );
    expect(stdout).toContain('No event of HIGH, CRITICAL or unknown severity would be lost.');
    expect(code).toBe(0);
    const json = await runHere([...argv, '--json'], { ...env(), ...known }, directory, commands);
    expect(JSON.parse(json.stdout).renamed).toEqual({
      sources: { di: 'hq' },
      sinks: { soc: 'team' },
    });
    // Without the credentials nobody can tell, and then it is safer to lose them.
    expect(await diff(...since)).toMatchObject({ code: 1 });
  });

  test('counts from a duration back, of 30 days if nothing is said', async () => {
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await fill([row(ago(40), 4, 'A'), row(ago(29), 4, 'B'), row(ago(1), 4, 'C')]);
    const events = async (...argv: string[]) =>
      JSON.parse((await diff('--json', ...argv)).stdout).events;
    expect([await events(), await events('--since', '12h'), await events('--since', '6w')]).toEqual(
      [2, 0, 3],
    );
  });

  test('needs no credentials, and works on the variables alone', async () => {
    await fill(history);
    const alone = {
      ...environmentOf(database),
      DATA_DIR: join(directory, 'data'),
      MIN_SEVERITY: 'HIGH',
    };
    write('new.yaml', 'routes: [{ name: all, match: { min_severity: CRITICAL }, to: [soc] }]');
    const { code, stdout } = await runHere(
      ['routes', 'diff', '--config', 'new.yaml', ...since],
      alone,
      directory,
      commands,
    );
    expect(stdout).toContain('  soc        5      2      0        3         0\n');
    expect(code).toBe(1);
  });

  test('tells every problem of a bad draft, and looks at no event', async () => {
    write(
      'new.yaml',
      draftText
        .replace('to: [soc]', 'to: [sco]')
        .replace('"MAL*"', '"MAL*"], tpyes: ["X"')
        .replace('UTC', 'Mars'),
    );
    const { code, stdout, stderr } = await diff();
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toContain('the configuration has 3 problems:');
    for (const words of [
      'new.yaml:6:',
      '"sco" is not a sink',
      '"tpyes" is not a key',
      '"Mars" is not a time zone',
    ])
      expect(stderr).toContain(words);
    rmSync(join(directory, 'new.yaml'));
    expect(await diff()).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('--config names new.yaml, which cannot be'),
    });
  });

  test('shows hostile text and does not obey it, and cuts what is long', async () => {
    const hostile = `A\u001b[2J\u202eB\n  9  ${'x'.repeat(5000)}`;
    await fill([row('2026-02-01T00:00:00Z', 5, hostile, hostile)]);
    const { stdout } = await diff(...since);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
    expect(stdout).toContain('A\\u{1B}[2J\\u{202E}B⏎');
    expect(stdout.length).toBeLessThan(1500);
    const json = (await diff(...since, '--json')).stdout;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
    expect(json).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
    expect(JSON.parse(json).lost[0]).toMatchObject({ type: hostile, device: hostile });
  });

  test.each([
    [['routes', 'diff'], 'Which draft? Name its file: --config <file>.'],
    [
      ['routes', 'diff', '--config', 'new.yaml', '--since', '30'],
      '--since 30 is neither a duration such as 30d',
    ],
    [
      ['routes', 'diff', '--config', 'new.yaml', '--since', '2026-02-30'],
      '--since 2026-02-30 is a date that does not exist.',
    ],
    [
      ['routes', 'diff', '--config', 'new.yaml', '--limit', 'all'],
      '--limit "all" is not a whole number.',
    ],
    [
      ['routes', 'diff', '--config', 'new.yaml', '--at', '12:00'],
      'unknown option "--at".\nUsage: tocsin routes diff [options]',
    ],
    [['routes', 'test', '--event', 'e.json', '--since', '30d'], 'unknown option "--since"'],
  ])('%j is wrong usage', async (argv, words) => {
    const { code, stdout, stderr } = await runHere(argv, env(), directory, commands);
    expect(stderr).toContain(`tocsin: ${words}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('on the embedded database', () => {
  async function worldOf(rows: readonly HistoryRow[]) {
    const world = await createWorld({
      database: 'embedded',
      environment: { CONSOLE: 'x.example', HOOK: 'h' },
    });
    const directory = dirname(world.environment.DATA_DIR!);
    await fillHistory({ dataDir: world.environment.DATA_DIR! }, rows);
    writeFileSync(join(directory, 'tocsin.yaml'), current.replace('${CONSOLE}', world.tenant.url));
    writeFileSync(join(directory, 'new.yaml'), draftText);
    const env = {
      TOCSIN_CONFIG: 'tocsin.yaml',
      DATA_DIR: world.environment.DATA_DIR!,
      TOKENS_KEY: world.tenant.token,
    };
    const diff = (...argv: string[]) =>
      runHere(['routes', 'diff', '--config', 'new.yaml', ...argv], env, directory, commands);
    return { world, env, diff };
  }

  test('it opens it itself when no service runs, and asks the service when one does', async () => {
    const { world, env, diff } = await worldOf(history);
    expect(await diff(...since)).toEqual({ code: 1, stderr: onDatabase, stdout: lines });
    const service = world.start('data', env);
    await service.ready();
    expect(await diff(...since)).toEqual({ code: 1, stderr: onDatabase, stdout: lines });
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('a long history comes page by page through the service', async () => {
    const at = (minutes: number) => new Date(Date.UTC(2026, 1, 1) + minutes * 60_000).toISOString();
    const rows = Array.from({ length: 1200 }, (_, n) => row(at(n), n % 2 === 0 ? 5 : 2, 'SCRIPT'));
    const { world, env, diff } = await worldOf(rows);
    await world.start('data', env).ready();
    const { lost, events, sinks } = JSON.parse((await diff(...since, '--json')).stdout);
    expect([events, lost.length, new Set(lost.map(({ id }: { id: number }) => id)).size]).toEqual([
      1200, 600, 600,
    ]);
    expect(sinks[3]).toMatchObject({ sink: 'soc', before: 1200, after: 0, removed: 1200 });
  });

  test.for([
    ['between two answers', true],
    ['before it has answered', false],
  ] as const)(
    'a service that stops %s is told of, and nothing is opened behind its back',
    async ([, isAnswered]) => {
      const { env, diff } = await worldOf([]);
      const lock = await lockDirectory(env.DATA_DIR);
      onTestFinished(() => lock.release());
      const page = [
        {
          id: 1,
          source: 'di',
          stream: 'event',
          type: 'A',
          severity: 5,
          status: null,
          action: null,
          receivedAtMs: 0,
          body: '{}',
          sinks: [],
        },
      ];
      lock.serve(async (request) => {
        expect(new URL(request.url).pathname).toBe('/operations/events-page');
        expect(await request.json()).toEqual({ sinceMs: Date.UTC(2026, 1, 1), afterId: null });
        // What is asked already is answered, or cut after a while.
        void lock.release();
        return isAnswered ? Response.json(page) : new Promise<Response>(() => undefined);
      });
      expect(await diff(...since)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^.*DATA_DIR.*\ntocsin routes diff: the running service has stopped meanwhile\. Try again\.\n$/,
        ),
      });
    },
  );
});

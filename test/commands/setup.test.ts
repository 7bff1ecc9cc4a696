// `tocsin mattermost setup`: the sinks of the configuration, the administrator's token from where it
// may come, and what is printed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Mattermost, startMattermost } from '../../simulators/mattermost/index.ts';
import { entry } from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { createSetup } from '../../src/commands/setup.ts';

let server: Mattermost;
let directory: string;
let token: string;
beforeEach(async () => {
  server = await startMattermost({
    channel: 'soc-alerts',
    settings: { AllowedUntrustedInternalConnections: '127.0.0.1' },
  });
  directory = mkdtempSync(join(tmpdir(), 'tocsin-setup-'));
  token = server.addUser('root', { isAdmin: true }).token;
  write(`
  soc:
    type: mattermost_bot
    url: ${server.url}
    token: \${BOT_TOKEN}
    channel: secops/soc-alerts
    people: members`);
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server.close();
});

function write(sinks: string): void {
  const source = `{ type: deepinstinct_events, url: "https://console.example", token: "\${KEY}" }`;
  const file = `sources:\n  a: ${source}\nsinks:${sinks}\n`;
  writeFileSync(join(directory, 'tocsin.yaml'), file);
}

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed; absent: there is no terminal. */
  readonly typed?: string;
}

async function run(argv: readonly string[] = [], { env, typed }: Around = {}) {
  const said = { stdout: '', stderr: '', questions: [] as string[] };
  const code = await dispatch(
    ['mattermost', 'setup', ...argv],
    { mattermost: entry('Sets up', createSetup('mattermost')) },
    {
      env: {
        ...{ TOCSIN_CONFIG: 'tocsin.yaml', PUBLIC_URL: 'http://127.0.0.1:8080' },
        ...{ SETUP_TOKEN: token, ...env },
      },
      directory,
      version: '1.2.3',
      stdout(text) {
        said.stdout += text;
      },
      stderr(text) {
        said.stderr += text;
      },
      ...(typed !== undefined && {
        async ask(question: string) {
          said.questions.push(question);
          return typed;
        },
      }),
    },
  );
  return { code, ...said };
}

test('a bot is made before the configuration has its token, which is printed this once', async () => {
  const { code, stdout, stderr } = await run();
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ok {5}server: Its settings let all of this happen\.\ndone {3}bot: Made/);
  const [, botToken = ''] = /\n {2}token of soc: (\w{26})\n/.exec(stdout) ?? [];
  const [, commandToken = ''] = /\n {2}command_token of soc: (\w{26})\n/.exec(stdout) ?? [];
  expect(stdout).toContain('they are shown this once:\n');
  expect(stdout).not.toContain(token);
  write(`
  soc:
    type: mattermost_bot
    url: ${server.url}
    token: \${BOT_TOKEN}
    command_token: \${COMMAND_TOKEN}
    channel: secops/soc-alerts
    people: members`);
  const again = await run([], { env: { BOT_TOKEN: botToken, COMMAND_TOKEN: commandToken } });
  expect(again.stdout.match(/^ok {5}/gm)).toHaveLength(6);
  expect(again.stdout).not.toMatch(/done|would|TODO|this once/);
});

test('a rehearsal says what would be done', async () => {
  const { code, stdout } = await run(['--dry-run', '--bot', 'alarm']);
  expect(code).toBe(0);
  expect(stdout).toContain('\nwould  bot: Made @alarm.\n');
  expect(server.accountNamed('alarm')).toBeUndefined();
});

test('as JSON it says the same', async () => {
  const { code, stdout } = await run(['--json', '--webhook']);
  expect(code).toBe(0);
  const { ok, steps, settings } = JSON.parse(stdout);
  expect(ok).toBe(true);
  expect(steps[1]).toEqual({ what: 'bot', state: 'done', text: 'Made @tocsin.' });
  expect(settings.map(({ sinks, key }: { sinks: string[]; key: string }) => [sinks, key])).toEqual([
    [['soc'], 'token'],
    [[], 'url'],
    [['soc'], 'command_token'],
  ]);
});

test('the token comes from a file, or from whoever sits at the terminal', async () => {
  const env = { SETUP_TOKEN: '' };
  writeFileSync(join(directory, 'admin'), `${token}\n`);
  expect((await run(['--token-file', 'admin', '--dry-run'], { env })).code).toBe(0);
  const asked = await run(['--dry-run'], { env: { SETUP_TOKEN: '' }, typed: `${token}\n` });
  expect(asked.code).toBe(0);
  expect(asked.questions).toEqual([expect.stringContaining('Access token of an administrator')]);
});

test('without one, it says what an administrator must do, and fails', async () => {
  for (const around of [{ env: { SETUP_TOKEN: '' } }, { env: { SETUP_TOKEN: '' }, typed: '' }]) {
    const { code, stdout } = await run([], around);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^TODO {3}server: Set “Enable Bot Account Creation” to true/);
    expect(stdout).toContain('request URL http://127.0.0.1:8080/chat/soc/command');
  }
  expect(server.requests.total).toBe(0);
});

test.each([
  [['--bot', 'Tocsin!'], '--bot has 3 to 64 small letters'],
  [['--token-file', 'nowhere'], 'nowhere cannot be read (ENOENT).'],
])('%j is wrong usage', async (argv, words) => {
  const { code, stderr } = await run(argv);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test('a token that is none is not sent, and not repeated', async () => {
  const { code, stderr } = await run([], { env: { SETUP_TOKEN: 'two words' } });
  expect([code, stderr]).toEqual([2, expect.stringContaining('The administrator’s token is none')]);
  expect(stderr).not.toContain('two words');
  expect(server.requests.total).toBe(0);
});

test('a configuration without such a sink is told which type is meant', async () => {
  write(' { s: { type: stdout } }');
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('No sink is of type mattermost_bot.'),
  ]);
});

test('a server that does not answer is one line, without the token', async () => {
  server.fail('reset_before', Number.POSITIVE_INFINITY);
  const { code, stdout, stderr } = await run();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^tocsin mattermost setup: .*127\.0\.0\.1.*\n$/);
  expect(stderr).not.toContain(token);
});

// docs/troubleshooting.md quotes what Tocsin really prints: every situation is made, and every
// quoted line is looked for.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createOnce } from '../../src/commands/once.ts';
import { connectionFailure } from '../../src/kit/http/failure.ts';
import { type CommandResult, createWorld, until, type World } from '../support/world.ts';
import { runIn } from './in-process.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const section = read('docs/troubleshooting.md');
/** What the first column quotes, save names of commands. */
const quotes = [...section.matchAll(/^\| (.*?) \|/gm)]
  .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, quote = '']) => quote))
  .filter((quote) => quote.includes(' '));

const seen: string[] = [];
let world: World;
beforeEach(async () => {
  world = await createWorld({ database: 'postgres' });
});

/** Keeps what was printed for the last test. */
async function run(
  argv: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const result = await world.run(argv, more);
  seen.push(result.stdout + result.stderr);
  return result;
}

const closedPort = 'http://127.0.0.1:1';

describe.each([['check'], ['once'], ['serve']])('%s', (command) => {
  test('without credentials exits with 78, and names the variables and where their values come from', async () => {
    const { code, stderr } = await run([command], { DEEPINSTINCT_URL: '', TOKENS_KEY: '' });
    expect(stderr).toMatch(/DEEPINSTINCT_URL is not set/);
    expect(stderr).toMatch(/TOKENS_KEY is not set[\s\S]*API Connectors/);
    expect(code).toBe(78);
  });

  test('without a webhook exits with 78, and says where one is made', async () => {
    const { code, stderr } = await run([command], { MATTERMOST_WEBHOOK_URL: '' });
    expect(stderr).toMatch(
      /MATTERMOST_WEBHOOK_URL is not set[\s\S]*Integrations → Incoming Webhooks/,
    );
    expect(code).toBe(78);
  });
});

test('a refused key: check, once and the log of serve say where a right one is', async () => {
  const wrong = { TOKENS_KEY: 'not-the-key-of-a-connector' };
  const words =
    /answered 401: the API key is wrong, revoked or may not read events.*TOKENS_KEY.*API Connectors/;
  for (const command of ['check', 'once']) {
    const { code, stdout, stderr } = await run([command], wrong);
    expect(stdout + stderr, command).toMatch(words);
    expect(stdout + stderr).not.toContain(wrong.TOKENS_KEY);
    expect(code, command).toBe(1);
  }
  // A word that stands in our own sentence, too, as people try it.
  expect((await run(['check'], { TOKENS_KEY: 'wrong' })).stdout).toMatch(words);
  const service = world.start('data', wrong);
  expect(
    await until(() => service.log.some(({ error }) => words.test(String(error))), 20_000),
  ).toBe(true);
});

test('an address that is not the console’s', async () => {
  const { code, stdout } = await run(['check'], { DEEPINSTINCT_URL: world.mattermost.url });
  expect(stdout).toMatch(/^FAIL {2}source deepinstinct_events: .*answered 404.*DEEPINSTINCT_URL/m);
  expect(code).toBe(1);
});

test('nothing found is no fault, and a sample shows that the way is free', async () => {
  const { code, stderr } = await run(['once']);
  expect([code, stderr.includes('"level":"error"')]).toEqual([0, false]);
  const posts = world.mattermost.requests.posts;
  expect((await run(['test', 'soc'])).code).toBe(0);
  expect(world.mattermost.requests.posts).toBe(posts + 1);
});

test('suspicious events that are switched off are counted as disabled', async () => {
  world.tenant.fail('suspicious', 'disabled', Number.POSITIVE_INFINITY);
  const service = world.start();
  const polls =
    'tocsin_source_polls_total{source="deepinstinct_suspicious_events",outcome="disabled"}';
  expect(await until(async () => ((await service.metric(polls)) ?? 0) > 0, 20_000)).toBe(true);
});

test('Mattermost that cannot be reached: check and test name host, port and what to look at; serve goes on by itself', async () => {
  const away = { MATTERMOST_WEBHOOK_URL: `${closedPort}/hooks/abcdefghijklmnopqrstuvwxyz` };
  for (const argv of [['check'], ['test', 'soc']]) {
    const { code, stdout, stderr } = await run(argv, away);
    expect(stdout + stderr).toMatch(
      /127\.0\.0\.1:1: nothing accepts connections there \(ECONNREFUSED\)\. Check that/,
    );
    expect(stdout + stderr).not.toContain('abcdefghijklmnopqrstuvwxyz');
    expect(code).toBe(1);
  }
  const service = world.start('data', away);
  const refused = () =>
    service.log.filter(({ error }) => String(error).includes('nothing accepts connections there'))
      .length;
  expect(await until(() => refused() > 0, 20_000)).toBe(true);
  await service.end('SIGTERM');
  world.start();
  expect(await world.arrived(2)).toBe(2);
  // A lookup and a silent host would leave this machine.
  for (const code of ['ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'])
    seen.push(
      connectionFailure(Object.assign(new Error(code), { code }), new URL(closedPort), false, false)
        .message,
    );
});

test('a certificate that this machine does not trust', async () => {
  const pem = (name: string) => read(`test/fixtures/loopback-${name}.pem`);
  const server = createServer({ cert: pem('certificate'), key: pem('key') });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
  const { port } = server.address() as AddressInfo;
  const { code, stdout } = await run(['check'], { DEEPINSTINCT_URL: `https://127.0.0.1:${port}` });
  expect(stdout).toMatch(/its certificate is not trusted here.*NODE_EXTRA_CA_CERTS/);
  expect(code).toBe(1);
});

test('a webhook that was deleted', async () => {
  const gone = {
    MATTERMOST_WEBHOOK_URL: `${world.mattermost.url}/hooks/abcdefghijklmnopqrstuvwxyz`,
  };
  for (const argv of [['check'], ['once'], ['test', 'soc']]) {
    const { code, stdout, stderr } = await run(argv, gone);
    expect(stdout + stderr, argv[0]).toMatch(
      /it does not know the webhook.*MATTERMOST_WEBHOOK_URL/,
    );
    expect(code).toBe(1);
  }
  expect((await run(['once'])).code).toBe(0);
  expect(world.mattermost.deliveries.size).toBeGreaterThanOrEqual(2);
});

test('what was given up is said by once', async () => {
  world.mattermost.fail(400, Number.POSITIVE_INFINITY, (body) => body.includes('delivery_id'));
  await run(['once']);
  // What nothing passes beside is kept, so the last step is taken here.
  const sql = postgres(world.databaseUrl ?? '', { max: 1, onnotice() {} });
  onTestFinished(() => sql.end());
  await sql`update deliveries set state = 'dead', reason = 'rejected', finalized_at = now() where state = 'pending'`;
  expect((await run(['once'])).stderr).toMatch(/^sink soc: 2 dead; see "tocsin dead list"$/m);
});

test('a directory that another process uses', async () => {
  world = await createWorld({ database: 'embedded' });
  await world.start().ready();
  const { code, stderr } = await run(['once']);
  expect(stderr).toMatch(
    /DATA_DIR .*it is in use by process \d+ on host .*\. Stop that process, or set DATA_DIR/,
  );
  expect(code).toBe(1);
});

test('a Postgres that cannot be used as it is', async () => {
  const { databaseUrl = '', tenant } = world;
  const sql = postgres(databaseUrl, { max: 1, onnotice() {} });
  onTestFinished(() => sql.end());
  const variant = (change: (url: URL) => void) => {
    const url = new URL(databaseUrl);
    change(url);
    return url.href;
  };
  const urls = [
    variant((url) => Object.assign(url, { password: 'wrong' })),
    variant((url) => Object.assign(url, { pathname: '/nowhere' })),
    variant((url) => Object.assign(url, { port: new URL(tenant.url).port })),
  ];
  for (const DATABASE_URL of urls) {
    const { code, stderr } = await run(['migrate'], { DATABASE_URL });
    expect(stderr).toMatch(/^tocsin migrate: DATABASE_URL \(127\.0\.0\.1:\d+\): .*\. \S.*\.\n$/);
    expect(code).toBe(1);
  }
  await sql`create role tocsin_poor login password 'poor'`;
  onTestFinished(async () => void (await sql`drop role tocsin_poor`));
  const poor = variant((url) => Object.assign(url, { username: 'tocsin_poor', password: 'poor' }));
  expect((await run(['check'], { DATABASE_URL: poor })).stdout).toMatch(
    /^FAIL {2}database: DATABASE_URL .*\. Make it the/m,
  );
});

test('an address that cannot be listened on ends serve, with the variable to change', async () => {
  const taken = String(new URL(world.mattermost.url).port);
  for (const [more, words] of [
    [
      { PORT: taken },
      `127.0.0.1:${taken} (EADDRINUSE). Another process uses the port: stop it, or set PORT.`,
    ],
    [
      { HOST: '192.0.2.1', PORT: '8080' },
      '192.0.2.1:8080 (EADDRNOTAVAIL). HOST is no address of this machine. Set it',
    ],
  ] as const) {
    const { code, stderr } = await run(['serve'], more);
    expect(stderr).toContain(`tocsin serve: cannot listen on ${words}`);
    expect(code).toBe(1);
  }
});

test('roles that a service on the same Postgres holds', async () => {
  await world.start().ready();
  expect(await world.arrived(2)).toBe(2);
  const command = createOnce({
    roleMs: 500,
    patienceMs: 500,
    pausedPatienceMs: 500,
    stormPatienceMs: 20_000,
  });
  const { code, stderr } = await runIn(world, ['once'], {}, { once: command });
  seen.push(stderr);
  expect(stderr).toContain('another process is reading it');
  expect(code).toBe(1);
});

test('a tenant that was rebuilt is told in the channel', async () => {
  // Within a second of each other, old and new ones could not be told apart.
  world.tenant.add('events', 2, { ageSeconds: 60 });
  await run(['once']);
  world.tenant.rebuild('events');
  world.tenant.add('events', 1);
  expect((await run(['once'])).code).toBe(1);
  seen.push(...world.mattermost.posts.map((post) => JSON.stringify(post)));
  expect(seen.at(-1)).toMatch(/tocsin source reset deepinstinct_events/);
});

test('every line that the page quotes was seen', () => {
  // Those of few file descriptors, of two services on one database, of `test`, and of sinks that are
  // no Mattermost are provoked in tests of their own.
  const others = [
    'service/descriptors',
    'commands/renamed',
    'commands/test',
    'sinks/slack/index',
    'sinks/email/answers',
  ].map((name) => read(`test/${name}.test.ts`));
  const printed = [...seen, ...others].join('\n').replaceAll('`', '');
  const pattern = (quote: string) => new RegExp(quote.split('…').map(escaped).join('.+'));
  expect(quotes.length).toBeGreaterThan(10);
  expect(quotes.filter((quote) => !pattern(quote).test(printed))).toEqual([]);
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

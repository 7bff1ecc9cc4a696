// A proxy that sends back its own credential in all that it answers: nothing that is kept or shown
// holds it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld, until } from '../support/world.ts';

const password = 'pr0xy-Pa55word$';
const url = (port: number) => `http://relay:${encodeURIComponent(password)}@127.0.0.1:${port}`;
/** Without the padding of base64, which is no part of the secret. */
const forms = [
  password,
  encodeURIComponent(password),
  Buffer.from(`relay:${password}`).toString('base64url'),
  Buffer.from(password).toString('base64url'),
  Buffer.from(password).toString('hex'),
];

/** Forwards GET, and refuses posts with its own credential in every form. @returns its port */
async function startEchoingProxy(): Promise<{ port: number; refused: () => number }> {
  let refused = 0;
  const server = createServer(async (request, response) => {
    response.on('error', () => {});
    const told = request.headers['proxy-authorization'] ?? '';
    const isRefused = request.method === 'POST' || refused < 2;
    if (isRefused) {
      refused += 1;
      request.resume();
      const body = `Forbidden for ${told}: ${forms.join(', ')} <b>${url(1)}</b>`;
      return response
        .writeHead(403, `Not for ${password}`, { 'Content-Type': 'text/plain' })
        .end(body);
    }
    const authorization = request.headers.authorization ?? '';
    const answer = await fetch(request.url!, { headers: { authorization } });
    response
      .writeHead(answer.status, { 'Content-Type': 'application/json' })
      .end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, refused: () => refused };
}

function expectClean(what: string, text: string): void {
  for (const form of forms) expect([what, text.includes(form)], text).toEqual([what, false]);
}

test('a proxy that echoes its credential: the database, the log, the metrics, the chat and check stay clean', {
  timeout: 120_000,
}, async () => {
  const proxy = await startEchoingProxy();
  const world = await createWorld({
    database: 'postgres',
    environment: { POLLING_INTERVAL: '1', LOG_LEVEL: 'debug' },
  });
  const proxied = { HTTP_PROXY: url(proxy.port) };
  const service = world.start('data', proxied);
  await service.ready();
  world.tenant.add('events', 3);
  const sql = postgres(world.databaseUrl!, { max: 1 });
  onTestFinished(() => sql.end());
  const attempts = () => sql`select reason, answer from delivery_attempts`;
  expect(
    await until(async () => (await attempts()).some(({ answer }) => answer !== null), 30_000),
  ).toBe(true);

  expectClean('delivery_attempts', JSON.stringify(await attempts()));
  expect(JSON.stringify(await attempts())).toContain('[secret]');
  const everything = await sql`
    select string_agg(line, ' ') as text from (
      select e::text as line from events e union all select d::text from deliveries d union all
      select s::text from sinks s union all select c::text from cursors c) rows`;
  expectClean('the database', String(everything[0]!.text));
  expectClean('the log', JSON.stringify(service.log));
  for (const path of ['/metrics', '/readyz', '/healthz'])
    expectClean(path, (await service.get(path)).body);
  const commands = [['check'], ['check', '--json'], ['test', 'soc'], ['dead', 'list']];
  const run = async (args: string[]) => ({ args, ...(await world.run(args, proxied)) });
  for (const { args, stdout, stderr } of await Promise.all(commands.map(run))) {
    expect(stdout + stderr).not.toBe('');
    expectClean(args.join(' '), stdout + stderr);
  }
  expect(await service.end('SIGTERM')).toBe(0);

  // What waited meanwhile reaches the chat once the proxy is gone.
  const direct = world.start();
  await direct.ready();
  expect(await until(() => world.mattermost.posts.length > 0, 30_000)).toBe(true);
  expectClean('the chat', JSON.stringify(world.mattermost.posts));
});

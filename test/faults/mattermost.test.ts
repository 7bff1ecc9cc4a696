// A Mattermost whose answers are slow or do not come, or that cannot be reached, and that recovers:
// everything arrives, it is asked no more often than the policy allows, and only what was posted
// and not answered comes twice.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createSocketServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { MattermostFault } from '../../simulators/mattermost/index.ts';
import { withSinkTimeout } from '../support/sink-timeout.ts';
import { createWorld, type Service, until, type World } from '../support/world.ts';
import { sink, withDatabase } from './checker.ts';
import { addTo } from './cut-off.ts';
import { accountOf, drain } from './drained.ts';
import { type Dice, type Fault, faultCase } from './fault-case.ts';

/** Sends at the same time, at the start, and at most where answers have come fast for a while. */
const inFlight = { atFirst: 4, max: 64 } as const;
/**
 * Four that failed are replaced before the fifth stops all; then one request a step, 250 ms
 * doubling up to 30 s.
 */
const requestsMax = (outageMs: number, atOnce: number = inFlight.atFirst) =>
  atOnce + 4 + Math.ceil(Math.log2(outageMs / 200 + 2)) + 1 + Math.floor(outageMs / 24_000);

type Answer = 'well' | 'headers never' | 'body never ends';

faultCase('mattermost: slow headers, the post not made', { timeoutMs: 180_000 }, (fault) =>
  surviveSlowness(fault, 'headers never', false),
);
faultCase('mattermost: slow headers, the post made', { timeoutMs: 180_000 }, (fault) =>
  surviveSlowness(fault, 'headers never', true),
);
faultCase('mattermost: slow body, the post made', { timeoutMs: 180_000 }, (fault) =>
  surviveSlowness(fault, 'body never ends', true),
);

async function surviveSlowness(fault: Fault, answer: Answer, isPosted: boolean): Promise<void> {
  const world = await prepare(withSinkTimeout('5s'));
  const gate = await startGate(world);
  const service = world.start('data', { MATTERMOST_WEBHOOK_URL: gate.hookUrl });
  await drain(world, service);
  gate.answer(answer, isPosted);
  addLoad(world, fault);
  fault.struck();
  await expectDown(service);
  expect(gate.requests().count).toBeLessThanOrEqual(requestsMax(30_000));
  addLoad(world, fault);
  gate.answer('well', true);
  // More may have come while the load was added.
  await finish(fault, world, service, gate.requests().posted);
}

faultCase(
  'mattermost: stores at once and answers after the time-out',
  { timeoutMs: 120_000 },
  async (fault) => {
    const world = await prepare(withSinkTimeout('5s'));
    const gate = await startGate(world);
    const service = world.start('data', { MATTERMOST_WEBHOOK_URL: gate.hookUrl });
    await drain(world, service);
    gate.answer('headers never', true);
    world.tenant.add('events', 1);
    fault.struck();
    const shown = () => world.mattermost.posts.slice(2);
    expect(await until(() => shown().length >= 2, 30_000)).toBe(true);
    // Time for one more after a second time-out and that of the check; the third waits a minute.
    await sleep(14_000);
    expect(shown()).toHaveLength(2);
    expect(new Set(shown().map(({ deliveryId }) => deliveryId)).size).toBe(1);
    expect(shown().map((post) => JSON.stringify(post).includes('Possibly a repetition'))).toEqual(
      shown().map((_post, n) => n > 0),
    );
    const { posted } = gate.requests();
    gate.answer('well', true);
    // An attempt that is still under way may put it off once more.
    const hasten = () =>
      withDatabase({ url: world.databaseUrl! }, async (sql) => {
        const rows =
          await sql`update deliveries set scheduled_at = now() where state = 'pending' returning 1`;
        return rows.length === 0;
      });
    expect(await until(hasten, 60_000)).toBe(true);
    await finish(fault, world, service, posted);
  },
);

faultCase(
  'mattermost: connections accepted and never answered',
  { timeoutMs: 180_000 },
  async (fault) => {
    const world = await prepare(withSinkTimeout('5s'));
    const hole = await startHole(world);
    const service = world.start('data', { MATTERMOST_WEBHOOK_URL: hole.hookUrl });
    await drain(world, service);
    hole.swallow(true);
    addLoad(world, fault);
    fault.struck();
    await expectDown(service);
    expect(hole.swallowed()).toBeLessThanOrEqual(requestsMax(30_000));
    hole.swallow(false);
    await finish(fault, world, service);
  },
);

faultCase(
  'mattermost: a name that is not known, then the right one',
  { timeoutMs: 120_000 },
  async (fault) => {
    const world = await prepare();
    addLoad(world, fault);
    // A label of more than 63 characters: no resolver needs to be asked to know that there is none.
    const hook = new URL(world.mattermost.hookUrl);
    hook.hostname = `${'n'.repeat(64)}.invalid`;
    const blind = world.start('data', { MATTERMOST_WEBHOOK_URL: hook.href });
    fault.struck();
    await expectDown(blind);
    expect(blind.log.some(({ error }) => /ENOTFOUND|name/.test(String(error)))).toBe(true);
    expect(world.mattermost.requests.total).toBe(0);
    expect(await blind.end('SIGTERM')).toBe(0);
    await finish(fault, world, world.start());
  },
);

faultCase(
  'mattermost: a certificate that has run out, then a good one',
  { timeoutMs: 120_000 },
  async (fault) => {
    const certificates = makeCertificates();
    if (certificates === undefined)
      return fault.context.skip('there is no openssl to make certificates with');
    const world = await prepare();
    const secure = await startGate(world, certificates.good);
    const environment = {
      MATTERMOST_WEBHOOK_URL: secure.hookUrl,
      NODE_EXTRA_CA_CERTS: certificates.authorityPath,
    };
    const service = world.start('data', environment);
    await drain(world, service);
    secure.show(certificates.expired);
    addLoad(world, fault);
    fault.struck();
    await expectDown(service);
    expect(service.log.some(({ error }) => /expired/i.test(String(error)))).toBe(true);
    const arrived = world.mattermost.deliveries.size;
    addLoad(world, fault);
    secure.show(certificates.good);
    expect(arrived).toBe(2);
    await finish(fault, world, service, 0, 90_000);
  },
);

/**
 * What it may answer in place of `ok`, and the state of its sink then: asked again step by step, or
 * once a minute.
 */
const answers: readonly (readonly [MattermostFault, 'backing_off' | 'paused'])[] = [
  [500, 'backing_off'],
  [502, 'backing_off'],
  [503, 'backing_off'],
  [504, 'backing_off'],
  [408, 'backing_off'],
  [{ status: 429, body: 'limit exceeded\n' }, 'backing_off'],
  [{ status: 503, retryAfter: '2', body: '<html>maintenance</html>' }, 'backing_off'],
  ['reset_before', 'backing_off'],
  ['reset_after', 'backing_off'],
  ['unknown_hook', 'paused'],
  ['disabled', 'paused'],
  ['redirect', 'paused'],
  ['html', 'paused'],
  [400, 'paused'],
  [401, 'paused'],
  [403, 'paused'],
  [404, 'paused'],
  [{ status: 404, body: '<html>not here</html>' }, 'paused'],
  [410, 'paused'],
  // As a proxy gives them to every request.
  [406, 'paused'],
  [413, 'paused'],
  [414, 'paused'],
  [451, 'paused'],
];

faultCase('mattermost: each answer that is not ok', { timeoutMs: 240_000 }, async (fault) => {
  const world = await prepare();
  const { tenant, mattermost } = world;
  let service = world.start();
  let notices = 2;
  await drain(world, service);
  const mayRepeat = new Map<string, number>();
  for (const [answer, state] of answers) {
    const name = JSON.stringify(answer);
    const before = mattermost.requests.total;
    const shownBefore = mattermost.deliveries.size;
    mattermost.fail(answer, Number.POSITIVE_INFINITY);
    // More than fit into one flight.
    tenant.add('events', fault.between(inFlight.max, 80));
    tenant.add('suspicious', fault.between(5, 10));
    fault.struck();
    expect(await until(() => isIn(service, state), 60_000), `${name}: ${state}`).toBe(true);
    const downMs = performance.now();
    // One probe more fails, where one is due soon.
    if (state === 'backing_off')
      await until(() => mattermost.requests.total - before > inFlight.max, 1500);
    const asked = mattermost.requests.log.slice(before - mattermost.requests.total);
    const sends = asked.filter(({ deliveryId }) => deliveryId !== undefined);
    expect(sends.length, name).toBeLessThanOrEqual(
      requestsMax(performance.now() - downMs, inFlight.max),
    );
    if (answer === 'reset_after')
      for (const { deliveryId } of sends) addTo(mayRepeat, [deliveryId!]);
    else expect(mattermost.deliveries.size, name).toBe(shownBefore);
    mattermost.heal();
    if (state === 'paused') {
      // It would be asked again within a minute; a new process asks at once, and says that it is
      // back: once, for it is one trouble until it was well for two minutes.
      expect(await service.end('SIGTERM'), name).toBe(0);
      service = world.start();
      notices = 3;
    }
    await drain(world, service, 60_000, notices);
  }
  expect(await service.metric(`tocsin_deliveries_dead{sink="${sink}"}`)).toBe(0);
  expect(await service.end('SIGTERM')).toBe(0);
  const allowed = [...mayRepeat.values()].reduce((sum, times) => sum + times, 0);
  await fault.account({ ...accountOf(world), mayRepeat }, allowed);
});

async function isIn(service: Service, state: string): Promise<boolean> {
  return (
    (await service.metric(`tocsin_sink_state{sink="${sink}",state="${state}"}`).catch(() => 0)) ===
    1
  );
}

async function prepare(environment: Readonly<Record<string, string>> = {}): Promise<World> {
  return createWorld({
    database: 'postgres',
    environment: { POLLING_INTERVAL: '1', ...environment },
  });
}

function addLoad({ tenant }: World, dice: Dice): void {
  tenant.add('events', dice.between(30, 100));
  tenant.add('suspicious', dice.between(30, 100));
}

async function expectDown(service: Service): Promise<void> {
  const isDown = async () =>
    (await isIn(service, 'backing_off')) || (await isIn(service, 'paused'));
  expect(await until(isDown, 40_000)).toBe(true);
  for (const path of ['/readyz', '/healthz'])
    expect(await until(async () => (await service.get(path)).status === 200, 10_000), path).toBe(
      true,
    );
}

async function finish(
  fault: Fault,
  world: World,
  service: Service,
  allowed = 0,
  waitMs = 60_000,
): Promise<void> {
  await drain(world, service, waitMs);
  expect(await service.metric(`tocsin_deliveries_dead{sink="${sink}"}`)).toBe(0);
  expect(await service.metric(`tocsin_sink_state{sink="${sink}",state="ok"}`)).toBe(1);
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world), allowed);
}

interface Gate {
  readonly hookUrl: string;
  /** @param isPosted whether Mattermost gets the message when the answer is not well */
  answer(answer: Answer, isPosted: boolean): void;
  /** Of those that were not answered well. */
  requests(): { readonly count: number; readonly posted: number };
  /** From the next connection on; those of now end. */
  show(certificate: Certificate): void;
}

/** HTTP between the service and Mattermost; HTTPS with a certificate. */
async function startGate(world: World, tls?: Certificate): Promise<Gate> {
  let current: Answer = 'well';
  let isPosted = true;
  let count = 0;
  let posted = 0;
  const onRequest: RequestListener = async (request, response) => {
    const body = await bodyOf(request);
    const answer = current;
    if (answer !== 'well') count += 1;
    if (answer !== 'well' && !isPosted) return;
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    if (answer !== 'well') posted += 1;
    const real = await fetch(`${world.mattermost.url}${request.url}`, {
      method: request.method!,
      headers,
      body,
    });
    const text = await real.text();
    if (answer === 'headers never') return;
    response.writeHead(real.status, { 'content-type': 'text/plain' });
    if (answer === 'well') response.end(text);
    else trickle(response, text);
  };
  const server = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    hookUrl: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${new URL(world.mattermost.hookUrl).pathname}`,
    answer(next, isPostedNow) {
      current = next;
      isPosted = isPostedNow;
    },
    requests: () => ({ count, posted }),
    show(certificate) {
      (server as SecureServer).setSecureContext(certificate);
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The first byte at once, and then nothing that would be an end. */
function trickle(response: ServerResponse, text: string): void {
  response.write(text.slice(0, 1));
  const timer = setInterval(
    () => (response.destroyed ? clearInterval(timer) : response.write(' ')),
    1000,
  );
  timer.unref();
}

interface Hole {
  readonly hookUrl: string;
  swallow(isSwallowing: boolean): void;
  /** How many requests. */
  swallowed(): number;
}

/** TCP between the service and Mattermost: accepts, and then perhaps nothing. */
async function startHole(world: World): Promise<Hole> {
  const gate = await startGate(world);
  const target = new URL(gate.hookUrl);
  let isSwallowing = false;
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createSocketServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.on('close', () => sockets.delete(client));
    if (isSwallowing) {
      client.on('data', (bytes) => {
        if (bytes.includes('POST /')) count += 1;
      });
      return;
    }
    const onward = connect(Number(target.port), target.hostname);
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
    client.pipe(onward).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    hookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${target.pathname}`,
    swallow(next) {
      isSwallowing = next;
      // What is open is of before; the next requests have to connect anew.
      for (const socket of sockets) socket.destroy();
    },
    swallowed: () => count,
  };
}

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

interface Certificates {
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly authorityPath: string;
}

/** An authority that the service trusts, and two certificates of it for 127.0.0.1. */
function makeCertificates(): Certificates | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-certificates-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = [
    '-x509',
    ...curve,
    '-days',
    '30',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  ];
  const index = [
    'ca',
    '-batch',
    '-notext',
    '-config',
    'ca.conf',
    '-cert',
    'ca.pem',
    '-keyfile',
    'ca.key',
  ];
  try {
    openssl('req', ...authority);
  } catch {
    return undefined;
  }
  const configuration = [
    '[ca]\ndefault_ca = one\n[one]\nnew_certs_dir = .\ndatabase = index\nrand_serial = yes\ndefault_md = sha256\npolicy = any',
    'unique_subject = no\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]\nsubjectAltName = IP:127.0.0.1\n',
  ].join('\n');
  for (const [name, text] of Object.entries({ 'ca.conf': configuration, index: '' }))
    writeFileSync(path(name), text);
  const make = (name: string, from: string, to: string): Certificate => {
    openssl(
      'req',
      ...curve,
      '-subj',
      '/CN=127.0.0.1',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    openssl(
      ...index,
      '-startdate',
      from,
      '-enddate',
      to,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
    const read = (file: string) => readFileSync(path(file), 'utf8');
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
  };
  return {
    good: make('good', '20200101000000Z', '20991231235959Z'),
    expired: make('expired', '20200101000000Z', '20200201000000Z'),
    authorityPath: path('ca.pem'),
  };
}

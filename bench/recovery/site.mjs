// One contestant at work, and all that is its own: a tenant, a Mattermost, a database behind a
// proxy that can cut, a process.
import { spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMattermost } from '../../dist/simulators/mattermost/index.js';
import { startTenant } from '../../dist/simulators/tenant/index.js';
import { makeDatabase, makeDirectory, within } from '../further/service.mjs';
import { freePort } from '../postgres.mjs';
import { pause, stop } from '../round.mjs';
import { startDatabaseProxy } from './database-proxy.mjs';

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
export const sendTimeoutSeconds = 2;
const intervalSeconds = 1;
/** They have been waiting, as after an outage. */
const ageSeconds = 60;
const lookMs = 5;

export const contestants = {
  tocsin: {
    command: [pathOf('../../dist/main.js'), 'serve'],
    posted: `select e.external_id::int as item, 'sink-' || e.id as delivery from deliveries d join events e on e.id = d.event_id
      where e.source <> 'tocsin' and d.state = 'delivered'`,
    environment: {
      SINK_RATE: 'off',
      STORM: 'off',
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      POLLING_INTERVAL: String(intervalSeconds),
    },
  },
  lean: {
    command: [pathOf('lean.mjs')],
    posted: `select event_id::int as item, 'bench-' || event_id as delivery from deliveries where delivered_at is not null`,
    environment: {
      POLL_MS: String(intervalSeconds * 1000),
      SEND_TIMEOUT_MS: String(sendTimeoutSeconds * 1000),
    },
  },
};

let made = 0;

/** @param name of the contestant @returns its site, working, with nothing to read yet */
export async function openSite(name, { sql, serverUrl }) {
  const { command, environment, posted } = contestants[name];
  const [tenant, mattermost] = await Promise.all([
    startTenant(),
    startMattermost({ postsKept: 0 }),
  ]);
  made += 1;
  const database = await makeDatabase(sql, serverUrl, `recovery_${made}`);
  const proxy = await startDatabaseProxy(database.url);
  const directory = makeDirectory();
  writeFileSync(
    join(directory, 'tocsin.yaml'),
    JSON.stringify(configurationOf(tenant, mattermost)),
  );
  const log = join(directory, 'log');
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, command, {
    cwd: directory,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env.PATH,
      DEEPINSTINCT_URL: tenant.url,
      TOKENS_KEY: tenant.token,
      MATTERMOST_WEBHOOK_URL: mattermost.hookUrl,
      DATABASE_URL: proxy.url,
      DATA_DIR: directory,
      TOCSIN_CONFIG: join(directory, 'tocsin.yaml'),
      PORT: String(await freePort()),
      ...environment,
    },
  });
  const readPosted = () => within(database.url, (own) => own.unsafe(posted));
  const assertAlive = () => {
    if (child.exitCode === null) return;
    throw new Error(
      `${name} ended by itself (${child.exitCode}):\n${readFileSync(log, 'utf8').slice(-2000)}`,
    );
  };
  return {
    name,
    tenant,
    mattermost,
    proxy,
    database,
    log,
    /** Shows events that wait at the tenant. */
    add: (events) => tenant.add('events', events, { ageSeconds }),
    /**
     * Waits until every event was posted and that is recorded.
     * @returns what is missing after so many seconds, when the last post came, and how many events
     * came more than once
     */
    async arrive(maxSeconds) {
      const { deliveries } = mattermost;
      const events = tenant.ids('events').length;
      const startedAt = performance.now();
      let seen = deliveries.size;
      let lastAtMs = Date.now();
      for (;;) {
        await pause(lookMs);
        assertAlive();
        if (deliveries.size > seen) {
          lastAtMs = Date.now();
          seen = deliveries.size;
        }
        const isLate = performance.now() - startedAt > maxSeconds * 1000;
        if (seen < events && !isLate) continue;
        const recorded = (await readPosted()).length;
        if (recorded === events || isLate) return { missing: events - recorded, lastAtMs };
      }
    },
    twice: () => [...mattermost.deliveries.values()].filter((times) => times > 1).length,
    /** Of each event, when it was first accepted; by number of the tenant's. */
    async postedAt() {
      const accepted = new Map();
      for (const { atMs, status, deliveryId } of mattermost.requests.log) {
        if (status === 200 && deliveryId !== undefined && !accepted.has(deliveryId))
          accepted.set(deliveryId, atMs);
      }
      return new Map(
        (await readPosted()).map(({ item, delivery }) => [item, accepted.get(delivery)]),
      );
    },
    /** Times of the requests for the list, on the epoch's clock. */
    polls: () =>
      tenant.requests.log.flatMap(({ atMs, target, cursor }) =>
        isPoll(target, cursor) ? [atMs] : [],
      ),
    heal() {
      tenant.heal();
      mattermost.heal();
      proxy.strikeBy();
    },
    async close() {
      await stop(child);
      await proxy.close();
      await Promise.all([tenant.close(), mattermost.close()]);
      await database.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isPoll(target, cursor) {
  return cursor !== undefined && target.startsWith('/api/v1/events');
}

/**
 * A tocsin.yaml; JSON is YAML. The lean program knows one stream and one channel, so Tocsin is
 * given no more.
 */
function configurationOf(tenant, mattermost) {
  return {
    sources: {
      tenant: {
        type: 'deepinstinct_events',
        url: tenant.url,
        token: tenant.token,
        start_from: 'all',
      },
    },
    sinks: {
      sink: { type: 'mattermost', url: mattermost.hookUrl, timeout: `${sendTimeoutSeconds}s` },
    },
    routes: [{ name: 'everything', to: ['sink'] }],
  };
}

// A service at work in this process: what it keeps through another configuration, and what is left
// when it cannot start. As a process, test/e2e.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import type { FilesRead } from '../../src/kit/files.ts';
import { createLogger } from '../../src/observe/log.ts';
import { openGround } from '../../src/service/ground.ts';
import { LiveService } from '../../src/service/live-service.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { closedPort, startFarEnd } from '../support/far-end.ts';
import { until } from '../support/world.ts';

const expectSoon = async (isTrue: () => boolean | Promise<boolean>) =>
  expect(await until(isTrue, 15_000)).toBe(true);

async function build(more: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-live-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write = (yaml: string) => writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  write('{}');
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const hook = `http://127.0.0.1:${await closedPort()}/hooks/abcdefghijklmnopqrstuvwxyz`;
  const env = {
    MATTERMOST_WEBHOOK_URL: hook,
    DEEPINSTINCT_URL: `http://127.0.0.1:${await closedPort()}`,
    TOKENS_KEY: 'key-of-an-api-connector',
    ...environmentOf(database),
    DATA_DIR: join(directory, 'data'),
    TOCSIN_CONFIG: 'tocsin.yaml',
    HOST: '127.0.0.1',
    PORT: '0',
    ...more,
  };
  const registries = { sources, sinks };
  const reread = (files: FilesRead) => loadConfig({ env, directory, registries, files });
  const files: FilesRead = new Map();
  const config = reread(files);
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line).msg) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const ground = await openGround({ config, version: 't', log, onFatal() {} });
  const service = new LiveService({
    ...{ ...ground, config, log, version: 't', origin: { files, reread } },
    heartbeatTimes: { nextMs: 20, againMs: 20 },
  });
  return { service, ground, lines, write };
}

async function start(more?: Record<string, string>) {
  const built = await build(more);
  await built.service.start();
  onTestFinished(() => built.service.stop());
  await built.service.ready;
  return built;
}

test('the heartbeat goes on after another configuration was taken over', async () => {
  const beats = await startFarEnd();
  const { service, lines, write } = await start({ HEARTBEAT_URL: `${beats.origin}/ping/secret` });
  await expectSoon(() => beats.received.length > 0);
  write('polling_interval: 9s');
  service.reload();
  await expectSoon(() => lines.includes('new configuration taken over'));
  const before = beats.received.length;
  await expectSoon(() => beats.received.length > before + 2);
  expect(lines).not.toContain('heartbeats do not arrive');
});

test('it says where it listens, is ready once it has looked around, and closes when it stops', async () => {
  const { service, lines } = await start();
  const ask = async (path: string) => (await fetch(`${service.address}${path}`)).status;
  expect(await ask('/healthz')).toBe(200);
  await expectSoon(async () => (await ask('/readyz')) === 200);
  await service.stop();
  await expect(ask('/healthz')).rejects.toThrow();
  expect(lines.at(-1)).toBe('tocsin stopped');
});

test('a configuration that came while it stopped is not taken over', async () => {
  const { service, lines, write } = await start();
  write('polling_interval: 9s');
  service.reload();
  await service.stop();
  const stoppedAt = lines.indexOf('tocsin stopped');
  expect(lines.indexOf('new configuration taken over')).toBeLessThan(stoppedAt);
});

test('where it cannot listen it says why, and leaves nothing open', async () => {
  const other = await startFarEnd();
  const { service, ground } = await build({ PORT: String(other.port) });
  await expect(service.start()).rejects.toThrow(
    `cannot listen on 127.0.0.1:${other.port} (EADDRINUSE)`,
  );
  await expect(ground.store.ping()).rejects.toThrow();
});

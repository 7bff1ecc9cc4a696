// A service from its start: an event that is pushed to it is in the database when it is answered,
// and a pushed act is done. As a process, test/e2e.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { startService } from '../../src/service/start.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { openPostgres } from '../../src/store/database.ts';
import { quiet } from '../store/stored.ts';
import { createTestDatabase, environmentOf } from '../support/database.ts';
import { startFarEnd } from '../support/far-end.ts';
import { until } from '../support/world.ts';

const secret = 'a-secret-of-32-random-characters';

async function start() {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-start-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const chat = await startFarEnd((_request, response) => void response.end('ok'));
  const yaml = {
    sources: {
      siem: { type: 'webhook', proof: 'header', header: 'X-Secret', secret, id: 'item.n' },
    },
    sinks: { soc: { type: 'mattermost', url: `${chat.origin}/hooks/abcdefghijklmnopqrstuvwxyz` } },
  };
  writeFileSync(join(directory, 'tocsin.yaml'), JSON.stringify(yaml));
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const env = {
    ...environmentOf(database),
    ...{ TOCSIN_CONFIG: 'tocsin.yaml', DATA_DIR: join(directory, 'data') },
    ...{ HOST: '127.0.0.1', PORT: '0' },
  };
  const registries = { sources, sinks };
  const service = await startService(loadConfig({ env, directory, registries }), { log: quiet });
  onTestFinished(() => service.stop());
  const db = openPostgres(database);
  onTestFinished(() => db.$client.end());
  const push = (body: string, path = 'siem', own = secret) =>
    fetch(`${service.address}/hooks/${path}`, {
      ...{ method: 'POST', headers: { 'x-secret': own }, body },
    });
  return { service, push, db, chat };
}

test('what is pushed is stored when it is answered, and announced', async () => {
  const { service, push, db, chat } = await start();
  await service.ready;
  const answer = await push('[{"n": 1}, {"n": 2}]');
  expect([answer.status, await answer.text()]).toEqual([202, '']);
  const rows = await db.$client`select external_id from events where source = 'siem' order by id`;
  expect(rows.map((row) => row.external_id)).toEqual(['1', '2']);
  expect(await until(() => chat.received.length >= 2, 20_000)).toBe(true);
  expect((await push('[{"n": 1}]', 'siem', 'wrong')).status).toBe(401);
  expect((await push('[{"n": 1}]', 'nobody')).status).toBe(404);
  expect((await push('[')).status).toBe(400);
  expect((await push('x'.repeat(2_000_000))).status).toBe(413);
});

test('before the database is ready the sender is asked to come back', async () => {
  const { push } = await start();
  const { status, headers } = await push('[{"n": 1}]');
  // It may have become ready meanwhile.
  expect([202, 503]).toContain(status);
  if (status === 503) expect(headers.get('retry-after')).toBe('30');
});

// A service that is pushed to, as a process: garbage, floods and wrong secrets are answered, nothing
// of them is a fault of ours, and what is right goes through meanwhile.
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createWorld, type Service, until } from '../support/world.ts';

const secret = 'a-secret-of-32-random-characters';

async function startPushed() {
  const world = await createWorld({ database: 'postgres' });
  const yaml = {
    sources: {
      tool: { type: 'webhook', proof: 'path', secret, id: 'item.n', rate: 1000 },
      signed: {
        ...{ type: 'webhook', proof: 'signature', secret, id: 'item.n', rate: 1000 },
        signature: { header: 'X-Sig', timestamp_header: 'X-Time', signed: '{timestamp}.{body}' },
      },
    },
    sinks: { soc: { type: 'mattermost', url: world.mattermost.hookUrl } },
  };
  const file = join(world.environment.DATA_DIR!, '..', 'tocsin.yaml');
  await writeFile(file, JSON.stringify(yaml));
  const service = world.start('data', { TOCSIN_CONFIG: file });
  await service.ready();
  return { world, service, address: await service.address };
}

const residentMb = async (service: Service) =>
  (await service.metric('process_resident_memory_bytes'))! / 1e6;

test('whatever is sent, nothing is a fault of ours, and what is right is stored', {
  timeout: 300_000,
}, async () => {
  const { world, service, address } = await startPushed();
  const seen = new Map<number, number>();
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    more: { path?: string; headers?: Record<string, string> } = {},
  ) => {
    const { path = `tool/${secret}`, headers = {} } = more;
    const answer = await fetch(`${address}/hooks/${path}`, { method: 'POST', body, headers });
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
    await answer.text();
    return answer.status;
  };
  expect(await post('[{"n": 1}]')).toBe(202);
  const before = await residentMb(service);
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const huge = 'x'.repeat(1_000_001);
  const wrong: [string | Uint8Array<ArrayBuffer>, Parameters<typeof post>[1]?][] = [
    [''],
    ['{'],
    ['\u0000'],
    [Buffer.from([0xff, 0xfe, 0x00])],
    [deep(100_000)],
    [huge],
    [gzipSync(Buffer.alloc(50_000_000)), { headers: { 'content-encoding': 'gzip' } }],
    ['no gzip', { headers: { 'content-encoding': 'gzip' } }],
    ['[1]', { headers: { 'content-encoding': 'zstd' } }],
    ['[1]', { path: 'tool/wrong' }],
    ['[1]', { path: 'tool' }],
    ['[1]', { path: 'nobody/x' }],
    ['[1]', { path: 'tool/%00' }],
    ['[1]', { path: '%E0%A4%A' }],
    ['[1]', { path: `tool/${'a'.repeat(3000)}` }],
    ['[1]', { path: 'signed', headers: { 'x-sig': 'ff', 'x-time': '0' } }],
    ['[1]', { path: 'signed', headers: { 'x-sig': '%', 'x-time': String(Date.now()) } }],
  ];
  for (let round = 0; round < 10; round += 1)
    await Promise.all(wrong.map(([body, more]) => post(body, more)));
  expect([...seen.keys()].sort()).toEqual([202, 400, 401, 404, 413, 415]);
  expect(seen.get(202)).toBe(1);

  const seconds = String(Math.floor(Date.now() / 1000));
  const sign = (body: string) =>
    createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  const signed = { path: 'signed', headers: { 'x-time': seconds, 'x-sig': sign('[{"n": 2}]') } };
  expect(await post('[{"n": 2}]', signed)).toBe(202);
  // Repeated within the tolerance, it is stored already.
  expect(await post('[{"n": 2}]', signed)).toBe(202);
  expect(await post('[{"n": 3}]', signed)).toBe(401);
  expect(await world.arrived(2)).toBe(2);
  expect(service.log.filter(({ msg }) => msg === 'a request failed')).toEqual([]);
  expect(await residentMb(service)).toBeLessThan(before + 150);
});

test('a body that has no end, or is slow, holds nobody up', { timeout: 300_000 }, async () => {
  const { service, address } = await startPushed();
  const { hostname, port } = new URL(address);
  const head = `POST /hooks/tool/${secret} HTTP/1.1\r\nHost: x\r\n`;
  const raw = (text: string) => {
    const socket = connect(Number(port), hostname);
    let said = '';
    const state = { said: () => said, isClosed: false, socket };
    socket.on('data', (bytes) => {
      said += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      state.isClosed = true;
    });
    socket.write(text);
    return state;
  };
  // A hundred megabytes that are announced, and as many that are not.
  const announced = raw(`${head}Content-Length: 100000000\r\n\r\n`);
  const endless = raw(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const pour = setInterval(() => !endless.socket.destroyed && endless.socket.write(chunk), 5);
  const slow = Array.from({ length: 50 }, () => raw(`${head}Content-Length: 500\r\n\r\n[`));
  try {
    expect(await until(() => announced.said().includes(' 413 '), 20_000)).toBe(true);
    expect(await until(() => endless.said().includes(' 413 ') || endless.isClosed, 20_000)).toBe(
      true,
    );
    const answer = await fetch(`${address}/hooks/tool/${secret}`, {
      method: 'POST',
      body: '[{"n":1}]',
    });
    expect(answer.status).toBe(202);
    expect(await until(() => slow.every(({ isClosed }) => isClosed), 60_000)).toBe(true);
    expect((await service.get('/readyz')).status).toBe(200);
    expect(service.log.filter(({ msg }) => msg === 'a request failed')).toEqual([]);
  } finally {
    clearInterval(pour);
    for (const { socket } of [announced, endless, ...slow]) socket.destroy();
  }
});

// What a service loads: the adapters that its configuration names, and no library of the others.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const trace = new URL('../support/module-trace.mjs', import.meta.url);
/** Of adapters, of the sign-in, of the export of spans: what nobody asked for in this test. */
const libraries = [
  ...['nodemailer', 'mqtt', 'amqplib', '@nats-io/transport-node'],
  ...['openid-client', 'jose', '@opentelemetry/exporter-trace-otlp-http', 'markdown-it'],
];

test('a service with one sink loads no other sink, no other source, and none of their libraries', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-loaded-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'modules');
  const world = await createWorld({ database: 'embedded' });
  const service = world.start('here', {
    MODULE_TRACE: file,
    NODE_OPTIONS: `--import ${fileURLToPath(trace)}`,
  });
  await service.ready();
  expect(await world.arrived(1)).toBe(1);
  const modules = readFileSync(file, 'utf8').split('\n');
  const ofKind = (kind: string) =>
    new Set(modules.flatMap((url) => url.match(`/dist/src/${kind}/(\\w+)`)?.[1] ?? []));
  expect(ofKind('sinks')).toEqual(new Set(['registry', 'mattermost']));
  expect(ofKind('sources')).toEqual(new Set(['registry', 'deepinstinct']));
  const loaded = (name: string) => modules.some((url) => url.includes(`/node_modules/${name}/`));
  expect(libraries.filter(loaded)).toEqual([]);
  // What is loaded is seen.
  expect(['undici', 'zod', 'hono'].filter(loaded)).toEqual(['undici', 'zod', 'hono']);
  await service.end('SIGTERM');
});

// What a service and a run for cron load: the adapters that their configuration names, and no library of
// the others.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld, type World } from '../support/world.ts';

const trace = new URL('../support/module-trace.mjs', import.meta.url);
/** Of adapters, of the sign-in, of the export of spans: what nobody asked for in this test. */
const libraries = [
  ...['nodemailer', 'mqtt', 'amqplib', '@nats-io/transport-node'],
  ...['openid-client', 'jose', '@opentelemetry/exporter-trace-otlp-http', 'markdown-it'],
];

async function serves(world: World, env: Readonly<Record<string, string>>): Promise<void> {
  const service = world.start('here', env);
  await service.ready();
  expect(await world.arrived(1)).toBe(1);
  await service.end('SIGTERM');
}

async function runsOnce(world: World, env: Readonly<Record<string, string>>): Promise<void> {
  expect((await world.run(['once'], env)).code).toBe(0);
}

test.each([
  ['a service', serves],
  ['a run for cron', runsOnce],
])(
  '%s with one sink loads no other sink, no other source, and none of their libraries',
  async (_who, run) => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-loaded-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, 'modules');
    const world = await createWorld({ database: 'embedded' });
    await run(world, {
      MODULE_TRACE: file,
      NODE_OPTIONS: `--import ${fileURLToPath(trace)}`,
    });
    const modules = readFileSync(file, 'utf8').split('\n');
    const ofKind = (kind: string) =>
      new Set(modules.flatMap((url) => url.match(`/dist/src/${kind}/(\\w+)`)?.[1] ?? []));
    expect(ofKind('sinks')).toEqual(new Set(['registry', 'mattermost']));
    expect(ofKind('sources')).toEqual(new Set(['registry', 'deepinstinct']));
    const loaded = (name: string) => modules.some((url) => url.includes(`/node_modules/${name}/`));
    expect(libraries.filter(loaded)).toEqual([]);
    // What is loaded is seen.
    expect(['undici', 'zod'].filter(loaded)).toEqual(['undici', 'zod']);
  },
);

// The whole of what check finds: its order, and that no secret is in it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Registries, readConfig } from '../../../src/config/index.ts';
import { check } from '../../../src/service/check/index.ts';

const secret = 'the-key-of-the-console';
const never = () => Promise.reject(new Error('check must not do that'));
const settings = z.strictObject({ token: z.string() });
const shared = { config: settings, example: { token: 't' }, secrets: ['token'] as const };
let closed: string[] = [];

const registries: Registries = {
  sources: {
    asked: {
      type: 'asked',
      ...shared,
      create: () => ({
        kind: 'poll',
        poll: never,
        check: async () => `shows ${secret} to everybody`,
      }),
    },
  },
  sinks: {
    asked: {
      type: 'asked',
      ...shared,
      routeSettings: z.strictObject({ channel: z.string() }),
      create: (_settings, { id }) => ({
        origin: 'asked:',
        send: never,
        inspect: async (_signal: AbortSignal, settings: readonly unknown[]) => ({
          tested: `heard ${JSON.stringify(settings)}`,
          remarks: [],
        }),
        close: async () => void closed.push(id),
      }),
    },
  },
};

async function found(routes: string) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-check-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(
    join(directory, 'tocsin.yaml'),
    `sources: { console: { type: asked, token: ${secret} } }
sinks: { soc: { type: asked, token: ${secret} }, ops: { type: asked, token: ${secret} } }
${routes}`,
  );
  const env = { TOCSIN_CONFIG: 'tocsin.yaml', HOST: '127.0.0.1', PORT: '0', POLL_INTERVAL: '9' };
  const reading = readConfig({ env, directory, registries });
  closed = [];
  let isHttpClosed = false;
  const findings = await check(reading, {
    registries,
    createHttp: () => ({
      request: never,
      close: async () => {
        isHttpClosed = true;
      },
    }),
    now: () => Date.parse('2026-03-01T00:00:00Z'),
  });
  return { findings, isHttpClosed };
}

test('the configuration comes first, then its policy, the surroundings, the sources and the sinks', async () => {
  const { findings } = await found('routes: [{ name: all, to: [soc, ops] }]');
  const kinds = findings.map(({ kind }) => kind);
  const order = ['configuration', 'policy', 'address', 'database', 'source', 'sink'];
  expect(kinds).toEqual(kinds.toSorted((one, other) => order.indexOf(one) - order.indexOf(other)));
  expect(new Set(kinds)).toEqual(new Set(order));
});

test('a secret in the words of an adapter is masked', async () => {
  const { findings } = await found('');
  expect(findings).toContainEqual(
    expect.objectContaining({ kind: 'source', text: 'answers, but shows [secret] to everybody' }),
  );
  expect(JSON.stringify(findings)).not.toContain(secret);
});

test('each sink gets what the routes set for it alone, and is closed as the client is', async () => {
  const { findings, isHttpClosed } = await found(
    'routes: [{ name: all, to: [{ sink: soc, channel: a }, ops] }, { name: more, to: [{ sink: soc, channel: b }] }]',
  );
  const texts = findings.filter(({ kind }) => kind === 'sink').map(({ text }) => text);
  expect(texts).toEqual(['heard [{"channel":"a"},{"channel":"b"}]', 'heard []']);
  expect([closed.toSorted(), isHttpClosed]).toEqual([['ops', 'soc'], true]);
});

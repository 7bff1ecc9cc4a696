// The standard variables of OpenTelemetry: what turns tracing on and off, what reaches its SDK, and
// that they hold up nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../src/config/index.ts';
import { changesForRestart } from '../../../src/config/read/change.ts';
import { createMask } from '../../../src/kit/mask.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';

const endpoint = 'http://collector.example.com:4318';
const script = {
  DATA_DIR: '/srv/data',
  DEEPINSTINCT_URL: 'https://tenant.example.com',
  TOKENS_KEY: 'key-of-an-api-connector',
  MATTERMOST_WEBHOOK_URL: 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz',
};

function load(more: Record<string, string>, files: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-tracing-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return loadConfig({ env: { ...script, ...more }, directory, registries: { sources, sinks } });
}

test('is off without an endpoint, whatever else is set', () => {
  const config = load({ OTEL_SERVICE_NAME: 'soc', OTEL_TRACES_EXPORTER: 'otlp' });
  expect([config.tracing, config.warnings]).toEqual([undefined, []]);
});

test('is on with either endpoint, and is not said to be a slip', () => {
  const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/custom/path` };
  for (const variables of [{ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, traces]) {
    const { tracing, warnings } = load({
      ...variables,
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: endpoint,
    });
    expect([tracing?.endpoint, warnings]).toEqual([endpoint, []]);
  }
});

test.each([
  ['OTEL_SDK_DISABLED', 'TRUE', []],
  ['OTEL_TRACES_EXPORTER', 'none', []],
  [
    'OTEL_TRACES_EXPORTER',
    'zipkin',
    [expect.stringContaining('OTEL_TRACES_EXPORTER names no exporter but otlp')],
  ],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'collector:4317',
    [expect.stringContaining('begins with neither https:// nor http://')],
  ],
])('%s=%s turns it off, and stops nothing', (name, value, warnings) => {
  const config = load({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, [name]: value });
  expect([config.tracing, config.warnings]).toEqual([undefined, warnings]);
});

test('a protocol with another port is warned of, and spans go out all the same', () => {
  const config = load({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  });
  expect(config.tracing).toBeDefined();
  expect(config.warnings).toEqual([expect.stringContaining('http/json')]);
});

test('the SDK gets every variable, also from .env and the file of a secret', () => {
  const env = { OTEL_EXPORTER_OTLP_HEADERS_FILE: 'headers', OTEL_BSP_MAX_QUEUE_SIZE: '100' };
  const files = {
    '.env': `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}\nOTEL_SERVICE_NAME=soc\n`,
    headers: 'a=b\n',
  };
  expect(load(env, files).tracing?.variables).toEqual({
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'a=b',
    OTEL_EXPORTER_OTLP_HEADERS_FILE: 'headers',
    OTEL_SERVICE_NAME: 'soc',
  });
});

test('headers are secrets, each value by itself, and so is a password in the endpoint', () => {
  const config = load({
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20token-of-headers,x-team=team-of-headers',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:pass-of-endpoint@collector.example.com',
  });
  const mask = createMask(config.secrets);
  const shown = mask(
    'token-of-headers; Bearer token-of-headers; team-of-headers; Bearer%20token-of-headers; pass-of-endpoint',
  );
  expect(shown).not.toMatch(/token-of|team-of|pass-of/);
  expect(config.tracing?.endpoint).toBe('https://collector.example.com');
});

test('only a restart changes them, and replicas that differ in them have the same hash', () => {
  const [off, on] = [load({}), load({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })];
  expect(changesForRestart(off, on)).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT']);
  expect(changesForRestart(on, on)).toEqual([]);
  expect(on.hash).toBe(off.hash);
});

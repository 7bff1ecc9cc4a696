// How long one message to a sink may take, as tocsin.yaml says it for sinks of every type.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { ConfigError } from '../../src/kit/errors.ts';
import type { HttpRequest } from '../../src/kit/http/index.ts';
import { createSinks } from '../../src/service/adapters.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { storedEvent } from '../support/events.ts';

const registries = { sources, sinks };

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-timeout-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function load(timeout: string) {
  const yaml = `
sources: { di: { type: deepinstinct_events, url: https://console.example, token: key-of-an-api-connector } }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz"${timeout} }
  out: { type: stdout, timeout: 2s }
`;
  writeFileSync(join(directory, 'tocsin.yaml'), yaml);
  return loadConfig({ env: { TOCSIN_CONFIG: 'tocsin.yaml' }, directory, registries });
}

test.each([
  ['', undefined],
  [', timeout: 1s', 1000],
  [', timeout: 45s', 45_000],
  [', timeout: 5m', 300_000],
])(
  'a sink that says "%s" waits for %s ms, and says nothing of it to its type',
  (written, timeoutMs) => {
    const [soc, out] = load(written).sinks;
    expect([soc!.timeoutMs, out!.timeoutMs]).toEqual([timeoutMs, 2000]);
    expect(soc!.settings).not.toHaveProperty('timeout');
  },
);

test.each(['0s', '6m', '30', 'soon'])('"%s" is refused with what to write', (written) => {
  const loading = () => load(`, timeout: ${written}`);
  expect(loading).toThrow(ConfigError);
  expect(loading).toThrow(
    `sinks.soc.timeout: "${written}" is not a duration from 1s to 5m. Write it as`,
  );
});

test.each([
  ['', 30_000],
  [', timeout: 2m', 120_000],
])(
  'the requests of a sink that says "%s" take no longer than %s ms',
  async (written, timeoutMs) => {
    const asked: HttpRequest[] = [];
    const http = {
      async request(request: HttpRequest) {
        asked.push(request);
        return { status: 200, headers: {}, body: 'ok', truncated: false };
      },
      async close() {},
    };
    const around = { http, now: Date.now };
    const [soc] = createSinks(load(written), registries, around);
    const { signal } = new AbortController();
    const message = soc!.voice.message(storedEvent(), { form: 'full', showTenant: false });
    await soc!.sink.send(message, { deliveryId: 'soc-1', attempt: 1, signal });
    expect([soc!.timeoutMs, asked.map((request) => request.timeoutMs)]).toEqual([
      timeoutMs,
      [timeoutMs],
    ]);
  },
);

// The export of spans starts where it is asked for, and keeps nothing from starting if it cannot.
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/config/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { openTracing } from '../../src/service/tracing.ts';

function begin() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  return { lines, options: { version: 't', instanceId: 'i', log } };
}

const variable = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const tracing = {
  endpoint: 'http://127.0.0.1:9',
  variables: { [variable]: 'http://127.0.0.1:9' },
};
const configWith = (more: object) => more as unknown as Config;

test('without an endpoint nothing is started, and nothing said', async () => {
  const { lines, options } = begin();
  expect(await openTracing(configWith({}), options)).toBeUndefined();
  expect([lines, process.env[variable]]).toEqual([[], undefined]);
});

test('with one, the SDK finds its variables, and the log says where spans go', async () => {
  onTestFinished(() => void delete process.env[variable]);
  const { lines, options } = begin();
  const exporting = await openTracing(configWith({ tracing }), options);
  expect(process.env[variable]).toBe('http://127.0.0.1:9');
  expect(lines).toMatchObject([{ endpoint: tracing.endpoint, msg: 'spans go to a collector' }]);
  expect(exporting?.tracing.page('a')).toBeDefined();
  await exporting?.stop();
});

test('an SDK that cannot be started is an error in the log, and no more', async () => {
  onTestFinished(() => void delete process.env[variable]);
  const { lines, options } = begin();
  const broken = {
    ...options,
    get instanceId(): string {
      throw new Error('no SDK here');
    },
  };
  expect(await openTracing(configWith({ tracing }), broken)).toBeUndefined();
  expect(lines).toMatchObject([{ level: 'error', err: { message: 'no SDK here' } }]);
});

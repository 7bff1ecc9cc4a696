// Spans on their way to a collector on loopback: what arrives, under which name, and that a
// collector that refuses or hangs is a line in the log and holds up nothing.
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../../src/observe/log.ts';
import { startExport } from '../../../src/observe/tracing/export.ts';
import { startFarEnd } from '../../support/far-end.ts';

type Attributes = { key: string; value: { stringValue?: string } }[];

/** With the variables of the process as the SDK reads them, for the time of the test. */
function exporting(endpoint: string, variables: Record<string, string> = {}) {
  const set = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '10',
    ...variables,
  };
  for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  return { ...startExport({ version: '1.2.3', instanceId: 'relay-a', log }), lines };
}

/** A page from its request to the store. */
function tracePage({ tracing }: ReturnType<typeof exporting>): void {
  const page = tracing.page('a');
  page.read('ok', 1);
  page.storing();
  page.stored(1, 0);
}

function resourceOf(body: string): Record<string, string | undefined> {
  const { resourceSpans } = JSON.parse(body) as {
    resourceSpans: { resource: { attributes: Attributes } }[];
  };
  const { attributes } = resourceSpans[0]!.resource;
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}

test('what is left at a stop is sent, and says which service and which replica it is of', async () => {
  const farEnd = await startFarEnd((_request, response) => response.end('{}'));
  const running = exporting(farEnd.origin, { OTEL_BSP_SCHEDULE_DELAY: '60000' });
  tracePage(running);
  await running.stop();
  expect(farEnd.received.map(({ target }) => target)).toEqual(['/v1/traces']);
  expect(resourceOf(farEnd.received[0]!.body)).toMatchObject({
    'service.name': 'tocsin',
    'service.version': '1.2.3',
    'service.instance.id': 'relay-a',
  });
  expect(farEnd.received[0]!.body).toContain('"poll a"');
  expect(running.lines).toEqual([]);
});

test('an operator may give the service another name', async () => {
  const farEnd = await startFarEnd((_request, response) => response.end('{}'));
  const running = exporting(farEnd.origin, {
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=soc-relay,deployment.environment=lab',
  });
  tracePage(running);
  await running.stop();
  expect(resourceOf(farEnd.received[0]!.body)).toMatchObject({
    'service.name': 'soc-relay',
    'deployment.environment': 'lab',
    'service.instance.id': 'relay-a',
  });
});

test('a collector that refuses is a warning, and a stop does not wait for it any more', async () => {
  const farEnd = await startFarEnd((_request, response) =>
    response.writeHead(400).end('hostile answer'),
  );
  const running = exporting(farEnd.origin);
  tracePage(running);
  await vi.waitFor(() => expect(running.lines).toHaveLength(1));
  expect(running.lines[0]).toMatchObject({
    level: 'warn',
    lost: 3,
    msg: 'the collector takes no spans; they are lost, and nothing else is',
  });
  expect(JSON.stringify(running.lines)).not.toContain('hostile');
  tracePage(running);
  farEnd.answering((_request, response) => response.end('{}'));
  const before = farEnd.received.length;
  await running.stop();
  expect(farEnd.received).toHaveLength(before);
});

test('a collector that takes spans again is said to do so, with what was lost', async () => {
  const farEnd = await startFarEnd((_request, response) => response.writeHead(400).end());
  const running = exporting(farEnd.origin);
  tracePage(running);
  await vi.waitFor(() => expect(running.lines).toHaveLength(1));
  farEnd.answering((_request, response) => response.end('{}'));
  tracePage(running);
  await vi.waitFor(() => expect(running.lines).toHaveLength(2));
  expect(running.lines[1]).toMatchObject({
    level: 'info',
    lost: 3,
    msg: 'the collector takes spans again',
  });
  await running.stop();
});

test('a stop ends although the collector never answers', async () => {
  const farEnd = await startFarEnd(() => {});
  const running = exporting(farEnd.origin);
  tracePage(running);
  await expect(running.stop()).resolves.toBeUndefined();
  expect(farEnd.received).toHaveLength(1);
});

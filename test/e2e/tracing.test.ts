// The service as a process with a collector of traces: one trace from poll to delivery, also over a
// restart; and with one that is away or hangs.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { builtFile } from '../support/built.ts';
import { type FarEnd, startFarEnd } from '../support/far-end.ts';
import { createWorld, type Service, until } from '../support/world.ts';

interface SpanOnTheWire {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
}
interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SpanOnTheWire['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly SpanOnTheWire[] }[];
  }[];
}

const requestsTo = (collector: FarEnd) =>
  collector.received.map(({ body }) => JSON.parse(body) as Request);
const spansAt = (collector: FarEnd) =>
  requestsTo(collector).flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
const attributeOf = ({ attributes }: Pick<SpanOnTheWire, 'attributes'>, name: string) =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];
const soon = async (isTrue: () => boolean | Promise<boolean>) =>
  expect(await until(isTrue, 20_000)).toBe(true);
const about = (service: Service, said: string) => service.log.filter(({ msg }) => msg === said);

const takesNone = 'the collector takes no spans; they are lost, and nothing else is';
const often = { OTEL_BSP_SCHEDULE_DELAY: '100' };
/** Longer than any test: a service that waits for a collector with this time-out makes it fail. */
const forEver = { OTEL_EXPORTER_OTLP_TIMEOUT: '3600000' };

async function endOf(service: Service): Promise<number> {
  const signalledAtMs = performance.now();
  expect(await service.end('SIGTERM')).toBe(0);
  return performance.now() - signalledAtMs;
}

test('a poll and the deliveries of what it brought are one trace, also if the process was another one by then', async () => {
  const collector = await startFarEnd((_request, response) => response.end('{}'));
  const environment = {
    ...often,
    POLLING_INTERVAL: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20token-of-the-collector',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  };
  const world = await createWorld({ database: 'postgres', environment });
  const { mattermost, tenant } = world;
  const first = world.start();
  expect(await world.arrived(2)).toBe(2);
  mattermost.fail(500, Number.POSITIVE_INFINITY);
  tenant.add('events', 1);
  await soon(() => about(first, 'attempt failed').length >= 1);
  await endOf(first);
  const before = spansAt(collector).length;
  mattermost.heal();
  const second = world.start();
  expect(await world.arrived(3)).toBe(3);
  const [failed] = about(first, 'attempt failed') as [{ event_id: number; trace_id: string }];
  const own = () => spansAt(collector).filter(({ traceId }) => traceId === failed.trace_id);
  const delivered = () =>
    spansAt(collector)
      .slice(before)
      .find(
        (span) =>
          attributeOf(span, 'tocsin.event.id') === failed.event_id &&
          attributeOf(span, 'tocsin.outcome') === 'delivered',
      );
  await soon(() => delivered() !== undefined);

  const poll = own().find(({ name }) => name === 'poll deepinstinct_events')!;
  expect(poll.parentSpanId).toBeUndefined();
  const others = own().filter(({ spanId }) => spanId !== poll.spanId);
  expect(new Set(others.map(({ name }) => name))).toEqual(
    new Set(['read deepinstinct_events', 'store', 'deliver soc']),
  );
  for (const span of others) expect(span.parentSpanId, span.name).toBe(poll.spanId);
  expect(delivered()).toMatchObject({ traceId: failed.trace_id, parentSpanId: poll.spanId });
  expect(about(first, 'page stored').map(({ trace_id }) => trace_id)).toContain(failed.trace_id);

  const [{ resourceSpans }] = requestsTo(collector) as [Request];
  const { resource } = resourceSpans[0]!;
  expect(
    ['service.name', 'deployment.environment.name'].map((name) => attributeOf(resource, name)),
  ).toEqual(['tocsin', 'test']);
  expect(collector.received[0]).toMatchObject({
    target: '/v1/traces',
    headers: { authorization: 'Bearer token-of-the-collector', 'content-type': 'application/json' },
  });
  const sent = collector.received.map(({ body }) => body).join();
  const { pathname } = new URL(mattermost.hookUrl);
  for (const secret of [pathname, tenant.token, 'token-of-the-collector']) {
    expect(sent).not.toContain(secret);
    expect(JSON.stringify([first.log, second.log])).not.toContain(secret);
  }
});

test.each([
  ['is away', undefined],
  ['hangs', () => undefined],
  [
    'answers 500',
    (_request: unknown, response: { writeHead(status: number): { end(): void } }) =>
      response.writeHead(500).end(),
  ],
] as const)(
  'a collector that %s holds up neither a delivery nor a stop, and is a line in the log',
  async (_name, answering) => {
    const collector = answering && (await startFarEnd(answering));
    const endpoint = collector?.origin ?? 'http://127.0.0.1:9';
    const limits = { OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
    const environment = {
      ...often,
      ...limits,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      POLLING_INTERVAL: '1',
    };
    const world = await createWorld({ database: 'embedded', environment });
    const service = world.start();
    const startMs = await service.ready();
    world.tenant.add('events', 20);
    expect(await world.arrived(22)).toBe(22);
    await soon(() => about(service, takesNone).length >= 1);
    world.tenant.add('events', 20);
    expect(await world.arrived(42)).toBe(42);
    // A machine on which the stop takes longer takes as much longer for the start.
    expect(await endOf(service)).toBeLessThan(Math.max(5000, 3 * startMs));
    expect(about(service, takesNone)).toHaveLength(1);
    expect(about(service, takesNone)[0]).toMatchObject({ level: 'warn', lost: expect.any(Number) });
    expect(world.repeated()).toBe(0);
  },
);

test('a collector that hangs at the stop, and never failed before, is not waited for', async () => {
  const collector = await startFarEnd(() => undefined);
  const world = await createWorld({
    database: 'embedded',
    environment: {
      ...forEver,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    },
  });
  const service = world.start();
  expect(await world.arrived(2)).toBe(2);
  await endOf(service);
  expect(collector.received).toHaveLength(1);
});

test('without tracing the SDK is not loaded, and nothing is sent', async () => {
  const collector = await startFarEnd((_request, response) => response.end('{}'));
  const environment = {
    ...often,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    OTEL_SDK_DISABLED: 'true',
  };
  const world = await createWorld({ database: 'embedded', environment });
  const service = world.start();
  expect(await world.arrived(2)).toBe(2);
  await endOf(service);
  expect(collector.received).toEqual([]);
  expect(about(service, 'spans go to a collector')).toEqual([]);
  const loadedBy = (file: string) => {
    const script = `import { createRequire } from 'node:module'; await import(${JSON.stringify(`file://${builtFile(file)}`)});
      console.log(Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry/sdk')).length);
      process.exit();`;
    return Number(
      spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
        .stdout,
    );
  };
  expect(loadedBy('commands/serve.ts')).toBe(0);
  expect(loadedBy('observe/tracing/export.ts')).toBeGreaterThan(0);
});

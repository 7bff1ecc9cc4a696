// One trace from a poll to the deliveries of what it brought, over a real Postgres: which spans
// there are, what they hang on, what stands in them.
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { AdapterError } from '../../../src/kit/errors.ts';
import { createTracing } from '../../../src/observe/tracing/spans.ts';
import { type PipelineOptions, startPipeline } from '../../core/deliver/pipeline.ts';
import { draft, drafts, useDatabase } from '../../store/stored.ts';
import { until } from '../../support/world.ts';

const database = useDatabase();

function record(sampler?: AlwaysOffSampler) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  const provider = new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) });
  const spans = () => exporter.getFinishedSpans();
  return {
    tracing: createTracing(provider.getTracer('test')),
    spans,
    named: (name: string) => spans().filter((span) => span.name === name),
  };
}

const start = (options: PipelineOptions) => startPipeline(database(), options);
const soon = async (isTrue: () => boolean | Promise<boolean>) =>
  expect(await until(isTrue, 10_000)).toBe(true);
const count = async (where: string) =>
  Number(
    (await database().$client.unsafe(`select count(*) as count from deliveries where ${where}`))[0]!
      .count,
  );
const traceOf = (span: ReadableSpan | undefined) => span?.spanContext().traceId;
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId;
const parentsOnEvents = async () =>
  (await database().$client`select traceparent from events where source = 'a' order by id`).map(
    (row) => row.traceparent,
  );

test('a page is one trace: reading and storing are parts of it, and each of its events goes on with it', async () => {
  const { tracing, named } = record();
  const send = async () => undefined;
  await start({
    tracing,
    pages: [{ events: drafts(1, 2), more: true }, { events: drafts(3, 1) }],
    send,
  });
  await soon(() => named('deliver soc').length === 3);
  const [page, next] = named('poll a');
  for (const part of [named('read a')[0], named('store')[0]])
    expect(part).toMatchObject({
      parentSpanContext: { traceId: traceOf(page), spanId: idOf(page) },
    });
  expect(page!.parentSpanContext).toBeUndefined();
  expect(traceOf(next)).not.toBe(traceOf(page));
  const deliveries = named('deliver soc').map((span) => [
    traceOf(span),
    span.parentSpanContext?.spanId,
  ]);
  const of = (span: ReadableSpan | undefined) => [traceOf(span), idOf(span)];
  expect(deliveries.sort()).toEqual([of(page), of(page), of(next)].sort());
  expect(page!.attributes).toEqual({
    'tocsin.source': 'a',
    'tocsin.outcome': 'ok',
    'messaging.batch.message_count': 2,
    'tocsin.events.new': 2,
    'tocsin.events.duplicate': 0,
  });
  expect(await parentsOnEvents()).toEqual(
    [page, page, next].map((span) => `00-${of(span).join('-')}-01`),
  );
});

test('a delivery by another process goes on with the trace that stands on the event', async () => {
  const first = record();
  const { stopPolling } = await start({
    tracing: first.tracing,
    pages: [{ events: drafts(1, 1) }],
  });
  await soon(async () => (await count('true')) === 1);
  await stopPolling();
  const second = record();
  await start({ tracing: second.tracing, send: async () => undefined });
  await soon(() => second.named('deliver soc').length === 1);
  const [page] = first.named('poll a');
  expect(second.named('deliver soc')[0]).toMatchObject({
    parentSpanContext: { traceId: traceOf(page), spanId: idOf(page), isRemote: true },
  });
});

test('each attempt is a span that says how it ended, and the log line of a failed one has the id of the trace', async () => {
  const { tracing, named } = record();
  const hook = 'https://chat.example.com:8443/hooks/secret';
  const failures: Error[] = [
    new AdapterError('retry', 'server_error', `status 500 of ${hook}`, {
      status: 500,
      answer: 'hostile answer',
    }),
    new TypeError('x is undefined'),
  ];
  const send = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const hostile = draft(1, {
    body: { description: 'hostile text', file: { path: 'C:\\hostile.exe' } },
  });
  const origin = new URL(hook).origin;
  const { linesOf } = await start({ tracing, pages: [{ events: [hostile] }], send, origin });
  await soon(() => named('deliver soc').length === 3);
  const page = named('poll a')[0]!;
  const spans = named('deliver soc');
  const [{ id }] = (await database().$client`select id from events`) as unknown as [{ id: number }];
  const same = { 'tocsin.sink': 'soc', 'tocsin.event.id': Number(id), 'tocsin.form': 'full' };
  const server = { 'server.address': 'chat.example.com', 'server.port': 8443 };
  const answered = { 'error.type': 'server_error', 'http.response.status_code': 500 };
  expect(spans.map(({ attributes }) => attributes)).toEqual([
    { ...same, ...server, 'tocsin.attempt': 1, 'tocsin.outcome': 'retry', ...answered },
    { ...same, ...server, 'tocsin.attempt': 2, 'tocsin.outcome': 'retry', 'error.type': 'unknown' },
    { ...same, ...server, 'tocsin.attempt': 3, 'tocsin.outcome': 'delivered' },
  ]);
  expect(spans.map(({ status }) => status)).toEqual([{ code: 2 }, { code: 2 }, { code: 0 }]);
  expect(new Set(spans.map(traceOf))).toEqual(new Set([traceOf(page)]));
  expect(linesOf('attempt failed').map((line) => line.trace_id)).toEqual([
    traceOf(page),
    traceOf(page),
  ]);
  expect(linesOf('page stored')[0]!.trace_id).toBe(traceOf(page));
});

test('a poll that fails is a trace that says so, and its log line names it', async () => {
  const { tracing, named } = record();
  const refused = new AdapterError('retry', 'auth', 'status 401', { status: 401 });
  const { linesOf } = await start({ tracing, pages: [refused] });
  await soon(() => linesOf('poll failed').length === 1);
  const [page] = named('poll a');
  const failure = { 'error.type': 'auth', 'http.response.status_code': 401 };
  expect(page).toMatchObject({
    status: { code: 2 },
    attributes: { 'tocsin.outcome': 'failed', ...failure },
  });
  expect(named('read a')[0]).toMatchObject({ status: { code: 2 }, attributes: failure });
  expect(linesOf('poll failed')[0]!.trace_id).toBe(traceOf(page));
});

test('a page that cannot be stored is a failed part of its trace', async () => {
  const { tracing, named } = record();
  await database().$client`alter table events add constraint refused check (type = 'X')`;
  try {
    const { linesOf, stopPolling } = await start({ tracing, pages: [{ events: drafts(1, 1) }] });
    await soon(() => linesOf('poll failed').length === 1);
    await stopPolling();
  } finally {
    await database().$client`alter table events drop constraint refused`;
  }
  const [store] = named('store');
  expect(store).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'database' } });
  expect(named('poll a')[0]).toMatchObject({ status: { code: 2 } });
  expect(store!.parentSpanContext?.spanId).toBe(idOf(named('poll a')[0]));
});

test('a digest is a trace of its own that is linked to those of its members, and its delivery goes on with it', async () => {
  const { tracing, named } = record();
  const group = { by: ['type'] as const, waitMs: 60_000, intervalMs: 60_000, max: 3, cards: 0 };
  const routes = [{ name: 'all', minSeverity: 0 as const, to: ['soc'], group }];
  const pages = [{ events: drafts(1, 2), more: true }, { events: drafts(3, 1) }];
  await start({ tracing, pages, routes, send: async () => undefined });
  await soon(() => named('deliver soc').length === 1);
  const [digest] = named('digest soc');
  const linked = digest!.links.map(({ context }) => context.traceId);
  expect(linked).toEqual(named('poll a').slice(0, 2).map(traceOf));
  expect(digest!.attributes).toMatchObject({
    'tocsin.outcome': 'frozen',
    'messaging.batch.message_count': 3,
  });
  expect(named('deliver soc')[0]!.parentSpanContext).toMatchObject({
    traceId: traceOf(digest),
    spanId: idOf(digest),
  });
});

test('what the sampler leaves out leaves nothing: no span, no id on the event, none in the log', async () => {
  const { tracing, spans } = record(new AlwaysOffSampler());
  const failures: Error[] = [new AdapterError('retry', 'timeout', 'no answer')];
  const send = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const { linesOf } = await start({ tracing, pages: [{ events: drafts(1, 1) }], send });
  await soon(async () => (await count("state = 'delivered'")) === 1);
  expect([spans(), await parentsOnEvents()]).toEqual([[], [null]]);
  expect(linesOf('attempt failed')[0]!.trace_id).toBeNull();
});

test('an event without a trace, from a time without tracing, is delivered without a span', async () => {
  const { stopPolling } = await start({ pages: [{ events: drafts(1, 1) }] });
  await soon(async () => (await count('true')) === 1);
  await stopPolling();
  const { tracing, spans } = record();
  await start({ tracing, send: async () => undefined });
  await soon(async () => (await count("state = 'delivered'")) === 1);
  expect([spans(), await parentsOnEvents()]).toEqual([[], [null]]);
});

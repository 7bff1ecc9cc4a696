// Makes the spans of a trace. They hold ids, numbers, words of closed sets and the server of a
// sink; never text of an event or the path of an address.
import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { portOf } from '../../kit/origin.ts';
import type { Attempt, PageTrace, SpanFailure, TraceParent, Tracing } from './index.ts';

/** A digest is linked to its first traces only; the SDK has the same limit. */
const linksMax = 128;

export function createTracing(tracer: Tracer): Tracing {
  return {
    page: (source) => tracePage(tracer, source),
    attempt(parent, attempt) {
      const options = { kind: SpanKind.CLIENT, attributes: attributesOf(attempt) };
      const span = tracer.startSpan(`deliver ${attempt.sink}`, options, contextOf(parent));
      return {
        delivered: () => span.setAttribute('tocsin.outcome', 'delivered').end(),
        failed: (outcome, failure) => fail(span.setAttribute('tocsin.outcome', outcome), failure),
      };
    },
    digest(sink, kind, events, members) {
      const links = linksTo(members);
      if (links.length === 0) return undefined;
      const attributes = {
        'tocsin.sink': sink,
        'tocsin.digest.kind': kind,
        'messaging.batch.message_count': events,
      };
      const span = tracer.startSpan(`digest ${sink}`, { links, attributes }, ROOT_CONTEXT);
      return {
        parent: parentOf(span),
        made: (outcome) => span.setAttribute('tocsin.outcome', outcome).end(),
      };
    },
  };
}

function tracePage(tracer: Tracer, source: string): PageTrace {
  const attributes = { 'tocsin.source': source };
  const page = tracer.startSpan(
    `poll ${source}`,
    { kind: SpanKind.CONSUMER, attributes },
    ROOT_CONTEXT,
  );
  const within = trace.setSpan(ROOT_CONTEXT, page);
  let part = tracer.startSpan(`read ${source}`, { kind: SpanKind.CLIENT, attributes }, within);
  return {
    parent: parentOf(page),
    read(outcome, events) {
      part.end();
      page.setAttributes({ 'tocsin.outcome': outcome, 'messaging.batch.message_count': events });
    },
    storing() {
      part = tracer.startSpan(
        'store',
        { attributes: { ...attributes, 'db.system.name': 'postgresql' } },
        within,
      );
    },
    stored(events, duplicates) {
      part.end();
      page
        .setAttributes({ 'tocsin.events.new': events, 'tocsin.events.duplicate': duplicates })
        .end();
    },
    failed(failure) {
      if (part.isRecording()) fail(part, failure);
      fail(page.setAttribute('tocsin.outcome', 'failed'), failure);
    },
  };
}

function attributesOf({ sink, origin, eventId, number, form }: Attempt): Attributes {
  const server = URL.canParse(origin) ? new URL(origin) : undefined;
  const isNamed = server !== undefined && server.hostname !== '';
  return {
    'tocsin.sink': sink,
    'tocsin.event.id': eventId,
    'tocsin.attempt': number,
    'tocsin.form': form,
    ...(isNamed && { 'server.address': server.hostname, 'server.port': portOf(server) }),
  };
}

function fail(span: Span, { reason, status }: SpanFailure): void {
  span.setAttribute('error.type', reason);
  if (typeof status === 'number') span.setAttribute('http.response.status_code', status);
  span.setStatus({ code: SpanStatusCode.ERROR }).end();
}

/** Undefined if the sampler drops the span: then no span can continue the trace. */
function parentOf(span: Span): TraceParent | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return traceFlags & TraceFlags.SAMPLED ? `00-${traceId}-${spanId}-01` : undefined;
}

function spanContextOf(parent: TraceParent): SpanContext | undefined {
  const [, traceId = '', spanId = ''] = parent.split('-');
  const found = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(found) ? found : undefined;
}

function contextOf(parent: TraceParent): Context {
  const found = spanContextOf(parent);
  return found ? trace.setSpanContext(ROOT_CONTEXT, found) : ROOT_CONTEXT;
}

function linksTo(parents: Iterable<TraceParent>): Link[] {
  return [...new Set(parents)].slice(0, linksMax).flatMap((parent) => {
    const context = spanContextOf(parent);
    return context ? [{ context }] : [];
  });
}

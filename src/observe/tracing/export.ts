// Hands spans to a collector. Loads OpenTelemetry's SDK, so it is itself loaded only where tracing
// is on. A collector that is down or hangs is a line in the log, now and then, and holds up
// nothing: spans are kept up to a limit, then dropped.
import { type DiagLogFunction, DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { within } from '../../kit/deadline.ts';
import type { Logger } from '../log.ts';
import { createExportLog, type ExportLog } from './export-log.ts';
import type { Tracing } from './index.ts';
import { createTracing } from './spans.ts';

/** What is left at a stop has so long to get out. */
const stopMaxMs = 1000;

export interface ExportOptions {
  readonly version: string;
  /** Tells replicas apart. */
  readonly instanceId: string;
  readonly log: Logger;
}

export interface Exporting {
  readonly tracing: Tracing;
  /**
   * Sends what is left, for a second at most, and not to a collector that did not answer before.
   * Never rejects.
   */
  stop(): Promise<void>;
}

/**
 * The SDK takes the rest from the variables of the process: where to, how often, which of them,
 * what the service is called.
 */
export function startExport({ version, instanceId, log }: ExportOptions): Exporting {
  const said = createExportLog(log, () => performance.now());
  const remark: DiagLogFunction = (text) => said.remarked(text);
  const unheard: DiagLogFunction = () => undefined;
  const heard = { error: remark, warn: remark, info: unheard, debug: unheard, verbose: unheard };
  diag.setLogger(heard, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const own = {
    'service.name': 'tocsin',
    'service.version': version,
    'service.instance.id': instanceId,
  };
  const resource = defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(watched(new OTLPTraceExporter(), said));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  return {
    tracing: createTracing(provider.getTracer('tocsin', version)),
    async stop() {
      if (!said.isAnswering()) return;
      await within(
        provider.shutdown().catch(() => undefined),
        stopMaxMs,
        () => undefined,
      );
    },
  };
}

/**
 * To the SDK each export is a success, for it would tell of the others in its own way; they are
 * told of here.
 */
function watched(exporter: SpanExporter, said: ExportLog): SpanExporter {
  return {
    export(spans, done) {
      said.began();
      exporter.export(spans, ({ code, error }) => {
        said.ended(spans.length, code === 0 ? undefined : (error ?? new Error('no reason given')));
        done({ code: 0 });
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

// Sends spans to a collector. This file loads OpenTelemetry's SDK, so it is itself loaded only if
// tracing is on. A collector that is down or hangs causes a log line now and then, and delays
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

/** How long a stop waits for the remaining spans. */
const stopMaxMs = 1000;

export interface ExportOptions {
  readonly version: string;
  /** Differs between replicas. */
  readonly instanceId: string;
  readonly log: Logger;
}

export interface Exporting {
  readonly tracing: Tracing;
  /**
   * Sends the remaining spans, for a second at most, unless the last export failed or is pending.
   * Never rejects.
   */
  stop(): Promise<void>;
}

/**
 * Starts the export. The SDK reads the rest from environment variables: the endpoint, the interval,
 * the sampler, the service's name.
 */
export function startExport({ version, instanceId, log }: ExportOptions): Exporting {
  const exportLog = createExportLog(log, () => performance.now());
  const remark: DiagLogFunction = (text) => exportLog.remarked(text);
  const ignore: DiagLogFunction = () => undefined;
  const logger = { error: remark, warn: remark, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const own = {
    'service.name': 'tocsin',
    'service.version': version,
    'service.instance.id': instanceId,
  };
  const resource = defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }));
  const processor = new BatchSpanProcessor(logged(new OTLPTraceExporter(), exportLog));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  return {
    tracing: createTracing(provider.getTracer('tocsin', version)),
    async stop() {
      if (!exportLog.isAnswering()) return;
      await within(
        provider.shutdown().catch(() => undefined),
        stopMaxMs,
        () => undefined,
      );
    },
  };
}

/**
 * Reports each export to `exportLog`. The SDK hears of successes alone, because it would log the
 * failures in its own way.
 */
function logged(exporter: SpanExporter, exportLog: ExportLog): SpanExporter {
  return {
    export(spans, done) {
      exportLog.began();
      exporter.export(spans, ({ code, error }) => {
        const failure = code === 0 ? undefined : (error ?? new Error('no reason given'));
        exportLog.ended(spans.length, failure);
        done({ code: 0 });
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

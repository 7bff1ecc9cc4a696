// Starts the export of spans where the configuration asks for it. Only then is OpenTelemetry
// loaded.

import { type Config, handOverToSdk } from '../config/index.ts';
import { describeError } from '../observe/log.ts';
import type { Exporting, ExportOptions } from '../observe/tracing/export.ts';

/**
 * Never rejects, because no alert waits for a trace.
 * @returns undefined if tracing is off or cannot be started
 */
export async function openTracing(
  { tracing }: Config,
  options: ExportOptions,
): Promise<Exporting | undefined> {
  if (tracing === undefined) return undefined;
  try {
    handOverToSdk(tracing);
    const { startExport } = await import('../observe/tracing/export.ts');
    const exporting = startExport(options);
    options.log.info({ endpoint: tracing.endpoint }, 'spans go to a collector');
    return exporting;
  } catch (error) {
    options.log.error(
      { err: describeError(error) },
      'tracing could not be started; everything else goes on',
    );
    return undefined;
  }
}

// Starts the service of a configuration: checks what can be checked, opens the store, sets it to
// work.

import type { Config } from '../config/index.ts';
import { descriptorLimit, shortageWarning } from '../kit/descriptors.ts';
import type { Logger, MaskingLogger } from '../observe/log.ts';
import { logWarnings } from './begin.ts';
import { openGround } from './ground.ts';
import { exitAfter, LiveService, type Service } from './live-service.ts';
import type { ConfigOrigin } from './reload.ts';

export type { Service } from './live-service.ts';

export interface ServiceOptions {
  readonly log: Logger & Partial<Pick<MaskingLogger, 'onLost'>>;
  readonly version?: string;
  /** Absent: the configuration stays as it is. */
  readonly origin?: ConfigOrigin;
  /** The embedded database ended by itself; default: exit, so that a supervisor starts anew. */
  onFatal?(error: Error): void;
}

/**
 * Listens before the database is ready, so that probes get answers meanwhile.
 * @throws {DataDirectoryError} or a system error such as EADDRINUSE
 */
export async function startService(config: Config, options: ServiceOptions): Promise<Service> {
  const { log, version = 'unknown' } = options;
  logWarnings(config, log);
  const shortage = shortageWarning(descriptorLimit());
  if (shortage !== undefined) log.warn({ warning: shortage }, 'there are few file descriptors');
  const onFatal = options.onFatal ?? ((error) => exitAfter(log, error));
  const ground = await openGround({ config, version, log, onFatal });
  log.onLost?.((lines) => ground.metrics.logLinesLost.inc(lines));
  const service = new LiveService({
    ...ground,
    config,
    log,
    version,
    origin: options.origin,
  });
  await service.start();
  return service;
}

// `tocsin serve`: runs the service, and passes on what signals ask for: SIGHUP to read the
// configuration again, SIGTERM to stop.

import { setFlagsFromString } from 'node:v8';
import type { Command } from '../cli/command.ts';
import { holdSignals, type Signals } from '../cli/signals.ts';
import { loadNamedConfig, type TypeLoaders } from '../config/index.ts';
import type { FilesRead } from '../kit/files.ts';
import { createLogger } from '../observe/log.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { type Service, startService } from '../service/start.ts';
import { sinkLoaders } from '../sinks/registry.ts';
import { sourceLoaders } from '../sources/registry.ts';

const loaders: TypeLoaders = { sources: sourceLoaders, sinks: sinkLoaders };

/**
 * An option of V8: old objects are collected once there is two and a half times as much as was left
 * the last time. By itself it lets garbage lie on a large machine, and within a small limit
 * collects so often that an event costs half as much CPU again
 * (docs/decisions/0016-the-pace-of-the-collector.md).
 */
export const heapPace = '--heap-growing-percent=150';

export const command: Command = {
  details:
    'SIGHUP reads the configuration again, as a change of one of its files does; SIGTERM, SIGINT and SIGQUIT stop. ' +
    'SIGUSR1 and SIGUSR2 do nothing.',
  options: {},
  handlesSignals: true,
  hasSinks: true,
  async run(_args, io) {
    setFlagsFromString(heapPace);
    const asked = listenToSignals(io.signals ?? holdSignals());
    const load = (files: FilesRead) =>
      loadNamedConfig({ env: io.env, directory: io.directory, files }, loaders);
    const files: FilesRead = new Map();
    const config = await load(files);
    const log = createLogger({ level: config.logLevel, secrets: config.secrets });
    const reread = async (filesNow: FilesRead) => {
      const next = await load(filesNow);
      log.addSecrets(next.secrets);
      return next;
    };
    let service: Service | undefined;
    // Before the service runs there is nothing to finish.
    void asked.stop.then((signal) => {
      if (service) return;
      log.info({ signal }, 'stopped before it had started');
      process.exit(exitCodes.done);
    });
    service = await startService(config, { log, version: io.version, origin: { files, reread } });
    asked.onReload(() => service?.reload());
    log.info({ signal: await asked.stop }, 'stopping: finishing what is in flight');
    await service.stop();
    return exitCodes.done;
  },
};

interface Asked {
  /** Resolves with the first signal that stops. */
  readonly stop: Promise<string>;
  /** Calls `reload` for each SIGHUP from now on, and at once if one came before. */
  onReload(reload: () => void): void;
}

/**
 * Ctrl-C under npm sends two signals at once. Somebody who sends a later one does not want to wait
 * for what is in flight.
 */
const secondStopAfterMs = 1000;

function listenToSignals(signals: Signals): Asked {
  let isReloadAsked = false;
  let reload = (): void => {
    isReloadAsked = true;
  };
  const stop = new Promise<string>((resolve) => {
    let stoppingSinceMs: number | undefined;
    signals.handOver((signal) => {
      if (signal === 'SIGUSR2') return;
      if (signal === 'SIGHUP') return reload();
      stoppingSinceMs ??= performance.now();
      if (performance.now() - stoppingSinceMs > secondStopAfterMs) process.exit(exitCodes.failed);
      resolve(signal);
    });
  });
  return {
    stop,
    onReload(now) {
      reload = now;
      if (isReloadAsked) now();
    },
  };
}

// `tocsin serve`: runs the service, and tells it what signals ask for: SIGHUP to read the configuration again, SIGTERM to stop.
import { setFlagsFromString } from 'node:v8';
import type { FilesRead } from '../config/files.ts';
import { loadConfig, type Registries } from '../config.ts';
import { createLogger } from '../core/log.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import type { Command } from './command.ts';
import { exitCodes } from './dispatch.ts';
import { type Service, startService } from './start.ts';

const registries: Registries = { sources, sinks };

/**
 * An option of V8: old objects are collected once there is two and a half times as much as was left the last time. By itself it lets garbage lie on a large
 * machine, and within a small limit collects so often that an event costs half as much CPU again (docs/decisions/0016-the-pace-of-the-collector.md).
 */
export const heapPace = '--heap-growing-percent=150';

export const command: Command = {
  summary: 'Run the relay until it is stopped',
  usage: 'serve',
  details: 'SIGHUP reads the configuration again, as a change of one of its files does; SIGTERM stops.',
  options: {},
  async run(_args, io) {
    setFlagsFromString(heapPace);
    let service: Service | undefined;
    let isReloadAsked = false;
    process.on('SIGHUP', () => {
      isReloadAsked = true;
      service?.reload();
    });
    const load = (files: FilesRead) => loadConfig({ env: io.env, directory: io.directory, registries, files });
    const files: FilesRead = new Map();
    const config = load(files);
    const log = createLogger({ level: config.logLevel, secrets: config.secrets });
    const reread = (filesNow: FilesRead) => {
      const next = load(filesNow);
      log.addSecrets(next.secrets);
      return next;
    };
    const stopAsked = new Promise<string>((resolve) => {
      process.once('SIGTERM', () => resolve('SIGTERM'));
      process.once('SIGINT', () => resolve('SIGINT'));
    });
    // Until it is up there is nothing to finish.
    void stopAsked.then((signal) => {
      if (service) return;
      log.info({ signal }, 'stopped before it had started');
      process.exit(exitCodes.done);
    });
    service = await startService(config, { log, version: io.version, origin: { files, reread } });
    if (isReloadAsked) service.reload();
    log.info({ signal: await stopAsked }, 'stopping: finishing what is in flight');
    await service.stop();
    return exitCodes.done;
  },
};

// `tocsin once`, for cron: reads every source to its end, delivers what is due, exits. Exit code 0
// only if all of that worked.

import type { Command } from '../cli/command.ts';
import { loadNamedConfig, type TypeLoaders } from '../config/index.ts';
import { createMask } from '../kit/mask.ts';
import { createLogger } from '../observe/log.ts';
import { assertDatabase } from '../service/database.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { openGround } from '../service/ground.ts';
import { type OnceWaits, runToEnd } from '../service/once/index.ts';
import { Relay } from '../service/relay.ts';
import { sinkLoaders } from '../sinks/registry.ts';
import { sourceLoaders } from '../sources/registry.ts';

const loaders: TypeLoaders = { sources: sourceLoaders, sinks: sinkLoaders };

export function createOnce(waits: OnceWaits): Command {
  return {
    details:
      'Exit code 0: everything was read and delivered, but for what waits in groups; 1: not everything, see the last lines.',
    options: {},
    hasSinks: true,
    async run(_args, io) {
      const config = await loadNamedConfig({ env: io.env, directory: io.directory }, loaders);
      const log = createLogger({ level: config.logLevel, secrets: config.secrets });
      for (const warning of config.warnings)
        log.warn({ warning }, 'the configuration can be used, and may be mistaken');
      await assertDatabase(config);
      const around = { config, version: io.version, log };
      const onFatal = (error: Error) => log.error({ err: error }, 'the embedded database ended');
      const ground = await openGround({ ...around, onFatal });
      try {
        const relay = new Relay({ ...around, ...ground });
        const outcome = await runToEnd(relay, log, waits).finally(() => relay.close());
        const { problems, remarks } = outcome;
        const mask = createMask(config.secrets);
        for (const line of [...remarks, ...problems]) io.stderr(`${mask(line)}\n`);
        return problems.length === 0 ? exitCodes.done : exitCodes.failed;
      } finally {
        await ground.store.close();
        await ground.exporting?.stop();
      }
    },
  };
}

export const command = createOnce({
  roleMs: 30_000,
  patienceMs: 30_000,
  pausedPatienceMs: 2000,
  stormPatienceMs: 90_000,
});

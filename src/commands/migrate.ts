// `tocsin migrate`: brings the database to this release's schema, as every start does. For those who want it as a step of its own.
import { loadConfig } from '../config.ts';
import { createLogger } from '../core/log.ts';
import { openStore } from '../core/store/open.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';
import type { Command } from './command.ts';
import { exitCodes } from './dispatch.ts';

export const command: Command = {
  summary: 'Bring the database to the schema of this release (every start does it too)',
  usage: 'migrate',
  options: {},
  async run(_args, io) {
    const config = loadConfig({
      env: io.env,
      directory: io.directory,
      registries: { sources, sinks },
      needs: ['database'],
    });
    const log = createLogger({ level: config.logLevel, secrets: config.secrets });
    const store = await openStore({
      ...config,
      log,
      onFatal: (error) => log.error({ err: error }, 'the embedded database ended'),
    });
    try {
      const applied = await store.migrate();
      io.stdout(applied === 0 ? 'the database is up to date\n' : `${applied} applied\n`);
      return exitCodes.done;
    } finally {
      await store.close();
    }
  },
};

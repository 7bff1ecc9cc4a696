// `tocsin migrate`: brings the database to this release's schema, as every start does. For those who want it as a step of its own.
import type { Command } from './command.ts';
import { exitCodes } from './dispatch.ts';
import { loadForDatabase, withStore } from './operate.ts';

export const command: Command = {
  summary: 'Bring the database to the schema of this release (every start does it too)',
  usage: 'migrate',
  options: {},
  async run(_args, io) {
    const config = loadForDatabase(io);
    const applied = await withStore(config, async (_store, count) => count);
    const place =
      config.databaseUrl === undefined ? `the embedded one in DATA_DIR (${config.dataDir})` : 'DATABASE_URL';
    io.stderr(`tocsin: the database is ${place}\n`);
    io.stdout(applied === 0 ? 'the database is up to date\n' : `${applied} applied\n`);
    return exitCodes.done;
  },
};

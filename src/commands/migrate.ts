// `tocsin migrate`: brings the database to this release's schema, as every start does. For those
// who want it as a step of its own.

import { type Command, UsageError } from '../cli/command.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { loadForDatabase, withStore } from '../service/operate.ts';

export const command: Command = {
  details:
    'With --from-data-dir it also brings over what waits in an embedded database that was used before ' +
    'DATABASE_URL was set: its deliveries, the newest events, silences, and how far sources were read. ' +
    'Stop Tocsin first. Done twice, it doubles nothing.',
  options: {
    'from-data-dir': {
      type: 'boolean',
      help: 'Bring over what is in the embedded database of DATA_DIR',
    },
  },
  async run({ values }, io) {
    const config = loadForDatabase(io);
    const isWanted = values['from-data-dir'] === true;
    if (isWanted && config.databaseUrl === undefined)
      throw new UsageError('DATABASE_URL is not set, so there is no database to bring it to.');
    const { applied, moved } = await withStore(config, async (store, count) => {
      return { applied: count, moved: isWanted ? await store.bringOver() : undefined };
    });
    const place =
      config.databaseUrl === undefined
        ? `the embedded one in DATA_DIR (${config.dataDir})`
        : 'DATABASE_URL';
    io.stderr(`tocsin: the database is ${place}\n`);
    io.stdout(applied === 0 ? 'the database is up to date\n' : `${applied} applied\n`);
    if (isWanted && moved === undefined) io.stderr('DATA_DIR holds no embedded database\n');
    if (moved !== undefined) io.stdout(`${moved} deliveries brought over\n`);
    return isWanted && moved === undefined ? exitCodes.failed : exitCodes.done;
  },
};

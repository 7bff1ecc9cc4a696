// Moves the embedded database of the configuration to the Postgres that it names, or back.

import { shownHosts } from '../kit/database-url.ts';
import { createLogger } from '../observe/log.ts';
import { addressOf } from '../store/connection.ts';
import { type MoveReport, moveBack, moveDatabase } from '../store/embedded/move.ts';
import type { Move } from '../store/embedded/moved.ts';
import { commandActor } from './answer.ts';
import { assertDatabase } from './database.ts';
import { loadForDatabase, type OperatorIo } from './operate.ts';

/** What the command line says of a move. */
export interface MoveWish {
  /** Instead of DATABASE_URL. */
  readonly to: string | undefined;
  readonly isTrial: boolean;
}

export interface Moved extends MoveReport {
  /** The directory. */
  readonly from: string;
  /** `host:port`. */
  readonly to: string;
}

function configOf(io: OperatorIo, to: string | undefined) {
  const other = { DATABASE_URL: to, DATABASE_URL_FILE: '', DATABASE_URL_DIRECT: '' };
  return loadForDatabase(to === undefined ? io : { ...io, env: { ...io.env, ...other } });
}

/**
 * Undefined if nothing says where to.
 * @throws {ConfigError}, {DatabaseUrlError}, and what `moveDatabase` throws
 */
export async function moveEmbedded(io: OperatorIo, wish: MoveWish): Promise<Moved | undefined> {
  const config = configOf(io, wish.to);
  const { databaseUrl, databaseUrlDirect, dataDir, secrets } = config;
  if (databaseUrl === undefined) return undefined;
  await assertDatabase(config);
  const log = createLogger({ level: 'error', secrets });
  const address = shownHosts(addressOf(databaseUrl));
  const report = await moveDatabase({
    dataDir,
    url: databaseUrlDirect ?? databaseUrl,
    address,
    actor: commandActor().name,
    isTrial: wish.isTrial,
    onFatal: (error) => log.error({ err: error }, 'the embedded database ended'),
  });
  return { ...report, from: dataDir, to: address };
}

/** @throws {ConfigError}, and what `moveBack` throws */
export async function moveEmbeddedBack(io: OperatorIo, to: string | undefined): Promise<Move> {
  const { databaseUrl, databaseUrlDirect, dataDir } = configOf(io, to);
  return await moveBack(dataDir, databaseUrlDirect ?? databaseUrl);
}

// The first steps of a service: says which database it has, and tries it until it can be used and is
// migrated.

import type { Config } from '../config/index.ts';
import type { Wake } from '../core/loops/wake.ts';
import type { Logger } from '../observe/log.ts';
import { DatabaseUrlError } from '../store/connection.ts';
import { databaseErrorText } from '../store/database.ts';
import { DatabaseSchemaError } from '../store/journal.ts';
import type { Store } from '../store/open.ts';
import { assertDatabase } from './database.ts';

/** How soon an unusable database is tried again. */
const againMs = { first: 500, max: 15_000 };

export interface BeginOptions {
  readonly config: Config;
  readonly store: Pick<Store, 'migrate'>;
  readonly log: Logger;
  /** Ends the wait between two tries. */
  readonly wake: Wake;
  isStopping(): boolean;
  /** After the migration. What it throws counts as a database that is not ready. */
  prepare(): Promise<void>;
}

/** Never rejects. @returns false if the service stops before the database is ready */
export async function awaitDatabase(options: BeginOptions): Promise<boolean> {
  const { log, wake, isStopping } = options;
  let waitMs = againMs.first;
  while (!isStopping()) {
    try {
      await tryDatabase(options);
      return !isStopping();
    } catch (error) {
      const isExplained = error instanceof DatabaseUrlError || error instanceof DatabaseSchemaError;
      const text = isExplained ? error.message : databaseErrorText(error);
      log.error({ error: text }, 'the database is not ready; trying again');
      await wake.wait(waitMs);
      // A server that refuses the password may lock the user out for too many attempts.
      waitMs = Math.min(waitMs * 2, againMs.max);
    }
  }
  return false;
}

async function tryDatabase({ config, store, log, prepare }: BeginOptions): Promise<void> {
  await assertDatabase(config);
  const applied = await store.migrate();
  if (applied > 0) log.info({ applied }, 'database migrated');
  await prepare();
}

/** Says what an operator must know of the database that is used. */
export async function logDatabase(
  store: Pick<Store, 'kind' | 'leftover'>,
  { dataDir }: Pick<Config, 'dataDir'>,
  log: Logger,
): Promise<void> {
  if (store.kind === 'embedded')
    log.info(
      { directory: dataDir },
      'embedded database: safe against a killed process, not against power loss; for production set DATABASE_URL',
    );
  const leftover = await store.leftover();
  if (leftover !== undefined)
    log.warn({ remark: leftover }, 'an embedded database was left behind');
}

export function logWarnings({ warnings }: Config, log: Logger): void {
  for (const warning of warnings)
    log.warn({ warning }, 'the configuration can be used, and may be mistaken');
}

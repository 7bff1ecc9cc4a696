// Runs statements of this room in one transaction, with the same functions that run without one.
import type postgres from 'postgres';
import { type Database, databaseOf, mayTransact } from './database.ts';

/**
 * Everything that `use` does with its database happens, or nothing does. Behind a pooler that
 * carries no prepared statements there are no transactions: each statement stands for itself then,
 * and `use` learns it from `isWhole`.
 */
export async function inTransaction<Result>(
  db: Database,
  use: (db: Database, isWhole: boolean) => Promise<Result>,
): Promise<Result> {
  const client = db.$client;
  if (!mayTransact(client)) return use(db, false);
  const answer = await client.begin((tx) => {
    // A statement that begins a transaction of its own gets a savepoint.
    const begin = (inner: (sql: postgres.TransactionSql) => Promise<unknown>) =>
      tx.savepoint(inner);
    const within = Object.assign(tx, { options: client.options, begin });
    return use(databaseOf(within as unknown as postgres.Sql), true);
  });
  return answer as Result;
}

// What the database calls itself.
import type { Database } from './database.ts';

/** Such as `16.4 (Debian 16.4-1)`. */
export async function readServerVersion(db: Database): Promise<string> {
  const [row] = await db.$client`select current_setting('server_version') as version`;
  return String(row?.version);
}

// What the database calls itself.
import { expect, test } from 'vitest';
import { readServerVersion } from '../../src/store/server-version.ts';
import { useDatabase } from './stored.ts';

const db = useDatabase();

test('the version is that of the server', async () => {
  const [row] = await db().$client`select version() as text`;
  expect(String(row?.text)).toContain((await readServerVersion(db())).split(' ')[0]!);
});

// The store of a command: Postgres or the embedded database, who this process is, and what is left
// behind.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DataDirectoryError } from '../../src/store/embedded/data-directory.ts';
import {
  type DirectoryLock,
  DirectoryLockedError,
  lockDirectory,
} from '../../src/store/embedded/directory-lock.ts';
import { DatabaseSchemaError } from '../../src/store/journal.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/open.ts';
import { createTestDatabase } from '../support/database.ts';

let dataDir: string;
let opened: Store[];
let logged: [level: string, message: string][];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-'));
  opened = [];
  logged = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function open(more: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({
    databasePrepare: true,
    dataDir,
    log: {
      info: (_, message) => logged.push(['info', message]),
      error: (_, message) => logged.push(['error', message]),
    },
    onFatal: (error) => logged.push(['fatal', error.message]),
    ...more,
  });
  opened.push(store);
  return store;
}

async function close(store: Store): Promise<void> {
  opened = opened.filter((one) => one !== store);
  await store.close();
}

async function createDatabase(isMigrated = true): Promise<string> {
  const database = await createTestDatabase(isMigrated);
  // Before it is dropped, the store is closed.
  onTestFinished(() => database.drop());
  return database.directUrl;
}

describe('without DATABASE_URL', () => {
  test('it is the embedded database, and the directory is this process’s alone', async () => {
    const store = await open();
    expect(store.kind).toBe('embedded');
    expect(store.lock?.directory).toBe(dataDir);
    await expect(open()).rejects.toThrow(DirectoryLockedError);
    expect(await store.migrate()).toBe(0);
    await store.ping();
    expect([await store.leftover(), await store.bringOver()]).toEqual([undefined, undefined]);
  });

  test('a clean end notes what waits, frees the directory, and the next start drops the note', async () => {
    const first = await open();
    await first.db.$client`
      insert into deliveries (event_id, sink, state, priority) values (1, 'soc', 'pending', 1), (2, 'soc', 'pending', 1)`;
    await first.instance.remember();
    await close(first);
    expect(readFileSync(join(dataDir, 'waiting'), 'utf8')).toBe('2\n');
    const second = await open();
    expect(second.instance.predecessor).toBe(first.instance.id);
    expect(readdirSync(dataDir)).not.toContain('waiting');
    expect(logged).toEqual([]);
  });

  test('one that does not open leaves the directory free', async () => {
    mkdirSync(join(dataDir, 'postgres'));
    await expect(open()).rejects.toThrow('PG_VERSION is missing');
    const lock = await lockDirectory(dataDir);
    await lock.release();
  });
});

describe('with DATABASE_URL', () => {
  test('the schema is made when that is asked for, and a ping finds whether it is there', async () => {
    const store = await open({ databaseUrl: await createDatabase(false) });
    expect(store.kind).toBe('postgres');
    await expect(store.ping()).rejects.toThrow(/leases/);
    expect(await store.migrate()).toBeGreaterThan(5);
    await store.ping();
    expect(await store.migrate()).toBe(0);
  });

  test('it need not answer when it is opened', async () => {
    const store = await open({ databaseUrl: 'postgres://u@127.0.0.1:1/d' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('DATA_DIR holds who this process is', async () => {
    const databaseUrl = await createDatabase();
    const first = await open({ databaseUrl });
    await first.instance.remember();
    await close(first);
    const second = await open({ databaseUrl });
    expect(second.instance.predecessor).toBe(first.instance.id);
    expect(second.lock?.directory).toBe(dataDir);
  });

  test.each<[string, (path: string) => Promise<DirectoryLock> | undefined]>([
    ['another process has it', (path: string) => lockDirectory(path)],
    [
      'it cannot be made',
      (path: string) => {
        rmSync(path, { recursive: true });
        writeFileSync(path, '');
        return undefined;
      },
    ],
  ])(
    'without an identity in DATA_DIR (%s) it works all the same, and says so',
    async (_, spoil) => {
      const databaseUrl = await createDatabase();
      const lock = await spoil(dataDir);
      const store = await open({ databaseUrl });
      await store.ping();
      await store.instance.remember();
      expect([store.lock, store.instance.predecessor]).toEqual([undefined, null]);
      expect(store.instance.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(logged).toEqual([['info', expect.stringMatching(/^no identity in DATA_DIR/)]]);
      await lock?.release();
    },
  );

  test('migrations go to DATABASE_URL_DIRECT, and must arrive where DATABASE_URL leads', async () => {
    const databaseUrlDirect = await createDatabase(false);
    const same = await open({ databaseUrl: databaseUrlDirect, databaseUrlDirect });
    expect(await same.migrate()).toBeGreaterThan(5);
    await close(same);
    const elsewhere = await open({ databaseUrl: await createDatabase(false), databaseUrlDirect });
    const failure = elsewhere.migrate();
    await expect(failure).rejects.toThrow(DatabaseSchemaError);
    await expect(failure).rejects.toThrow(
      'DATABASE_URL leads to schema "public", which lacks the tables that were made through DATABASE_URL_DIRECT',
    );
  });

  test('an embedded database that was left behind is named, and brought over once', async () => {
    const embedded = await open();
    await embedded.db.$client`
      insert into events (source, external_id, subject, stream, type, severity, body, raw, routes)
      values ('di', '1', 'event/1', 'event', 'X', 3, '{}', '{}', '{}')`;
    await embedded.db.$client`
      insert into deliveries (event_id, sink, state, priority) select id, 'soc', 'pending', 1 from events`;
    await close(embedded);
    const store = await open({ databaseUrl: await createDatabase() });
    expect(await store.leftover()).toContain('1 of its deliveries wait or are dead');
    expect(await store.bringOver()).toBe(1);
    expect(await store.bringOver()).toBe(0);
    expect(await store.db.$client`select sink, state from deliveries`).toEqual([
      { sink: 'soc', state: 'pending' },
    ]);
    expect(await store.leftover(), 'nothing waits there any more').toBeUndefined();
  });

  test('nothing is brought over from a directory without a database, nor from one in use', async () => {
    const databaseUrl = await createDatabase();
    const store = await open({ databaseUrl });
    expect([await store.leftover(), await store.bringOver()]).toEqual([undefined, undefined]);
    mkdirSync(join(dataDir, 'postgres'));
    const second = await open({ databaseUrl });
    await expect(second.bringOver()).rejects.toThrow(DataDirectoryError);
    await expect(second.bringOver()).rejects.toThrow('another process has it. Stop Tocsin first');
  });
});

// How a service waits for its database.
import { expect, test } from 'vitest';
import type { Config } from '../../src/config/index.ts';
import { createWake } from '../../src/core/loops/wake.ts';
import { createLogger } from '../../src/observe/log.ts';
import { awaitDatabase, logDatabase } from '../../src/service/begin.ts';
import { DatabaseSchemaError } from '../../src/store/journal.ts';

/** @param steps what each migration does; then they pass */
function begin(steps: readonly (number | Error)[], stopAfter = Number.POSITIVE_INFINITY) {
  const lines: { msg: string; error?: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const wake = createWake();
  const waits: number[] = [];
  const calls = { migrate: 0, prepare: 0 };
  const left = [...steps];
  const ready = awaitDatabase({
    config: { databaseUrl: undefined } as unknown as Config,
    log,
    wake: { ...wake, wait: async (ms) => void waits.push(ms) },
    isStopping: () => calls.migrate >= stopAfter,
    store: {
      async migrate() {
        calls.migrate += 1;
        const step = left.shift() ?? 0;
        if (step instanceof Error) throw step;
        return step;
      },
    },
    async prepare() {
      calls.prepare += 1;
    },
  });
  return { ready, lines, waits, calls };
}

test('a database that is there is migrated once, and then prepared', async () => {
  const { ready, lines, waits, calls } = begin([3]);
  expect(await ready).toBe(true);
  expect([calls, waits]).toEqual([{ migrate: 1, prepare: 1 }, []]);
  expect(lines).toMatchObject([{ msg: 'database migrated', applied: 3 }]);
});

test('one that is not there is tried again, ever more slowly up to 15 s', async () => {
  const { ready, waits, calls } = begin(Array(7).fill(new Error('away')));
  expect(await ready).toBe(true);
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(calls.prepare).toBe(1);
});

test('what people can mend is said in its own words', async () => {
  const { ready, lines } = begin([new DatabaseSchemaError('a newer release made this database')]);
  await ready;
  const text = 'a newer release made this database';
  expect(lines).toMatchObject([{ error: text, msg: 'the database is not ready; trying again' }]);
});

test('a service that stops meanwhile begins no work', async () => {
  expect(await begin([new Error('away')], 1).ready).toBe(false);
  expect(await begin([0], 1).ready).toBe(false);
});

test.each([
  ['postgres', undefined, []],
  ['embedded', undefined, ['not against power loss']],
  ['postgres', 'it holds 3 deliveries', ['was left behind']],
] as const)('a start on %s says what must be known of it', async (kind, leftover, said) => {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  await logDatabase({ kind, leftover: async () => leftover }, { dataDir: '/srv/data' }, log);
  expect(lines).toEqual(said.map((words) => expect.stringContaining(words)));
});

// A source that gives what the test says, on a real Postgres, and what came of it.
import type { FreshDeliveries } from '../../../src/core/intake/intake.ts';
import type { PollDependencies } from '../../../src/core/intake/poll.ts';
import { SilenceReader } from '../../../src/core/silences/reader.ts';
import type { Page } from '../../../src/kit/source.ts';
import { createMetrics } from '../../../src/observe/metrics/index.ts';
import { readCursor } from '../../../src/store/cursors.ts';
import { quiet, toSoc, useDatabase } from '../../store/stored.ts';

/** The signal of a stop that does not come. */
export const never = new AbortController().signal;

/** A database for the tests of a file, and source `a` that is read into it. */
export function usePolling() {
  const database = useDatabase();

  /**
   * A source that gives these pages, or throws these errors, one after the other; then empty ones.
   */
  function scripted(steps: readonly (Partial<Page> | Error)[]) {
    const asked: (string | null)[] = [];
    const left = [...steps];
    return {
      asked,
      kind: 'poll' as const,
      async poll(cursor: string | null): Promise<Page> {
        asked.push(cursor);
        const step = left.shift();
        if (step instanceof Error) throw step;
        return { events: [], cursor: null, more: false, ...step };
      },
    };
  }

  function setUp(source: PollDependencies['source'], more: Partial<PollDependencies> = {}) {
    const fresh: FreshDeliveries[] = [];
    const deps: PollDependencies = {
      id: 'a',
      source,
      db: database(),
      routes: toSoc,
      silences: new SilenceReader(database(), quiet),
      intervalMs: 20,
      metrics: createMetrics({
        version: 't',
        sources: [{ id: 'a' }],
        sinks: [{ id: 'soc' }],
        roles: [],
      }),
      log: quiet,
      now: Date.now,
      random: () => 0.5,
      lanes: { offer: (deliveries) => void fresh.push(deliveries) },
      ...more,
    };
    return { deps, fresh };
  }

  const cursorNow = async () => (await readCursor(database(), 'a')).cursor;
  const storedIds = async () => {
    const rows = await database()
      .$client`select external_id from events where source = 'a' order by id`;
    return rows.map((row) => row.external_id);
  };
  const noticesOf = async (type: string) => {
    const rows = await database().$client`
      select d.sink from events e join deliveries d on d.event_id = e.id where e.source = 'tocsin' and e.type = ${type} order by 1`;
    return rows.map((row) => row.sink);
  };

  return { database, scripted, setUp, cursorNow, storedIds, noticesOf };
}

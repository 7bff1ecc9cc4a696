// Many stored events, and a search of all of them, for the tests of the search.
import { expect } from 'vitest';
import { keyOf } from '../../../src/kit/event-keys.ts';
import type { FoundEvent, SearchFilter, SearchRange } from '../../../src/kit/records/search.ts';
import type { Database } from '../../../src/store/database.ts';
import { searchEvents } from '../../../src/store/search/index.ts';

/** All steps, one after the other. */
export async function searchAll(db: Database, filter: SearchFilter, limit = 7) {
  const found: FoundEvent[] = [];
  let steps = 0;
  let range: SearchRange | null = null;
  do {
    const step = await searchEvents(db, filter, { range, limit });
    expect(step.events.length).toBeLessThanOrEqual(limit);
    expect(step.searchedTo === null).toBe(step.next === null);
    found.push(...step.events);
    range = step.next;
    steps += 1;
  } while (range !== null);
  return { found, ids: found.map(({ externalId }) => externalId), steps };
}

interface Shape {
  readonly count?: number;
  readonly gap?: number;
  readonly every?: number;
  /** The newest events are of no device. */
  readonly busyTo?: number;
}

/** One event in `every` is of the device `busy`, over `count` × `gap` ids. */
export async function fillMany(db: Database, shape: Shape = {}): Promise<void> {
  const { count = 6000, gap = 20, every = 1, busyTo = count } = shape;
  const keys = `{${keyOf('device', 'busy')}}`;
  await db.$client`
    insert into events (id, source, external_id, subject, stream, type, severity, body, raw, routes,
      keys) overriding system value
    select n * ${gap}::integer, 'di', n::text, 'event/' || n, 'event', 'T', 3,
      case when n % ${every}::integer = 0 and n <= ${busyTo}::integer
        then '{"device":{"name":"busy"}}' else '{}' end::json, '{}', '{}',
      case when n % ${every}::integer = 0 and n <= ${busyTo}::integer
        then ${keys}::text::integer[] else '{}' end
    from generate_series(1, ${count}::integer) n`;
}

// A polled source and what stands for the store behind it: reads to the end, page by page, and knows
// what was stored before. A fault before a page is stored leaves the position where it was.
import { expect } from 'vitest';
import type { EventDraft } from '../../src/kit/event.ts';
import type { PollSource, SourceDefinition } from '../../src/kit/source.ts';
import { adapterContext } from '../contract/adapter-cases.ts';
import { faultsOf } from '../contract/draft-faults.ts';

const never = new AbortController().signal;

export interface Polled {
  readonly stored: ReadonlyMap<string, EventDraft>;
  cursor(): string | null;
  /** Reads to the end. @returns the ids of what is new */
  drain(pagesMax?: number): Promise<string[]>;
  /** Reads one page. @param isLost it is not stored */
  turn(isLost?: boolean): Promise<{ readonly fresh: string[]; readonly more: boolean }>;
  /** As another process that knows the position alone. */
  restart(): void;
}

/** Must be called within a test. @param now milliseconds since the epoch */
export function startPolled(
  definition: SourceDefinition,
  settings: object,
  now: () => number = Date.now,
): Polled {
  const config = definition.config.parse(settings);
  const create = () =>
    definition.create(config, { ...adapterContext(), id: 'edr', now }) as PollSource;
  let source = create();
  let cursor: string | null = null;
  const stored = new Map<string, EventDraft>();
  const turn = async (isLost = false) => {
    const page = await source.poll(cursor, never);
    if (isLost) {
      source.notStored?.();
      return { fresh: [], more: page.more };
    }
    cursor = page.cursor ?? cursor;
    const fresh = page.events.filter(({ externalId }) => !stored.has(externalId));
    for (const event of page.events) {
      expect(faultsOf(event)).toEqual([]);
      if (!stored.has(event.externalId)) stored.set(event.externalId, event);
    }
    return { fresh: [...new Set(fresh.map(({ externalId }) => externalId))], more: page.more };
  };
  return {
    stored,
    cursor: () => cursor,
    turn,
    async drain(pagesMax = 100) {
      const ids: string[] = [];
      for (let pages = 1; ; pages += 1) {
        const { fresh, more } = await turn();
        ids.push(...fresh);
        if (!more) return ids;
        expect(pages, 'it comes to an end').toBeLessThan(pagesMax);
      }
    },
    restart() {
      source = create();
    },
  };
}

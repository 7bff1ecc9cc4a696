// What is stored, as the source of changes is told of it, kept in memory: the tests of the source
// need no database. Stores as intake does: what has a known external id is not stored again.
import type { EventDraft } from '../../../../src/kit/event.ts';
import type { KnownEvent, KnownItems } from '../../../../src/kit/source.ts';

export interface LedgerEvent extends KnownEvent {
  readonly draft: EventDraft;
}

export class Ledger implements KnownItems {
  readonly events: LedgerEvent[] = [];
  readonly #keys = new Set<string>();
  readonly #now: () => number;
  /** Set: the next call fails so. */
  failure: Error | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  store(source: string, drafts: readonly EventDraft[]): void {
    for (const draft of drafts) {
      const { externalId, subject, stream, severity, status } = draft;
      const key = `${source} ${externalId}`;
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      const eventId = this.events.length + 1;
      const facts = { eventId, source, externalId, subject, stream, severity, status };
      this.events.push({ ...facts, receivedAtMs: this.#now(), draft });
    }
  }

  async olderThan(ageMs: number): Promise<number> {
    this.#fail();
    const limit = this.#now() - ageMs;
    return this.events.findLast(({ receivedAtMs }) => receivedAtMs < limit)?.eventId ?? 0;
  }

  async after(eventId: number, limit: number): Promise<readonly KnownEvent[]> {
    this.#fail();
    return this.events.slice(eventId, eventId + limit);
  }

  async raws(eventIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    this.#fail();
    return new Map(eventIds.map((id) => [id, this.events[id - 1]!.draft.raw]));
  }

  #fail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }
}

// Asks the database once a second for new events while somebody watches, and never otherwise:
// all who watch share the question.
import { MissingIds, type ShownTailed, tailAlsoMax, tailMax } from '../../../operations/index.ts';

/** What a question of the tail answers. */
export interface Tailed {
  readonly items: readonly ShownTailed[];
  readonly newest: number;
}

/** @param after null: only which event is the newest */
export type AskTail = (after: number | null, also: readonly number[]) => Promise<Tailed>;

export interface Watcher {
  /** An event may come after later ones. */
  show(events: readonly ShownTailed[]): void;
  /** The events of these ids are not shown. */
  skip(from: number, to: number): void;
}

export interface TailDependencies {
  readonly ask: AskTail;
  onFailure(error: unknown): void;
  readonly everyMs?: number;
}

/**
 * How far it may fall behind when more events come than one answer a second holds. Beyond that
 * nobody reads along, and to look at all of them would cost the deliveries.
 */
const behindMax = 4 * tailMax;
/** How long an id that was passed over may take to appear. */
const missingMs = 30_000;

export class Tail {
  readonly #deps: TailDependencies;
  readonly #everyMs: number;
  readonly #watchers = new Set<Watcher>();
  readonly #missing = new MissingIds({ waitMs: missingMs, max: tailAlsoMax });
  /** Null while nobody watches. */
  #position: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;

  constructor(deps: TailDependencies) {
    this.#deps = deps;
    this.#everyMs = deps.everyMs ?? 1000;
  }

  /**
   * @returns the id after which the watcher is shown events
   * @throws the error of the question
   */
  async join(watcher: Watcher): Promise<number> {
    if (this.#position === null) {
      const { newest } = await this.#deps.ask(null, []);
      this.#position ??= newest;
    }
    this.#watchers.add(watcher);
    this.#timer ??= this.#later();
    return this.#position;
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#position = null;
    this.#missing.clear();
  }

  #later(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), this.#everyMs).unref();
  }

  async #look(): Promise<void> {
    const mine = this.#timer;
    try {
      await this.#askAll();
      this.#isFailing = false;
    } catch (error) {
      // Once: the next success shows what came meanwhile.
      if (!this.#isFailing) this.#deps.onFailure(error);
      this.#isFailing = true;
    }
    // Otherwise all have left meanwhile, and somebody may have come since.
    if (this.#timer === mine && mine !== undefined) this.#timer = this.#later();
  }

  async #askAll(): Promise<void> {
    const before = this.#position;
    if (before === null) return;
    const found = await this.#deps.ask(before, this.#missing.waitedFor(performance.now()));
    if (this.#position !== before) return;
    this.#take(before, found);
    if (found.items.length < tailMax) return;
    const after = this.#position;
    const { newest } = await this.#deps.ask(null, []);
    if (this.#position !== after || newest - after <= behindMax) return;
    this.#position = newest;
    this.#missing.clear();
    for (const watcher of this.#watchers) watcher.skip(after + 1, newest);
  }

  #take(after: number, { items, newest }: Tailed): void {
    this.#position = newest;
    const ids = items.map(({ id }) => Number(id));
    this.#missing.note(after, ids, performance.now());
    if (items.length === 0) return;
    for (const watcher of this.#watchers) watcher.show(items);
  }
}

// What people asked of sources and sinks, as this process knows it: read every few seconds, and at
// once after an act in this process, so that loops can ask without waiting.
import type { Pause, StoredControl } from '../../kit/records/control.ts';
import type { Logger } from '../../observe/log.ts';
import { readControls } from '../../store/controls.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { createWake } from './wake.ts';

/** What another process was asked takes effect here within this time. */
const lookEveryMs = 3000;

/** Of one source or sink. */
export interface Control {
  /** For how long it must rest still; 0: it is not paused. */
  pausedMs(): number;
  /** Changes whenever somebody asks for a poll; null: nobody has of late. */
  pollAskedAt(): string | null;
  /** @param onChange called after a change @returns ends that */
  watch(onChange: () => void): () => void;
}

export interface ControlsOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly everyMs?: number;
  /** Monotonic, in milliseconds. */
  readonly clock?: () => number;
}

interface Known {
  readonly pause: Pause | null;
  /** Monotonic; so a pause also ends while the database is away. */
  readonly untilMs: number;
  readonly pollAskedAt: string | null;
}

const nothing: Known = { pause: null, untilMs: 0, pollAskedAt: null };

export class Controls {
  readonly #options: ControlsOptions;
  readonly #wake = createWake();
  readonly #watchers = new Map<string, Set<() => void>>();
  #known: ReadonlyMap<string, Known> = new Map();
  /** Looks take turns, so that the last that ends is the newest. */
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isFailing = false;

  constructor(options: ControlsOptions) {
    this.#options = options;
  }

  /** @param name `source:<id>` or `sink:<id>` */
  of(name: string): Control {
    return {
      pausedMs: () => this.#pausedMs(name),
      pollAskedAt: () => (this.#known.get(name) ?? nothing).pollAskedAt,
      watch: (onChange) => this.#watch(name, onChange),
    };
  }

  /** Null if it is not paused. */
  pauseOf(name: string): Pause | null {
    return this.#pausedMs(name) > 0 ? (this.#known.get(name)?.pause ?? null) : null;
  }

  /**
   * Reads what is asked now. To be awaited once before anything is worked: what was paused before a
   * restart stays so.
   * @throws the driver's error; what was known stays
   */
  look(): Promise<void> {
    const next = this.#looking.then(() => this.#read());
    this.#looking = next.catch(() => undefined);
    return next;
  }

  /** This process has changed something: it takes effect at once. */
  changed(): void {
    this.#wake.now();
  }

  /** Looks every few seconds until stopped. */
  start(): void {
    void this.#loop();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake.now();
  }

  async #loop(): Promise<void> {
    const { everyMs = lookEveryMs } = this.#options;
    while (!this.#isStopped) {
      await this.#wake.wait(everyMs);
      if (this.#isStopped) return;
      await this.look().then(
        () => this.#note(undefined),
        (error: unknown) => this.#note(error),
      );
    }
  }

  /** Logs the first failure of a row. */
  #note(error: unknown): void {
    if (error !== undefined && !this.#isFailing)
      this.#options.log.warn(
        { error: databaseErrorText(error) },
        'what people asked of sources and sinks could not be read; what is known goes on',
      );
    this.#isFailing = error !== undefined;
  }

  async #read(): Promise<void> {
    const askedAtMs = this.#nowMs();
    const rows = await readControls(this.#options.db);
    const before = this.#known;
    const known = new Map(rows.map((one) => [one.name, knownOf(one, askedAtMs)]));
    this.#known = known;
    for (const name of new Set([...before.keys(), ...known.keys()]))
      this.#compare(name, before.get(name) ?? nothing, known.get(name) ?? nothing);
  }

  #compare(name: string, before: Known, now: Known): void {
    if (before.pollAskedAt === now.pollAskedAt && isSame(before.pause, now.pause)) return;
    const { log } = this.#options;
    if (now.pause !== null && !isSame(before.pause, now.pause)) {
      const { by, until, reason } = now.pause;
      log.info({ name, by, until, reason }, 'paused by an operator');
    } else if (now.pause === null && before.pause !== null) {
      log.info({ name }, 'the pause by an operator is over');
    }
    for (const onChange of this.#watchers.get(name) ?? []) onChange();
  }

  #pausedMs(name: string): number {
    return Math.max(0, (this.#known.get(name) ?? nothing).untilMs - this.#nowMs());
  }

  #watch(name: string, onChange: () => void): () => void {
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers.add(onChange));
    return () => void watchers.delete(onChange);
  }

  #nowMs(): number {
    return this.#options.clock?.() ?? performance.now();
  }
}

/** @param askedAtMs before the database was asked: the pause ends rather early than late */
function knownOf({ pause, pollAskedAt }: StoredControl, askedAtMs: number): Known {
  return { pause, untilMs: pause === null ? 0 : askedAtMs + pause.remainingMs, pollAskedAt };
}

function isSame(one: Pause | null, other: Pause | null): boolean {
  return one?.since === other?.since && one?.until === other?.until && one?.by === other?.by;
}

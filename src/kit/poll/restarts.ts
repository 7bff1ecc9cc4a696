// Whether the pages of a walk may be read again from the first one: where the far end knows a mark no
// longer, as after an outage, but not for ever, since then nobody would hear that pages are missing.
import { AdapterError } from '../errors.ts';
import type { Position } from './position.ts';

/** Without a walk that came to its end in between. */
const inARowMax = 3;
/** After so long, it is tried once more. */
const patienceMs = 1_800_000;

/** Of a mark that the far end knows no longer. */
const refusals: readonly (number | undefined)[] = [400, 404, 409, 410, 422];

export class Restarts {
  readonly #now: () => number;
  #inARow = 0;
  #failedSinceMs: number | undefined;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The position, out of its walk where that has not gone on for long. */
  resume(position: Position): Position {
    const { walk, ...settled } = position;
    if (walk === undefined || !this.#isStuck()) return position;
    this.#failedSinceMs = undefined;
    return settled;
  }

  /** Whether the walk may begin again after this failure to ask for its next page. Counts. */
  mayFollow(error: unknown): boolean {
    if (!(error instanceof AdapterError) || error.reason === 'auth') return false;
    if (!refusals.includes(error.status)) return false;
    if (this.#inARow < inARowMax) {
      this.#inARow += 1;
      return true;
    }
    this.failed();
    return false;
  }

  /** The page could not be followed. */
  failed(): void {
    this.#failedSinceMs ??= this.#now();
  }

  /** A page was read. @param isEnd it was the last of its walk */
  turned(isEnd: boolean): void {
    this.#failedSinceMs = undefined;
    if (isEnd) this.#inARow = 0;
  }

  #isStuck(): boolean {
    const since = this.#failedSinceMs;
    return since !== undefined && this.#now() - since >= patienceMs;
  }
}

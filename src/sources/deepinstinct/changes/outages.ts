// What the console cannot do at the moment: it is left alone for an hour, and then tried again.
import type { AdapterError } from '../../../kit/errors.ts';

const hourMs = 3_600_000;
/** The console does not know the question, or answers another one. */
const statuses: readonly (number | undefined)[] = [400, 404, 405, 410, 501];

export class Outages {
  /** By name, when it began; milliseconds since the epoch. */
  readonly #since = new Map<string, number>();

  isOut(name: string, nowMs: number): boolean {
    const sinceMs = this.#since.get(name);
    return sinceMs !== undefined && Math.abs(nowMs - sinceMs) < hourMs;
  }

  begin(name: string, nowMs: number): void {
    this.#since.set(name, nowMs);
  }

  /** Only what would fail again in the same way is left alone. */
  failed(name: string, { reason, status }: AdapterError, nowMs: number): void {
    const isUnheeded = reason === 'malformed' && status === undefined;
    if (isUnheeded || statuses.includes(status)) this.begin(name, nowMs);
  }
}

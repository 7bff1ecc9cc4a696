// The deliveries of one sink that this process handles: due, in flight, or answered and not yet
// written. None of them is read twice, and none is forgotten.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { InFlight } from './in-flight.ts';
import { Ready, type ReadyDependencies } from './ready.ts';
import { Recorder, type RecorderDependencies, type WrittenCounts } from './recorder.ts';

export interface InHandDependencies
  extends Omit<RecorderDependencies, 'onWritten'>,
    Pick<ReadyDependencies, 'batchMax' | 'rereadMs'> {
  readonly metrics: Metrics;
  /** Due deliveries, most urgent first, without those that are excluded. */
  take(limit: number, excluded: Iterable<number>): Promise<readonly DueDelivery[]>;
  /** Called when there may be something new to send. */
  onChange(): void;
}

export class InHand {
  readonly #deps: InHandDependencies;
  readonly inFlight = new InFlight();
  readonly ready: Ready;
  readonly recorder: Recorder;

  constructor(deps: InHandDependencies) {
    const { batchMax, rereadMs, take } = deps;
    this.#deps = deps;
    this.recorder = new Recorder({
      ...deps,
      onWritten: (ids, counts, delaysMs) => this.#written(ids, counts, delaysMs),
    });
    this.ready = new Ready({ read: take, excluded: () => this.excluded(), batchMax, rereadMs });
  }

  /** Ids that must not be read as due: in flight, or answered and not yet written. */
  excluded(): number[] {
    return [...this.inFlight.ids(), ...this.recorder.unwritten()];
  }

  /** Nothing is in flight or unwritten. */
  isSettled(): boolean {
    return this.inFlight.count() === 0 && this.recorder.size() === 0;
  }

  /** To be called when deliveries became due in the database. */
  expire(): void {
    this.ready.expire();
    this.#deps.onChange();
  }

  #written(
    eventIds: readonly number[],
    counts: WrittenCounts,
    delaysMs: readonly number[] = [],
  ): void {
    const { metrics, sink, onChange } = this.#deps;
    const nowMs = performance.now();
    for (const eventId of eventIds) this.ready.written(eventId);
    for (const delayMs of delaysMs) this.ready.dueAgain(nowMs + delayMs, nowMs);
    metrics.deliveries.inc({ sink, outcome: 'delivered' }, counts.delivered);
    metrics.deliveries.inc({ sink, outcome: 'dead' }, counts.dead);
    if (counts.delivered < eventIds.length) this.ready.expire();
    onChange();
  }
}

// Every metric of Tocsin, in one registry of its own. Labels come from configuration or from a
// closed set, never from an event or a request. Nothing here asks the database: whoever can do that
// registers with `onCollect`.
import { type CollectLimits, createCollector, defaultLimits } from '../collect.ts';
import { createInstruments, createRegistry } from './instruments/index.ts';
import {
  heartbeatOutcomes,
  type SinkState,
  sinkStates,
  type WriteFailureReason,
  writeFailureReasons,
} from './labels.ts';
import { createSeries, type MetricIds } from './series.ts';

export {
  deliveryOutcomes,
  type HeartbeatOutcome,
  noReason,
  pollOutcomes,
  type SinkState,
  severityLabel,
  sinkStates,
} from './labels.ts';
export type { MetricIds } from './series.ts';

/**
 * The metrics, every series of `ids` at zero, and Node's own. `expose` gives the text of
 * `/metrics`; it always resolves, within about `waitMs`, also when the database is away: then the
 * last values stay and `tocsin_database_up` says 0.
 */
export function createMetrics(
  ids: MetricIds & { readonly version: string },
  limits: CollectLimits = defaultLimits,
) {
  const registry = createRegistry();
  const instruments = createInstruments(registry);
  instruments.buildInfo.set({ version: ids.version, node: process.versions.node }, 1);
  for (const outcome of heartbeatOutcomes) instruments.heartbeats.inc({ outcome }, 0);
  for (const reason of writeFailureReasons) instruments.databaseWritesFailing.set({ reason }, 0);
  const series = createSeries(instruments);
  series.expect(ids);
  const { onCollect, refresh } = createCollector(limits, (isUp) =>
    instruments.databaseUp.set(isUp ? 1 : 0),
  );

  return {
    registry,
    ...instruments,
    ...series,
    /**
     * Registers what sets the gauges that need the database. A rejection means that the database is
     * away.
     */
    onCollect,
    /** Marks the one state that `sink` is in. */
    setSinkState(sink: string, current: SinkState): void {
      for (const state of sinkStates)
        instruments.sinkState.set({ sink, state }, state === current ? 1 : 0);
    },
    /**
     * Marks the one reason why the database takes no writes. @param current undefined while it
     * takes them
     */
    setWriteProblem(current: WriteFailureReason | undefined): void {
      for (const reason of writeFailureReasons)
        instruments.databaseWritesFailing.set({ reason }, reason === current ? 1 : 0);
    },
    /** This process does not work the sink any more, and knows nothing of its state. */
    leaveSink(sink: string): void {
      for (const state of sinkStates) instruments.sinkState.set({ sink, state }, 0);
      instruments.sinkStorm.set({ sink }, 0);
    },
    contentType: registry.contentType,
    async expose(): Promise<string> {
      await refresh();
      return registry.metrics();
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

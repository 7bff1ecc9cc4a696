// Every metric of Tocsin, in a registry of its own. Labels come from the configuration or from a
// closed set, never from an event or a request. Nothing here queries the database: code that does
// registers with `onCollect`.

import { type Severity, severityNames } from '../../kit/event.ts';
import type { IncidentState } from '../../kit/incident.ts';
import { type CollectLimits, createCollector, defaultLimits } from '../collect.ts';
import { createInstruments, createRegistry } from './instruments/index.ts';
import {
  calendarOutcomes,
  escalationOutcomes,
  type HoursLabel,
  heartbeatOutcomes,
  hoursLabels,
  type SinkState,
  severityLabel,
  sinkStates,
  type WriteFailureReason,
  writeFailureReasons,
} from './labels.ts';
import { createSeries, type MetricIds } from './series.ts';

export {
  deliveryOutcomes,
  type HeartbeatOutcome,
  noReason,
  type PushOutcome,
  pollOutcomes,
  pushOutcomes,
  type SinkState,
  severityLabel,
  sinkStates,
} from './labels.ts';
export type { MetricIds } from './series.ts';

/**
 * Makes the metrics, with every series of `ids` at zero, and Node's own. `expose` returns the text
 * of `/metrics`. It always resolves within about `waitMs`: without the database, the last values
 * stay and `tocsin_database_up` is 0.
 */
export function createMetrics(
  ids: MetricIds & { readonly version: string },
  limits: CollectLimits = defaultLimits,
) {
  const registry = createRegistry();
  const instruments = createInstruments(registry);
  instruments.buildInfo.set({ version: ids.version, node: process.versions.node }, 1);
  for (const outcome of heartbeatOutcomes) instruments.heartbeats.inc({ outcome }, 0);
  for (const outcome of escalationOutcomes) instruments.escalations.inc({ outcome }, 0);
  for (const outcome of calendarOutcomes) instruments.dutyCalendarReads.inc({ outcome }, 0);
  for (const reason of writeFailureReasons) instruments.databaseWritesFailing.set({ reason }, 0);
  for (const name of severityNames)
    for (const hours of hoursLabels) {
      instruments.acknowledgeSeconds.zero({ severity: name.toLowerCase(), hours });
      instruments.resolveSeconds.zero({ severity: name.toLowerCase(), hours });
    }
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
     * Registers a function that sets gauges from the database. If it rejects, the database counts
     * as down.
     */
    onCollect,
    /** Sets the state of `sink`. */
    setSinkState(sink: string, current: SinkState): void {
      for (const state of sinkStates)
        instruments.sinkState.set({ sink, state }, state === current ? 1 : 0);
    },
    /** Counts that an incident was acknowledged or resolved for the first time; no other state. */
    countHandled(
      state: IncidentState,
      {
        severity,
        hours,
        seconds,
      }: { readonly severity: Severity; readonly hours: HoursLabel; readonly seconds: number },
    ): void {
      const labels = { severity: severityLabel(severity), hours };
      if (state === 'acknowledged') instruments.acknowledgeSeconds.observe(labels, seconds);
      if (state === 'resolved') instruments.resolveSeconds.observe(labels, seconds);
    },
    /**
     * Sets why the database takes no writes.
     * @param current undefined while it takes writes
     */
    setWriteProblem(current: WriteFailureReason | undefined): void {
      for (const reason of writeFailureReasons)
        instruments.databaseWritesFailing.set({ reason }, reason === current ? 1 : 0);
    },
    /** Clears the state of a sink that this process does not work on any more. */
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

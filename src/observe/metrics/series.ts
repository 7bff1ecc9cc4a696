// Which series exist: each configured source, sink and role has all of its series from the start,
// at zero.
import { type Severity, severityNames } from '../../kit/event.ts';
import { suppressions } from '../../kit/records/suppression.ts';
import type { Instruments } from './instruments/index.ts';
import {
  attemptReasons,
  deliveryOutcomes,
  editOutcomes,
  noReason,
  otherType,
  pollOutcomes,
  pushOutcomes,
  severityLabel,
  sinkStates,
} from './labels.ts';

/** The sources, sinks and roles that have series. */
export interface MetricIds {
  /** `types`: the types of events that get series of their own. */
  readonly sources: readonly {
    readonly id: string;
    readonly types?: readonly string[] | undefined;
    /** It is pushed to, and never polled. */
    readonly isPushed?: boolean | undefined;
  }[];
  readonly sinks: readonly { readonly id: string }[];
  /** Names of roles, as in `leases.name`. */
  readonly roles: readonly string[];
}

/** Keeps track of the sources, sinks and roles that are shown, across configurations. */
export function createSeries(instruments: Instruments) {
  const counted = { sources: new Set<string>(), sinks: new Set<string>() };
  const shown = { sources: new Set<string>(), sinks: new Set<string>(), roles: new Set<string>() };
  /** By id of source. */
  const types = new Map<string, ReadonlySet<string>>();
  const idsOf = (ids: MetricIds) => ({
    sources: ids.sources.map(({ id }) => id),
    sinks: ids.sinks.map(({ id }) => id),
    roles: ids.roles,
  });
  return {
    /** Ids of the sources that are shown. */
    shownSources: (): readonly string[] => [...shown.sources],
    /** Ids of the sinks that are shown. */
    shownSinks: (): readonly string[] => [...shown.sinks],
    /** Starts the series of new ids at zero, and changes no other. */
    expect(ids: MetricIds): void {
      const { sources, sinks, roles } = idsOf(ids);
      const pushed = new Set(ids.sources.flatMap(({ id, isPushed }) => (isPushed ? [id] : [])));
      for (const id of fresh(sources, counted.sources))
        startSource(instruments, id, pushed.has(id));
      for (const { id, types: own = [] } of ids.sources) {
        types.set(id, new Set(own));
        for (const type of [...own, otherType])
          instruments.sourceEventTypes.inc({ source: id, type }, 0);
      }
      for (const id of fresh(sinks, counted.sinks)) startSink(instruments, id);
      for (const id of fresh(sources, shown.sources)) showSource(instruments, id, pushed.has(id));
      for (const id of fresh(sinks, shown.sinks)) showSink(instruments, id);
      for (const role of fresh(roles, shown.roles)) instruments.roleHeld.set({ role }, 0);
    },
    /** Shows what a source that has a budget of requests says of itself. */
    showFigures(
      source: string,
      {
        requests,
        watched,
        sweepAgeMs,
      }: {
        readonly requests: number;
        readonly watched: number;
        readonly sweepAgeMs: number | undefined;
      },
    ): void {
      instruments.sourceRequests.inc({ source }, requests);
      instruments.sourceWatched.set({ source }, watched);
      if (sweepAgeMs !== undefined) instruments.sourceSweepAge.set({ source }, sweepAgeMs / 1000);
    },
    /** Counts an event that was stored for the first time. */
    countEvent(
      source: string,
      { severity, type }: { readonly severity: Severity; readonly type: string },
    ): void {
      instruments.sourceEvents.inc({ source, severity: severityLabel(severity) });
      instruments.sourceEventTypes.inc({
        source,
        type: types.get(source)?.has(type) ? type : otherType,
      });
    },
    /**
     * Removes the gauges of all other ids, since nobody sets them any more. Their counters stay: an
     * id may come back, and a counter must never decrease.
     */
    forgetOthers(ids: MetricIds): void {
      const { sources, sinks, roles } = idsOf(ids);
      for (const id of takeOthers(shown.sources, sources)) hideSource(instruments, id);
      for (const id of takeOthers(shown.sinks, sinks)) hideSink(instruments, id);
      for (const role of takeOthers(shown.roles, roles)) instruments.roleHeld.remove({ role });
    },
  };
}

/** The ids that are not known yet, which become known. */
function fresh(ids: readonly string[], known: Set<string>): string[] {
  const unknown = ids.filter((id) => !known.has(id));
  for (const id of unknown) known.add(id);
  return unknown;
}

/** The known ids that are not among `ids`, which stop being known. */
function takeOthers(known: Set<string>, ids: readonly string[]): string[] {
  const others = [...known].filter((id) => !ids.includes(id));
  for (const id of others) known.delete(id);
  return others;
}

function startSource(instruments: Instruments, source: string, isPushed: boolean): void {
  for (const name of severityNames)
    instruments.sourceEvents.inc({ source, severity: name.toLowerCase() }, 0);
  instruments.sourceDuplicates.inc({ source }, 0);
  if (isPushed) {
    for (const outcome of pushOutcomes) instruments.sourcePushes.inc({ source, outcome }, 0);
    return;
  }
  for (const outcome of pollOutcomes) instruments.sourcePolls.inc({ source, outcome }, 0);
  instruments.sourcePollDuration.zero({ source });
}

function polledGauges(instruments: Instruments) {
  const { sourceLastSuccess, sourceCursor, sourceOtherConsole } = instruments;
  return [sourceLastSuccess, sourceCursor, sourceOtherConsole];
}

function sourceGauges({ sourceLag, sourcePausedByOperator }: Instruments) {
  return [sourceLag, sourcePausedByOperator];
}

function showSource(instruments: Instruments, source: string, isPushed: boolean): void {
  const own = isPushed ? [instruments.sourceLastPush] : polledGauges(instruments);
  for (const gauge of [...own, ...sourceGauges(instruments)]) gauge.set({ source }, 0);
}

function hideSource(instruments: Instruments, source: string): void {
  const { sourceCredentialExpiry, sourceWatched, sourceSweepAge, sourceLastPush } = instruments;
  const gauges = [
    ...[...polledGauges(instruments), ...sourceGauges(instruments)],
    ...[sourceCredentialExpiry, sourceWatched, sourceSweepAge, sourceLastPush],
  ];
  for (const gauge of gauges) gauge.remove({ source });
}

function startSink(instruments: Instruments, sink: string): void {
  for (const outcome of deliveryOutcomes) instruments.deliveries.inc({ sink, outcome }, 0);
  for (const reason of suppressions) instruments.deliveriesSuppressed.inc({ sink, reason }, 0);
  instruments.deliveryAttempts.inc({ sink, outcome: 'delivered', reason: noReason }, 0);
  for (const [outcome, reasons] of Object.entries(attemptReasons)) {
    for (const reason of reasons) instruments.deliveryAttempts.inc({ sink, outcome, reason }, 0);
  }
  instruments.deliveryAttemptDuration.zero({ sink });
  instruments.deliveryLatency.zero({ sink });
  for (const name of severityNames)
    instruments.eventToScreen.zero({ sink, severity: name.toLowerCase() });
  instruments.templateFailures.inc({ sink }, 0);
  for (const outcome of editOutcomes) instruments.edits.inc({ sink, outcome }, 0);
  for (const kind of ['group', 'storm']) {
    instruments.digests.inc({ sink, kind }, 0);
    instruments.digestEvents.inc({ sink, kind }, 0);
  }
}

function sinkGauges(instruments: Instruments) {
  const { deliveriesPending, deliveryOldestPendingAge, deliveryOldestUrgentPendingAge } =
    instruments;
  const ages = [deliveryOldestPendingAge, deliveryOldestUrgentPendingAge];
  return [
    deliveriesPending,
    ...ages,
    instruments.deliveriesDead,
    instruments.editsPending,
    instruments.sinkStorm,
    instruments.sinkOtherPlace,
    instruments.sinkPausedByOperator,
  ];
}

function showSink(instruments: Instruments, sink: string): void {
  for (const gauge of sinkGauges(instruments)) gauge.set({ sink }, 0);
  for (const state of sinkStates) instruments.sinkState.set({ sink, state }, 0);
}

function hideSink(instruments: Instruments, sink: string): void {
  for (const gauge of sinkGauges(instruments)) gauge.remove({ sink });
  for (const state of sinkStates) instruments.sinkState.remove({ sink, state });
}

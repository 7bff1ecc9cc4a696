// What stays when the configuration changes: the store, the metrics that query it, tracing.

import type { Config } from '../config/index.ts';
import { Controls } from '../core/loops/controls.ts';
import { askForProblem, createWrites, type Writes } from '../core/loops/writes.ts';
import type { Logger } from '../observe/log.ts';
import { createMetrics, type Metrics } from '../observe/metrics/index.ts';
import type { Exporting } from '../observe/tracing/export.ts';
import { countDeliveries } from '../store/deliveries/index.ts';
import { countEdits } from '../store/edits.ts';
import { openStore, type Store } from '../store/open.ts';
import { countActiveSilences } from '../store/silences.ts';
import { createEscalationFigures } from './escalation-figures.ts';
import { createIncidentFigures } from './incident-figures.ts';
import { openTracing } from './tracing.ts';

export interface Ground {
  readonly store: Store;
  readonly metrics: Metrics;
  /** Undefined: tracing is off. */
  readonly exporting: Exporting | undefined;
  readonly writes: Writes;
  /** What operators asked of sources and sinks. */
  readonly controls: Controls;
}

export interface GroundOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
  onFatal(error: Error): void;
}

/**
 * How many sinks that are no longer configured have a series. Earlier configurations chose their
 * names, so their number needs a limit of its own.
 */
const orphansShownMax = 50;

/** Opens the store; calls nobody. @throws {DataDirectoryError} */
export async function openGround(options: GroundOptions): Promise<Ground> {
  const { config, version, log, onFatal } = options;
  const store = await openStore({ ...config, log, onFatal });
  const metrics = createMetrics({ version, sources: [], sinks: [], roles: [] });
  const writes = createWrites();
  const controls = new Controls({ db: store.db, log });
  metrics.onCollect(async () => metrics.silencesActive.set(await countActiveSilences(store.db)));
  metrics.onCollect(() => collectDeliveries(store, metrics));
  metrics.onCollect(createIncidentFigures(store.db, metrics));
  metrics.onCollect(createEscalationFigures(store.db, metrics));
  metrics.onCollect(async () => collectPauses(controls, metrics));
  metrics.onCollect(async () => {
    // Another metric shows a database that does not answer.
    const problem = await askForProblem(store.ping, writes).catch(() => undefined);
    metrics.setWriteProblem(problem?.reason);
  });
  const exporting = await openTracing(config, { version, instanceId: store.instance.id, log });
  return { store, metrics, exporting, writes, controls };
}

async function collectDeliveries({ db }: Store, metrics: Metrics): Promise<void> {
  const counts = new Map((await countDeliveries(db)).map((count) => [count.sink, count]));
  const edits = await countEdits(db);
  const shown = metrics.shownSinks();
  for (const sink of shown) {
    const count = counts.get(sink);
    metrics.deliveriesPending.set({ sink }, count?.pending ?? 0);
    metrics.deliveriesDead.set({ sink }, count?.dead ?? 0);
    metrics.editsPending.set({ sink }, edits.get(sink) ?? 0);
    metrics.deliveryOldestPendingAge.set({ sink }, count?.oldestPendingSeconds ?? 0);
    metrics.deliveryOldestUrgentPendingAge.set({ sink }, count?.oldestUrgentSeconds ?? 0);
  }
  metrics.deliveriesOrphaned.reset();
  const orphaned = [...counts.values()].filter(({ sink }) => !shown.includes(sink));
  for (const { sink, pending, dead } of orphaned.slice(0, orphansShownMax))
    metrics.deliveriesOrphaned.set({ sink }, pending + dead);
}

function collectPauses(controls: Controls, metrics: Metrics): void {
  const isPaused = (name: string) => (controls.of(name).pausedMs() > 0 ? 1 : 0);
  for (const sink of metrics.shownSinks())
    metrics.sinkPausedByOperator.set({ sink }, isPaused(`sink:${sink}`));
  for (const source of metrics.shownSources())
    metrics.sourcePausedByOperator.set({ source }, isPaused(`source:${source}`));
}

// The worker of the role `job:escalation`: tells more people while nobody takes an incident, by the
// steps of its route. The database's clock alone says when; a step is stored once, whoever looks.
import type { Step, StepDelivery } from '../../kit/records/incident.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import {
  dueEscalations,
  type EscalatedIncident,
  planEscalation,
  readEscalation,
} from '../../store/escalation.ts';
import { changeIncident } from '../incidents/change.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import type { Route } from '../routing/index.ts';
import type { Duty } from '../rules/duty.ts';
import { type EscalationStep, momentsOf, takesPart } from '../rules/escalation.ts';
import { silence } from '../silences/index.ts';
import type { SilenceReader } from '../silences/reader.ts';
import { currentDuty } from './calendar.ts';
import { callOf, mentionOf } from './step.ts';
import { againMinMs, type StepVerdict, verdictOn } from './verdict.ts';

const everyMs = 2000;
const batchMax = 100;

export interface EscalationDependencies {
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'escalations'>;
  readonly routes: readonly Route[];
  readonly silences: Pick<SilenceReader, 'current'>;
  /** Absent: nobody ever is. */
  readonly duty?: Duty | undefined;
  /** An incident that happened longer ago tells nobody. */
  readonly maxAgeMs: number;
}

export function startEscalation(deps: EscalationDependencies, lease: Lease): RoleWorker {
  const escalation = new Escalation(deps);
  return startJob(lease, {
    everyMs,
    act: (job) => escalation.look(job),
    onError: (error) =>
      deps.log.error(
        { error: databaseErrorText(error) },
        'incidents not escalated; it is tried again',
      ),
  });
}

type Made = Extract<StepVerdict, { kind: 'make' }>;

export class Escalation {
  readonly #deps: EscalationDependencies;
  readonly #aheadMaxMs: number;

  constructor(deps: EscalationDependencies) {
    this.#deps = deps;
    const afters = deps.routes.flatMap(({ escalate }) =>
      momentsOf(escalate ?? []).map(({ atMs }) => atMs),
    );
    this.#aheadMaxMs = Math.max(againMinMs, ...afters) + 120_000;
  }

  /** Looks at each incident whose time has come. */
  async look(job: Pick<Job, 'isOver' | 'ask'>): Promise<void> {
    const { db } = this.#deps;
    const due = { limit: batchMax, aheadMaxMs: this.#aheadMaxMs };
    for (const id of await job.ask(() => dueEscalations(db, due))) {
      if (job.isOver()) return;
      await job.ask(() => this.#lookAt(id));
    }
  }

  async #lookAt(id: number): Promise<void> {
    const { db, routes, maxAgeMs, log, metrics } = this.#deps;
    const incident = await readEscalation(db, id);
    if (incident === null) return;
    const steps = routes.find(({ name }) => name === incident.route)?.escalate ?? [];
    const moments = momentsOf(steps);
    const verdict = verdictOn(incident, moments, maxAgeMs);
    if (verdict.kind === 'wait')
      return planEscalation(db, incident, { step: incident.step, atMs: verdict.untilMs });
    if (verdict.kind === 'end') {
      await planEscalation(db, incident, { step: incident.step, atMs: null });
      if (verdict.reason !== 'too_old') return;
      metrics.escalations.inc({ outcome: 'too_old' });
      log.warn({ incident: id, route: incident.route }, 'an incident is too old to be escalated');
      return;
    }
    if (verdict.skipped > 0) {
      metrics.escalations.inc({ outcome: 'late' }, verdict.skipped);
      log.warn(
        { incident: id, route: incident.route, skipped: verdict.skipped },
        'steps of an escalation were left out: they are late, and a later one is due',
      );
    }
    await this.#make(incident, verdict, moments[verdict.at]!.steps);
  }

  /** Stores the step, unless somebody takes the incident at this moment. */
  async #make(
    incident: EscalatedIncident,
    verdict: Made,
    all: readonly EscalationStep[],
  ): Promise<void> {
    const { db, log, metrics } = this.#deps;
    const { event, nowMs } = incident;
    const steps = all.filter((step) => takesPart(step, incident.severity, nowMs));
    const made = verdict.at + 1;
    const deliveries = await this.#deliveriesOf(incident, steps);
    if (deliveries.length === 0) {
      const outcome = steps.length === 0 ? 'not_now' : 'silenced';
      metrics.escalations.inc({ outcome });
      return planEscalation(db, incident, { step: made, atMs: verdict.nextAtMs });
    }
    const { duty } = this.#deps;
    const called = callOf(steps, duty && (await currentDuty(db, duty)), nowMs);
    const step = {
      step: made,
      from: incident.step,
      nextAtMs: verdict.nextAtMs,
      to: deliveries.map(({ sink }) => sink).join(', '),
      ...mentionOf(steps, called),
      values: { ...valuesOf(incident, verdict), ...called?.values },
      deliveries,
    } satisfies Step;
    const outcome = await changeIncident(db, {
      eventId: event.id,
      wanted: { kind: 'escalated', step },
      actor: 'tocsin',
      via: 'time',
    });
    if (outcome?.outcome !== 'changed') return;
    metrics.escalations.inc({ outcome: verdict.reason });
    log.info(
      { incident: incident.id, event_id: event.id, step: made, to: step.to },
      'incident escalated',
    );
  }

  /** None: a silence covers the event in each of the sinks. */
  async #deliveriesOf(
    { event }: EscalatedIncident,
    steps: readonly EscalationStep[],
  ): Promise<StepDelivery[]> {
    if (steps.length === 0) return [];
    // Not even a storm holds a step up: there are few.
    const priority = 0;
    const sinks = [...new Set(steps.flatMap(({ to }) => to))];
    const { silences, atMs } = await this.#deps.silences.current();
    const decisions = silence(
      silences,
      sinks.map((sink) => ({ sink, state: 'pending', reason: null, priority })),
      { source: event.source, event, atMs },
    );
    return decisions
      .filter(({ state }) => state === 'pending')
      .map(({ sink }) => ({ sink, priority, route: null }));
  }
}

function valuesOf({ undelivered }: EscalatedIncident, { reason, skipped }: Made) {
  return {
    reason,
    ...(reason === 'undelivered' && { undelivered: undelivered.join(', ') }),
    ...(skipped > 0 && { skipped: String(skipped) }),
  };
}

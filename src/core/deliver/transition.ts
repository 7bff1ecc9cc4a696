// Tells of a change of a sink's state: metric, log, database, and people.
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { writeSinkState } from '../../store/sinks.ts';
import type { Lease } from '../loops/lease.ts';
import { changeNotice, type SinkNotices } from '../notices/sink-notices.ts';
import type { Transition } from './health.ts';
import type { DeliveryPolicy } from './policy.ts';

/** A state that the database did not take is written again after so long. */
const againMs = 1000;

export interface TransitionDependencies {
  readonly id: string;
  readonly db: Database;
  readonly policy: DeliveryPolicy;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly now: () => number;
  readonly announce: SinkNotices['announce'];
}

export interface Teller {
  /** Metric at once, log soon, the rest as soon as the database lets it; one after the other, so that the last state written is the last one there was. */
  tell(transition: Transition, detail: string | undefined): void;
  /** To be called now and then: writes a state that the database did not take, for whoever looks at it there would go by the one before. */
  catchUp(): void;
  /** Never rejects. */
  finished(): Promise<void>;
}

/** Never throws. */
export function createTeller(deps: TransitionDependencies, lease: Lease): Teller {
  let telling = Promise.resolve();
  /** The last one, as long as it is not in the database. */
  let owed: Transition | undefined;
  let triedAtMs = 0;

  async function write(transition: Transition): Promise<void> {
    triedAtMs = performance.now();
    owed = transition;
    try {
      await writeSinkState(deps.db, lease, deps.id, transition.to, transition.reason);
      owed = undefined;
    } catch (error) {
      deps.log.error({ sink: deps.id, error: databaseErrorText(error) }, "the sink's state could not be written");
    }
  }

  return {
    tell(transition, detail) {
      // Not behind the write of the change before, which may hang.
      deps.metrics.setSinkState(deps.id, transition.to);
      telling = telling.then(async () => {
        note(deps, transition, detail);
        await write(transition);
        const context = { detail, noticeableMs: deps.policy.delayedMs, nowMs: deps.now() };
        const notice = changeNotice(deps.id, transition, context);
        if (notice) await deps.announce(notice);
      });
    },
    catchUp() {
      if (owed === undefined || performance.now() - triedAtMs < againMs) return;
      triedAtMs = performance.now();
      telling = telling.then(() => (owed === undefined ? undefined : write(owed)));
    },
    finished: () => telling,
  };
}

function note({ id: sink, log }: TransitionDependencies, transition: Transition, detail: string | undefined) {
  const { from, to, reason } = transition;
  const fields = { sink, from, to, reason, error: detail ?? null, lasted_ms: Math.round(transition.lastedMs) };
  if (to === 'ok') log.info(fields, 'the sink is well again');
  else log.warn(fields, to === 'paused' ? 'the sink is paused, everything is kept' : 'the sink backs off');
}

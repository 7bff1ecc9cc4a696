// The worker of the role `job:silences`: stores the next occurrences of recurring silences, and
// when a silence is over, announces what it hid to the sinks from which it hid it.

import { noticeSource, severityNames } from '../../kit/event.ts';
import type { DecidedEvent } from '../../kit/records/decision.ts';
import type { SilenceSummary } from '../../kit/records/silence.ts';
import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { insertPage } from '../../store/events.ts';
import { markSummarised, readSilenceSummaries } from '../../store/silences.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { noticeEvent } from '../notices/notice.ts';
import { keepRecurring, type RecurringSilence } from './recurring.ts';

const everyMs = 10_000;
/**
 * How long after the end pages still count: one may have been decided just before it and written
 * later.
 */
const graceMs = 15_000;
const batchMax = 100;

export interface SilenceSummaryDependencies {
  readonly db: Database;
  readonly log: Logger;
  /** Ids of the sinks that there are. */
  readonly sinks: readonly string[];
  readonly recurring: readonly RecurringSilence[];
  readonly now: () => number;
  readonly graceMs?: number;
}

export function startSilenceSummaries(deps: SilenceSummaryDependencies, lease: Lease): RoleWorker {
  const { db, log } = deps;

  async function look(job: Job): Promise<void> {
    try {
      await keepRecurring(db, deps.recurring);
    } catch (error) {
      log.error(
        { error: databaseErrorText(error) },
        'recurring silences not prepared; it is tried again',
      );
    }
    for (const summary of await readSilenceSummaries(db, deps.graceMs ?? graceMs, batchMax)) {
      if (job.isOver()) return;
      const notice = noticeOf(summary, deps);
      // Its key makes a repetition harmless, so a crash between the two loses nothing and says
      // nothing twice.
      if (
        notice &&
        (await insertPage(db, {
          fence: lease,
          source: noticeSource,
          events: [notice],
          cursor: null,
        })) === null
      )
        return;
      await markSummarised(db, summary.id);
      log.info({ silence: summary.id, hidden: hiddenBy(summary) }, 'silence is over');
    }
  }

  return startJob(lease, {
    everyMs,
    act: (job) => job.ask(() => look(job)),
    onError: (error) =>
      log.error(
        { error: databaseErrorText(error) },
        'ended silences not summed up; it is tried again',
      ),
  });
}

/** Undefined if the silence hid nothing, or if no sink would get the notice. */
function noticeOf(
  summary: SilenceSummary,
  { sinks, now }: SilenceSummaryDependencies,
): DecidedEvent | undefined {
  const concerned = summary.sinks.filter((id) => sinks.includes(id));
  if (concerned.length === 0) return undefined;
  const { id, owner, reason, severities } = summary;
  const values = {
    silence: String(id),
    owner,
    reason,
    count: String(hiddenBy(summary)),
    severities: severitiesText(severities),
  };
  return noticeEvent({
    notice: { kind: 'silence_over', values },
    key: String(id),
    to: concerned,
    nowMs: now(),
  });
}

function hiddenBy({ severities }: SilenceSummary): number {
  return severities.reduce((sum, count) => sum + count, 0);
}

/** `2 CRITICAL, 5 LOW`, the gravest first. @param counts by severity number */
export function severitiesText(counts: readonly number[]): string {
  return [5, 4, 0, 3, 2, 1]
    .filter((severity) => (counts[severity] ?? 0) > 0)
    .map((severity) => `${counts[severity]} ${severityNames[severity]}`)
    .join(', ');
}

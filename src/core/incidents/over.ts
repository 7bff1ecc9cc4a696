// The worker of the role `job:incidents`: opens again what nobody renewed, and what was put off until
// now, and counts how long people took.
import { noticeSource } from '../../kit/event.ts';
import type { Logger } from '../../observe/log.ts';
import { databaseErrorText } from '../../store/database.ts';
import { readOver } from '../../store/incident-times.ts';
import { type Job, startJob } from '../loops/job.ts';
import type { Lease, RoleWorker } from '../loops/lease.ts';
import { changeIncident } from './change.ts';
import { Firsts, type FirstsDependencies } from './firsts.ts';

const everyMs = 10_000;
const batchMax = 100;

export interface IncidentDependencies extends FirstsDependencies {
  readonly log: Logger;
}

/** Each change decides on what is stored then, so a second process does no harm. */
export function startIncidents(deps: IncidentDependencies, lease: Lease): RoleWorker {
  const { db, log } = deps;
  const firsts = new Firsts(deps);

  async function open(job: Job): Promise<void> {
    for (;;) {
      const over = await job.ask(() => readOver(db, batchMax));
      for (const { eventId, isQuiet } of over) {
        if (job.isOver()) return;
        const outcome = await job.ask(() =>
          changeIncident(db, {
            ...{ eventId, wanted: { kind: 'expired', isQuiet } },
            ...{ actor: noticeSource, via: 'time' },
          }),
        );
        if (outcome?.outcome !== 'changed') continue;
        const { state, by } = outcome.before;
        log.info({ event_id: eventId, was: state, by }, 'incident is open again; its time is over');
      }
      if (over.length < batchMax || job.isOver()) return;
    }
  }

  return startJob(lease, {
    everyMs,
    async act(job) {
      await open(job);
      await firsts.look(job);
    },
    onError: (error) =>
      log.error(
        { error: databaseErrorText(error) },
        'incidents whose time is over not opened, or not counted; it is tried again',
      ),
  });
}

// Whether a reply or a step goes out at all. A reply needs a thread, or a route that posts changes
// as messages of their own; a step goes out unless somebody took or silenced its incident first.
import type { StoredEvent } from '../../kit/event.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { ReplySuppression } from '../../kit/records/suppression.ts';
import type { Sink } from '../../kit/sink.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import { type Database, databaseErrorText } from '../../store/database.ts';
import { claimStep, suppressReply } from '../../store/deliveries/index.ts';
import { readEvent } from '../../store/history.ts';
import type { Lease } from '../loops/lease.ts';
import { type Route, routeNamed } from '../routing/index.ts';
import type { SilenceReader } from '../silences/reader.ts';
import { failureFrom } from './policy.ts';

export interface AdmissionDependencies {
  /** Of the sink. */
  readonly id: string;
  readonly sink: Pick<Sink, 'reply' | 'find'>;
  readonly routes: readonly Route[];
  readonly db: Database;
  readonly lease: Lease;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Absent: nothing is silenced. */
  readonly silences?: Pick<SilenceReader, 'coverOf'> | undefined;
}

export class Admission {
  readonly #deps: AdmissionDependencies;

  constructor(deps: AdmissionDependencies) {
    this.#deps = deps;
  }

  /**
   * Whether a reply or a step is to be sent now. If it never is, it was suppressed. Never rejects:
   * what the database could not say is asked again later.
   * @returns `if_sent`: not any more, but a process that died may have sent it
   */
  async admits(delivery: DueDelivery): Promise<'yes' | 'no' | 'if_sent'> {
    try {
      if (delivery.kind === 'step') return await this.#claims(delivery);
      if (this.hasPlace(delivery)) return 'yes';
      await this.#suppress(delivery, 'no_thread');
    } catch (error) {
      this.#report(delivery, error);
    }
    return 'no';
  }

  /** Nobody has sent this step, and nobody will. Never rejects. */
  async stop(delivery: DueDelivery): Promise<void> {
    try {
      await this.#claims(delivery, true);
    } catch (error) {
      this.#report(delivery, error);
    }
  }

  /**
   * Whether the failure of a reply says that somebody removed the message that it belongs to; then
   * the reply was suppressed. Never rejects.
   */
  async isGone(delivery: DueDelivery, error: unknown): Promise<boolean> {
    if (delivery.kind !== 'reply' || failureFrom(error).reason !== 'gone') return false;
    try {
      await this.#suppress(delivery, 'gone');
    } catch (failure) {
      this.#report(delivery, failure);
    }
    return true;
  }

  /** False for a reply that nobody could read. */
  hasPlace({ kind, threadId, route }: DueDelivery): boolean {
    if (kind !== 'reply') return true;
    const { sink, routes } = this.#deps;
    if (threadId !== undefined && sink.reply !== undefined) return true;
    return routeNamed(routes, route)?.areChangesPosted === true;
  }

  async #claims({ event }: DueDelivery, isNotSent = false): Promise<'yes' | 'no' | 'if_sent'> {
    const { db, lease, id: sink, sink: adapter } = this.#deps;
    const silenceId = await this.#silenceOf(event);
    const canFind = adapter.find !== undefined && !isNotSent;
    const claim = await claimStep(db, lease, { sink, eventId: event.id, silenceId, canFind });
    if (claim === 'lost') lease.lose();
    if (claim === 'silenced') this.#count('silenced', 1);
    if (claim === 'doubtful') return 'if_sent';
    return claim === 'claimed' ? 'yes' : 'no';
  }

  /** The silence that covers the root event of a step. Whoever asked for a step gets it. */
  async #silenceOf({ body: { news } }: StoredEvent): Promise<number | null> {
    const { db, id: sink, silences } = this.#deps;
    if (silences === undefined || news?.via !== 'time') return null;
    const root = await readEvent(db, { id: news.eventId });
    return root === null ? null : silences.coverOf(root, sink);
  }

  async #suppress({ event }: DueDelivery, reason: ReplySuppression): Promise<void> {
    const { db, lease, id: sink } = this.#deps;
    const count = await suppressReply(db, lease, { sink, eventId: event.id, reason });
    if (count === null) return lease.lose();
    this.#count(reason, count);
  }

  #count(reason: ReplySuppression | 'silenced', count: number): void {
    const { id: sink, metrics } = this.#deps;
    metrics.deliveries.inc({ sink, outcome: 'suppressed' }, count);
    metrics.deliveriesSuppressed.inc({ sink, reason }, count);
  }

  #report({ event }: DueDelivery, error: unknown): void {
    const { log, id: sink } = this.#deps;
    log.error(
      { sink, event_id: event.id, error: databaseErrorText(error) },
      'whether to send a message could not be decided yet',
    );
  }
}

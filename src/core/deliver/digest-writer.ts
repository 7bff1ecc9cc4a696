// Freezes deliveries into a digest in the database, and splits one that is refused. Others decide
// when.

import { randomUUID } from 'node:crypto';
import type { Digest } from '../../kit/event.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { GroupChange, RoutedMember } from '../../kit/records/group.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Tracing } from '../../observe/tracing/index.ts';
import type { Database } from '../../store/database.ts';
import { freezeDigest, readMembers, splitDigest } from '../../store/groups/index.ts';
import type { Lease } from '../loops/lease.ts';
import { composeDigest, type DigestContext, digestEvent, partsOf } from './digest.ts';

/**
 * How many events one digest holds at most, so that memory stays bounded; the rest comes in the
 * next one at once.
 */
export const membersMax = 10_000;

export interface DigestWriterDependencies {
  readonly id: string;
  readonly db: Database;
  readonly lease: Lease;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
}

/** Ids of events. */
export interface SplitParts {
  readonly digests: readonly number[];
  readonly cards: readonly number[];
}

export class DigestWriter {
  readonly #deps: DigestWriterDependencies;

  constructor(deps: DigestWriterDependencies) {
    this.#deps = deps;
  }

  /**
   * @param group whose members they are
   * @returns false if nothing was frozen: another took the members, or the role is lost
   * @throws the driver's error
   */
  async freeze(
    members: readonly RoutedMember[],
    context: DigestContext,
    group?: GroupChange,
  ): Promise<boolean> {
    const { id: sink, db, lease, log } = this.#deps;
    const { kind } = context;
    const event = digestEvent(
      composeDigest(members, context),
      randomUUID(),
      sink,
      members[0]?.route,
    );
    const trace = this.#trace(kind, members);
    const outcome = await freezeDigest(db, lease, {
      sink,
      event,
      members: idsOf(members),
      group,
      traceParent: trace?.parent,
    });
    trace?.made(outcome);
    if (outcome === 'lost') lease.lose();
    if (outcome !== 'frozen') return false;
    this.#count(kind, members);
    log.info({ sink, kind, events: members.length, group: group?.key ?? null }, 'digest made');
    return true;
  }

  /**
   * Replaces a digest with smaller ones and single cards.
   * @throws the driver's error
   */
  async split(delivery: DueDelivery): Promise<SplitParts> {
    const { id: sink, db, lease, log } = this.#deps;
    const { id: eventId, body } = delivery.event;
    const digest = body.digest!;
    const members = await readMembers(db, {
      sink,
      choice: { digest: eventId },
      limit: membersMax,
    });
    const { digests, cards } = partsOf(members);
    const parts = this.#partsOf(digests, digest, delivery.route);
    const singles = idsOf(cards);
    const ids = await splitDigest(db, lease, { sink, digestId: eventId, parts, cards: singles });
    const outcome = typeof ids === 'string' ? ids : 'frozen';
    for (const { trace } of parts) trace?.made(outcome);
    if (ids === 'lost') lease.lose();
    if (typeof ids === 'string') return { digests: [], cards: [] };
    for (const own of digests) this.#count(digest.kind, own);
    const facts = {
      sink,
      event_id: eventId,
      events: members.length,
      digests: digests.length,
      cards: cards.length,
    };
    log.warn(facts, 'a digest is split, because one of its events may be why it is not accepted');
    return { digests: ids, cards: singles };
  }

  /** Each part goes on with the count of those before it. */
  #partsOf(
    digests: readonly (readonly RoutedMember[])[],
    whole: Digest,
    route: string | undefined,
  ) {
    const { kind, by, route: shownRoute } = whole;
    let { before } = whole;
    return digests.map((own) => {
      const context = { kind, by, before, ...(shownRoute !== undefined && { route: shownRoute }) };
      before += own.length;
      const trace = this.#trace(kind, own);
      const event = digestEvent(composeDigest(own, context), randomUUID(), this.#deps.id, route);
      return { event, members: idsOf(own), traceParent: trace?.parent ?? null, trace };
    });
  }

  #trace(kind: Digest['kind'], members: readonly RoutedMember[]) {
    const { tracing, id } = this.#deps;
    const traces = members.flatMap(({ traceParent }) => traceParent ?? []);
    return tracing?.digest(id, kind, members.length, traces);
  }

  #count(kind: Digest['kind'], members: readonly RoutedMember[]): void {
    const { metrics, id: sink } = this.#deps;
    metrics.digests.inc({ sink, kind });
    metrics.digestEvents.inc({ sink, kind }, members.length);
  }
}

function idsOf(members: readonly RoutedMember[]): number[] {
  return members.map(({ eventId }) => eventId);
}

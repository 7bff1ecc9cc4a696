// In a storm, freezes into digests what would flood the channel, and announces the storm's
// beginning and end.

import { type Notice, type Severity, severityNames } from '../../kit/event.ts';
import type { RoutedMember } from '../../kit/records/group.ts';
import type { StormFacts } from '../../kit/records/sink-state.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Database } from '../../store/database.ts';
import { raiseDelivery, readMembers } from '../../store/groups/index.ts';
import { writeStorm } from '../../store/sinks.ts';
import type { Lease } from '../loops/lease.ts';
import { priorityOf } from '../routing/index.ts';
import { type DigestWriter, membersMax } from './digest-writer.ts';
import { Storm, type StormPolicy } from './storm.ts';

export interface StormDigestsDependencies {
  readonly id: string;
  readonly db: Database;
  readonly lease: Lease;
  /** Undefined: no storms. */
  readonly storm: StormPolicy | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly writer: DigestWriter;
  /** Ids in flight, or answered and not yet written. */
  excluded(): Iterable<number>;
  /** How many that are less urgent than the priority are known to be due. */
  countBelow(priority: number): number;
  /** To the sink's own readers, once for each key. Never rejects. */
  announce(notice: Notice, key: string): Promise<void>;
}

export class StormDigests {
  readonly #deps: StormDigestsDependencies;
  readonly #storm: Storm | undefined;

  constructor(deps: StormDigestsDependencies) {
    this.#deps = deps;
    this.#storm = deps.storm && new Storm(deps.storm);
  }

  /** The least urgent priority that may go out singly now; undefined if all may. */
  get passes(): number | undefined {
    return this.#storm?.nextAtMs === undefined ? undefined : this.#storm.policy.passes;
  }

  /**
   * Goes on with the storm that another process, or another configuration, was in.
   * @throws the driver's error
   */
  resume(nowMs: number, begun: StormFacts): Promise<void> {
    return this.#storm ? this.#goOn(this.#storm, nowMs, begun) : this.#end(begun);
  }

  /**
   * Milliseconds until there is something to do, 0 or less if it is due; Infinity if there is
   * nothing.
   */
  waitMs(nowMs: number): number {
    if (this.#storm === undefined) return Number.POSITIVE_INFINITY;
    const { nextAtMs, policy } = this.#storm;
    if (nextAtMs !== undefined) return nextAtMs - nowMs;
    return this.#deps.countBelow(policy.passes) > policy.over ? 0 : Number.POSITIVE_INFINITY;
  }

  /**
   * To be called when it is due: begins the storm, makes its digests, or ends it.
   * @throws the driver's error
   */
  async turn(nowMs: number): Promise<void> {
    if (this.#storm === undefined) return;
    if (this.#storm.nextAtMs === undefined) await this.#begin(this.#storm, nowMs);
    else await this.#flush(this.#storm, nowMs);
  }

  async #begin(storm: Storm, nowMs: number): Promise<void> {
    const { id: sink, log, now, countBelow } = this.#deps;
    const facts = { sinceMs: now(), due: countBelow(storm.policy.passes), digests: 0, events: 0 };
    await this.#keep(facts);
    log.warn(
      { sink, due: facts.due },
      'storm: more is due at once than people can read; it goes out in digests',
    );
    await this.#goOn(storm, nowMs, facts);
  }

  /** Announced once, however often this storm is begun. */
  async #goOn(storm: Storm, nowMs: number, facts: StormFacts): Promise<void> {
    const { id: sink, metrics, announce } = this.#deps;
    storm.begin(nowMs, facts);
    metrics.sinkStorm.set({ sink }, 1);
    const values = { sink, count: String(facts.due), passes: nameOf(storm.policy.passes) };
    await announce({ kind: 'storm_begun', values }, `${sink} ${facts.sinceMs}`);
  }

  async #flush(storm: Storm, nowMs: number): Promise<void> {
    const { id: sink, db, excluded } = this.#deps;
    const { over, passes } = storm.policy;
    const members = await readMembers(db, {
      sink,
      choice: { below: passes, excluded: excluded() },
      limit: membersMax,
    });
    if (members.length <= over) return this.#end(storm.facts);
    const { digests, events } = await this.#freeze(storm, members);
    storm.flushed(nowMs, digests, events, members.length === membersMax);
    await this.#keep(storm.facts);
  }

  /** One digest for each route that has its own way to this sink. */
  async #freeze(
    storm: Storm,
    members: readonly RoutedMember[],
  ): Promise<{ digests: number; events: number }> {
    let [digests, events] = [0, 0];
    for (const own of byRoute(members)) {
      if (own.length === 1) {
        await this.#passSingly(own[0]!.eventId, storm.policy.passes);
      } else if (
        await this.#deps.writer.freeze(own, { kind: 'storm', before: storm.facts.events, by: [] })
      ) {
        digests += 1;
        events += own.length;
      }
    }
    return { digests, events };
  }

  /** A digest of one event says less than its card. */
  async #passSingly(eventId: number, priority: number): Promise<void> {
    const { db, lease, id } = this.#deps;
    if (!(await raiseDelivery(db, lease, { sink: id, eventId, priority }))) lease.lose();
  }

  /**
   * The mark is removed last: if this process ends before that, the next holder announces the end
   * of the storm.
   */
  async #end({ sinceMs, digests, events }: StormFacts): Promise<void> {
    const { id: sink, metrics, log, announce } = this.#deps;
    const since = new Date(sinceMs).toISOString();
    const values = { sink, since, count: String(events), digests: String(digests) };
    await announce({ kind: 'storm_over', values }, `${sink} ${sinceMs}`);
    await this.#keep(null);
    this.#storm?.end();
    metrics.sinkStorm.set({ sink }, 0);
    log.info({ sink, digests, events }, 'the storm is over');
  }

  /** For the next holder of the role. */
  async #keep(facts: StormFacts | null): Promise<void> {
    const { db, lease, id } = this.#deps;
    if (!(await writeStorm(db, lease, { sink: id, storm: facts }))) lease.lose();
  }
}

function byRoute(members: readonly RoutedMember[]): Iterable<readonly RoutedMember[]> {
  const routes = new Map<string | undefined, RoutedMember[]>();
  for (const member of members) {
    const others = routes.get(member.route);
    if (others) others.push(member);
    else routes.set(member.route, [member]);
  }
  return routes.values();
}

/** The severity of the priority: HIGH rather than unknown, which goes with it. */
function nameOf(priority: number): string {
  return (
    severityNames.findLast((_name, severity) => priorityOf(severity as Severity) === priority) ?? ''
  );
}

// Makes digests of one sink's deliveries: of groups whose time has come, and in a storm of what would flood the channel. It only freezes and
// releases; what it made is sent by the lane like anything else.

import { randomUUID } from 'node:crypto';
import { type Digest, type Notice, type Severity, severityNames } from '../../kit/event.ts';
import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { GroupChange, RoutedMember, WaitingGroup } from '../../kit/records/group.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics/index.ts';
import type { Tracing } from '../../observe/tracing/index.ts';
import { type Database, databaseErrorText, isUnstorable } from '../../store/database.ts';
import {
  forgetGroups,
  freezeDigest,
  listWaitingGroups,
  raiseDelivery,
  readMembers,
  releaseCards,
  splitDigest,
} from '../../store/groups.ts';
import { type StormFacts, writeStorm } from '../../store/sinks.ts';
import type { Lease } from '../loops/lease.ts';
import { priorityOf, type Route } from '../routing/index.ts';
import { readGroupKey } from '../rules/group.ts';
import { isWithin } from '../rules/schedule.ts';
import { composeDigest, digestEvent, partsOf } from './digest.ts';
import { type GroupStep, stepOf } from './grouping.ts';
import { createStorm, type StormPolicy } from './storm.ts';

/** So many events in one digest at most, so that memory stays bounded; what is over comes in the next one at once. */
const membersMax = 10_000;
/** So many groups are sent at a look at most, and then for a while what is due has its turn: there may be one for each device. */
const stepsMax = 250;
const betweenLooksMs = 100;
/** How often groups are looked at that no route of this sink could have made: those of a configuration that is gone. */
const strangersEveryMs = 60_000;
/** Longer than any interval that a route may have. */
const forgetMs = 8 * 86_400_000;

export interface DigesterDependencies {
  readonly id: string;
  readonly db: Database;
  readonly lease: Lease;
  readonly routes: readonly Route[];
  /** Undefined: no storms. */
  readonly storm: StormPolicy | undefined;
  /** How often groups are looked at. */
  readonly everyMs: number;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly tracing?: Tracing | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ids in flight, or answered and not yet written. */
  excluded(): Iterable<number>;
  /** How many that are less urgent than the priority are known to be due. */
  countBelow(priority: number): number;
  announce(notice: Notice, key: string): Promise<void>;
}

/** Ids of events. */
export interface SplitParts {
  readonly digests: readonly number[];
  readonly cards: readonly number[];
}

export interface Digester {
  /** Only what is that urgent or more may go out singly now; undefined if everything may. */
  readonly passes: number | undefined;
  /** Goes on with the storm that another process, or another configuration, was in. @throws when the database does not answer */
  resume(nowMs: number, begun: StormFacts): Promise<void>;
  /** Something new may wait in a group. */
  offered(): void;
  /** Milliseconds until there is something to do, as far as is known. */
  waitMs(nowMs: number): number;
  /** Does what is due. @returns true if memory's picture of what is due is old @throws when the database does not answer */
  turn(nowMs: number): Promise<boolean>;
  /**
   * Puts what a digest stands for into smaller ones and single cards. @throws when the database
   * does not answer
   */
  split(digest: DueDelivery): Promise<SplitParts>;
}

export function createDigester(deps: DigesterDependencies): Digester {
  const { id: sink, db, lease, metrics } = deps;
  const policies = new Map<string, Pick<Route, 'group' | 'quiet'>>();
  for (const { name, group, quiet, to } of deps.routes)
    if ((group || quiet) && to.includes(sink)) policies.set(name, { group, quiet });
  const everyMs = policies.size > 0 ? deps.everyMs : strangersEveryMs;
  const storm = deps.storm && createStorm(deps.storm);
  let lookAtMs = Number.NEGATIVE_INFINITY;
  let forgetAtMs = Number.NEGATIVE_INFINITY;

  async function freeze(
    kind: Digest['kind'],
    members: readonly RoutedMember[],
    context: Pick<Digest, 'before' | 'by'> & { readonly route?: string },
    group?: GroupChange,
  ): Promise<boolean> {
    const event = digestEvent(composeDigest(members, { kind, ...context }), randomUUID(), sink, members[0]?.route);
    const ids = members.map(({ eventId }) => eventId);
    const traces = members.flatMap(({ traceParent }) => traceParent ?? []);
    const trace = deps.tracing?.digest(sink, kind, members.length, traces);
    const outcome = await freezeDigest(db, lease, sink, event, ids, group, trace?.parent);
    trace?.made(outcome);
    if (outcome === 'lost') lease.lose();
    if (outcome !== 'frozen') return false;
    metrics.digests.inc({ sink, kind });
    metrics.digestEvents.inc({ sink, kind }, members.length);
    deps.log.info({ sink, kind, events: members.length, group: group?.key ?? null }, 'digest made');
    return true;
  }

  /** A group whose digest the database cannot hold waits for the next look, and holds up neither the other groups nor what goes out singly. */
  async function tryStep(...[group, step]: Parameters<typeof takeStep>): Promise<boolean> {
    try {
      return await takeStep(group, step);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      deps.log.error({ sink, group: group.key, error: databaseErrorText(error) }, 'a group could not be announced');
      return false;
    }
  }

  async function takeStep(group: WaitingGroup, step: Exclude<GroupStep, { kind: 'wait' }>): Promise<boolean> {
    const change = { key: group.key, isNew: step.isNew, startsInterval: step.startsInterval };
    if (step.kind === 'cards') {
      const released = await releaseCards(db, lease, sink, change, step.count);
      if (released === null) lease.lose();
      return (released ?? 0) > 0;
    }
    const members = await readMembers(db, sink, { group: group.key }, membersMax);
    if (members.length === 0) return false;
    const { route, values } = readGroupKey(group.key);
    const fields = values.length > 0 ? (policies.get(route)?.group?.by ?? []) : [];
    const by = fields.map((field, index) => ({ field, value: values[index] ?? '' }));
    return freeze('group', members, { route, by, before: step.isNew ? 0 : group.total }, change);
  }

  async function split({ event, route }: DueDelivery): Promise<SplitParts> {
    const { kind, before, by, route: shownRoute } = event.body.digest!;
    const members = await readMembers(db, sink, { digest: event.id }, membersMax);
    let sentBefore = before;
    const { digests, cards } = partsOf(members);
    const parts = digests.map((own) => {
      const context = { kind, by, before: sentBefore, ...(shownRoute !== undefined && { route: shownRoute }) };
      sentBefore += own.length;
      const traces = own.flatMap(({ traceParent }) => traceParent ?? []);
      const trace = deps.tracing?.digest(sink, kind, own.length, traces);
      const part = digestEvent(composeDigest(own, context), randomUUID(), sink, route);
      return { event: part, members: own.map(({ eventId }) => eventId), traceParent: trace?.parent ?? null, trace };
    });
    const singles = cards.map(({ eventId }) => eventId);
    const ids = await splitDigest(db, lease, sink, event.id, parts, singles);
    const outcome = typeof ids === 'string' ? ids : 'frozen';
    for (const { trace } of parts) trace?.made(outcome);
    if (ids === 'lost') lease.lose();
    if (typeof ids === 'string') return { digests: [], cards: [] };
    for (const own of digests) {
      metrics.digests.inc({ sink, kind });
      metrics.digestEvents.inc({ sink, kind }, own.length);
    }
    const facts = { sink, event_id: event.id, events: members.length, digests: digests.length, cards: cards.length };
    deps.log.warn(facts, 'a digest is split, because one of its events may be why it is not accepted');
    return { digests: ids, cards: singles };
  }

  /** One digest for each route that has its own way to this sink. */
  async function flush(nowMs: number): Promise<void> {
    const members = await readMembers(db, sink, { below: deps.storm!.passes, excluded: deps.excluded() }, membersMax);
    if (members.length <= deps.storm!.over) return end(storm!.facts);
    const byRoute = new Map<string | undefined, RoutedMember[]>();
    for (const member of members) {
      const others = byRoute.get(member.route);
      if (others) others.push(member);
      else byRoute.set(member.route, [member]);
    }
    let digests = 0;
    let events = 0;
    for (const own of byRoute.values()) {
      if (own.length === 1) {
        await passSingly(own[0]!.eventId);
        continue;
      }
      if (!(await freeze('storm', own, { before: storm!.facts.events, by: [] }))) continue;
      digests += 1;
      events += own.length;
    }
    storm!.flushed(nowMs, digests, events, members.length === membersMax);
    await keep(storm!.facts);
  }

  /** A digest of one event says less than its card. */
  async function passSingly(eventId: number): Promise<void> {
    if (!(await raiseDelivery(db, lease, sink, eventId, deps.storm!.passes))) lease.lose();
  }

  async function keep(facts: StormFacts | null): Promise<void> {
    if (!(await writeStorm(db, lease, sink, facts))) lease.lose();
  }

  async function begin(nowMs: number): Promise<void> {
    const facts = { sinceMs: deps.now(), due: deps.countBelow(deps.storm!.passes), digests: 0, events: 0 };
    await keep(facts);
    deps.log.warn({ sink, due: facts.due }, 'storm: more is due at once than people can read; it goes out in digests');
    await goOn(nowMs, facts);
  }

  /** Announced once, however often this storm is begun. */
  async function goOn(nowMs: number, facts: StormFacts): Promise<void> {
    storm!.begin(nowMs, facts);
    metrics.sinkStorm.set({ sink }, 1);
    const values = { sink, count: String(facts.due), passes: nameOf(deps.storm!.passes) };
    await deps.announce({ kind: 'storm_begun', values }, `${sink} ${facts.sinceMs}`);
  }

  /** Forgotten last, so that its end is told by whoever comes next if this process does not come so far. */
  async function end({ sinceMs, digests, events }: StormFacts): Promise<void> {
    const since = new Date(sinceMs).toISOString();
    const values = { sink, since, count: String(events), digests: String(digests) };
    await deps.announce({ kind: 'storm_over', values }, `${sink} ${sinceMs}`);
    await keep(null);
    storm?.end();
    metrics.sinkStorm.set({ sink }, 0);
    deps.log.info({ sink, digests, events }, 'the storm is over');
  }

  async function lookAtGroups(nowMs: number): Promise<boolean> {
    lookAtMs = nowMs + everyMs;
    if (nowMs >= forgetAtMs) {
      forgetAtMs = nowMs + 3_600_000;
      await forgetGroups(db, sink, forgetMs);
    }
    const due: { group: WaitingGroup; step: Exclude<GroupStep, { kind: 'wait' }> }[] = [];
    for (const group of await listWaitingGroups(db, sink)) {
      const { group: policy, quiet } = policies.get(readGroupKey(group.key).route) ?? {};
      // The next look comes soon enough for their end.
      if (quiet !== undefined && isWithin(quiet.times, deps.now())) continue;
      const step = stepOf(group, policy);
      if (step.kind === 'wait') lookAtMs = Math.min(lookAtMs, nowMs + step.ms);
      else due.push({ group, step });
    }
    let isNew = false;
    for (const { group, step } of due.slice(0, stepsMax)) isNew = (await tryStep(group, step)) || isNew;
    if (due.length > stepsMax) lookAtMs = performance.now() + betweenLooksMs;
    return isNew;
  }

  function stormWaitMs(nowMs: number): number {
    if (storm === undefined) return Number.POSITIVE_INFINITY;
    if (storm.nextAtMs !== undefined) return storm.nextAtMs - nowMs;
    const { over, passes } = deps.storm!;
    return deps.countBelow(passes) > over ? 0 : Number.POSITIVE_INFINITY;
  }

  return {
    get passes() {
      return storm?.nextAtMs === undefined ? undefined : deps.storm!.passes;
    },
    resume: (nowMs, begun) => (storm ? goOn(nowMs, begun) : end(begun)),
    offered() {
      if (policies.size > 0) lookAtMs = Number.NEGATIVE_INFINITY;
    },
    split,
    waitMs: (nowMs) => Math.max(0, Math.min(lookAtMs - nowMs, stormWaitMs(nowMs))),
    async turn(nowMs) {
      const isNew = nowMs >= lookAtMs && (await lookAtGroups(nowMs));
      if (stormWaitMs(nowMs) > 0) return isNew;
      if (storm!.nextAtMs === undefined) await begin(nowMs);
      else await flush(nowMs);
      return true;
    },
  };
}

/** The severity of the priority: HIGH rather than unknown, which goes with it. */
function nameOf(priority: number): string {
  return severityNames.findLast((_name, severity) => priorityOf(severity as Severity) === priority) ?? '';
}

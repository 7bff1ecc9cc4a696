// Sends the deliveries that wait in the groups of one sink when their time has come, as digests or
// single cards.

import type { GroupChange, WaitingGroup } from '../../kit/records/group.ts';
import type { Logger } from '../../observe/log.ts';
import { type Database, databaseErrorText, isUnstorable } from '../../store/database.ts';
import {
  forgetGroups,
  listWaitingGroups,
  readMembers,
  releaseCards,
} from '../../store/groups/index.ts';
import type { Lease } from '../loops/lease.ts';
import type { Route } from '../routing/index.ts';
import { readGroupKey } from '../rules/group.ts';
import { isWithin } from '../rules/schedule.ts';
import { type DigestWriter, membersMax } from './digest-writer.ts';
import { type GroupStep, stepOf } from './grouping.ts';

/**
 * How many groups are sent at one look; then other deliveries have their turn, because there may be
 * one group for each device.
 */
const stepsMax = 250;
const betweenLooksMs = 100;
/**
 * How often groups are looked at that no route of this sink could have made: those of a
 * configuration that is gone.
 */
const strangersEveryMs = 60_000;
/** How long a group is remembered: longer than any interval that a route may have. */
const forgetMs = 8 * 86_400_000;
const forgetEveryMs = 3_600_000;

export interface GroupDigestsDependencies {
  readonly id: string;
  readonly db: Database;
  readonly lease: Lease;
  readonly routes: readonly Route[];
  /** How often groups are looked at. */
  readonly everyMs: number;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly writer: DigestWriter;
}

type Due = Exclude<GroupStep, { kind: 'wait' }>;

export class GroupDigests {
  readonly #deps: GroupDigestsDependencies;
  /** By route, of those that group for this sink or are quiet. */
  readonly #policies: ReadonlyMap<string, Pick<Route, 'group' | 'quiet'>>;
  readonly #everyMs: number;
  #lookAtMs = Number.NEGATIVE_INFINITY;
  #forgetAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: GroupDigestsDependencies) {
    this.#deps = deps;
    const own = deps.routes.filter(
      ({ group, quiet, to }) => (group || quiet) && to.includes(deps.id),
    );
    this.#policies = new Map(own.map(({ name, group, quiet }) => [name, { group, quiet }]));
    this.#everyMs = own.length > 0 ? deps.everyMs : strangersEveryMs;
  }

  /** Something new may wait in a group. */
  offered(): void {
    if (this.#policies.size > 0) this.#lookAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds until the next look, 0 or less if it is due. */
  waitMs(nowMs: number): number {
    return this.#lookAtMs - nowMs;
  }

  /** @returns true if something of a group is due now @throws the driver's error */
  async look(nowMs: number): Promise<boolean> {
    this.#lookAtMs = nowMs + this.#everyMs;
    await this.#forget(nowMs);
    const due = await this.#findDue(nowMs);
    let isNew = false;
    for (const { group, step } of due.slice(0, stepsMax))
      isNew = (await this.#tryStep(group, step)) || isNew;
    if (due.length > stepsMax) this.#lookAtMs = performance.now() + betweenLooksMs;
    return isNew;
  }

  async #forget(nowMs: number): Promise<void> {
    if (nowMs < this.#forgetAtMs) return;
    this.#forgetAtMs = nowMs + forgetEveryMs;
    await forgetGroups(this.#deps.db, this.#deps.id, forgetMs);
  }

  async #findDue(nowMs: number): Promise<{ readonly group: WaitingGroup; readonly step: Due }[]> {
    const { db, id, now } = this.#deps;
    const due: { group: WaitingGroup; step: Due }[] = [];
    for (const group of await listWaitingGroups(db, id)) {
      const { group: policy, quiet } = this.#policies.get(readGroupKey(group.key).route) ?? {};
      // The next look comes soon enough for their end.
      if (quiet !== undefined && isWithin(quiet.times, now())) continue;
      const step = stepOf(group, policy);
      if (step.kind === 'wait') this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + step.ms);
      else due.push({ group, step });
    }
    return due;
  }

  /**
   * A group whose digest the database cannot hold waits for the next look, and holds up neither the
   * other groups nor what goes out singly.
   */
  async #tryStep(group: WaitingGroup, step: Due): Promise<boolean> {
    const { log, id: sink } = this.#deps;
    try {
      return await this.#takeStep(group, step);
    } catch (error) {
      if (!isUnstorable(error)) throw error;
      log.error(
        { sink, group: group.key, error: databaseErrorText(error) },
        'a group could not be announced',
      );
      return false;
    }
  }

  async #takeStep(group: WaitingGroup, step: Due): Promise<boolean> {
    const change = { key: group.key, isNew: step.isNew, startsInterval: step.startsInterval };
    return step.kind === 'cards' ? this.#release(change, step.count) : this.#freeze(group, change);
  }

  async #release(change: GroupChange, count: number): Promise<boolean> {
    const { db, id, lease } = this.#deps;
    const released = await releaseCards(db, lease, { sink: id, group: change, count });
    if (released === null) lease.lose();
    return (released ?? 0) > 0;
  }

  async #freeze(group: WaitingGroup, change: GroupChange): Promise<boolean> {
    const { db, id, writer } = this.#deps;
    const members = await readMembers(db, {
      sink: id,
      choice: { group: group.key },
      limit: membersMax,
    });
    if (members.length === 0) return false;
    // The others were given up, or moved to another sink, since the group was looked at.
    if (members.length === 1) return this.#release(change, 1);
    const { route, values } = readGroupKey(group.key);
    const fields = values.length > 0 ? (this.#policies.get(route)?.group?.by ?? []) : [];
    const by = fields.map((field, index) => ({ field, value: values[index] ?? '' }));
    const before = change.isNew ? 0 : group.total;
    return writer.freeze(members, { kind: 'group', route, by, before }, change);
  }
}

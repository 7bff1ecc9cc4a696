// Makes digests of one sink's deliveries: of groups whose time has come, and in a storm of what
// would flood the channel. It only freezes and releases; what it made is sent by the lane like
// anything else.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { StormFacts } from '../../kit/records/sink-state.ts';
import { DigestWriter, type DigestWriterDependencies, type SplitParts } from './digest-writer.ts';
import { GroupDigests, type GroupDigestsDependencies } from './group-digests.ts';
import { StormDigests, type StormDigestsDependencies } from './storm-digests.ts';

export type DigesterDependencies = DigestWriterDependencies &
  Omit<GroupDigestsDependencies, 'writer'> &
  Omit<StormDigestsDependencies, 'writer'>;

export class Digester {
  readonly #writer: DigestWriter;
  readonly #groups: GroupDigests;
  readonly #storms: StormDigests;

  constructor(deps: DigesterDependencies) {
    const writer = new DigestWriter(deps);
    this.#writer = writer;
    this.#groups = new GroupDigests({ ...deps, writer });
    this.#storms = new StormDigests({ ...deps, writer });
  }

  /** The least urgent priority that may go out singly now; undefined if all may. */
  get passes(): number | undefined {
    return this.#storms.passes;
  }

  /**
   * Goes on with the storm that another process, or another configuration, was in.
   * @throws the driver's error
   */
  resume(nowMs: number, begun: StormFacts): Promise<void> {
    return this.#storms.resume(nowMs, begun);
  }

  /** Something new may wait in a group. */
  offered(): void {
    this.#groups.offered();
  }

  /** Milliseconds until there is something to do, as far as is known. */
  waitMs(nowMs: number): number {
    return Math.max(0, Math.min(this.#groups.waitMs(nowMs), this.#storms.waitMs(nowMs)));
  }

  /**
   * Makes the digests that are due.
   * @returns true if the deliveries in memory may be out of date
   * @throws the driver's error
   */
  async turn(nowMs: number): Promise<boolean> {
    const isNew = this.#groups.waitMs(nowMs) <= 0 && (await this.#groups.look(nowMs));
    if (this.#storms.waitMs(nowMs) > 0) return isNew;
    await this.#storms.turn(nowMs);
    return true;
  }

  /**
   * Replaces a digest with smaller ones and single cards.
   * @throws the driver's error
   */
  split(digest: DueDelivery): Promise<SplitParts> {
    return this.#writer.split(digest);
  }
}

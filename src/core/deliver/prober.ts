// Chooses the probe for a sink that is down: its own check if it is paused, then the delivery that
// shows most.

import type { DueDelivery } from '../../kit/records/delivery.ts';
import type { Logger } from '../../observe/log.ts';
import type { Database } from '../../store/database.ts';
import { takeDue, takeRandomDue } from '../../store/deliveries/index.ts';
import type { Digester } from './digester.ts';
import type { Failing } from './failing.ts';
import type { Health, Transition } from './health.ts';
import type { Judge } from './judge.ts';
import type { SinkCheck } from './sink-check.ts';

export interface ProberDependencies {
  readonly id: string;
  readonly db: Database;
  readonly log: Logger;
  readonly failing: Failing;
  readonly judge: Judge;
  readonly check: SinkCheck;
  readonly digester: Digester;
  /** Ids in flight, or answered and not yet written. */
  excluded(): readonly number[];
  /** Called for each change of the sink's state. @param detail what went wrong, in words */
  changed(transition: Transition | undefined, detail?: string): void;
}

export class Prober {
  readonly #deps: ProberDependencies;
  #probes = 0;

  constructor(deps: ProberDependencies) {
    this.#deps = deps;
  }

  /** Asks a paused sink's check. @returns false if it fails, and the sink stays paused */
  async checkPasses(health: Health): Promise<boolean> {
    const { id: sink, log, check, changed } = this.#deps;
    const failure = await check.run();
    if (failure === undefined) {
      changed(health.checkPassed(performance.now()));
      return true;
    }
    const { reason, status, message } = failure;
    changed(health.pause(reason, performance.now()), message);
    log.warn({ sink, reason, status, error: message }, 'still paused');
    return false;
  }

  /**
   * Prefers a delivery that has not failed here; if all have, any but the last one. One poisonous
   * event must not look like an outage. Every second time takes the refused delivery with the most
   * failures: its next form shows whether the sink refuses this text or everything.
   * @throws the driver's error
   */
  async candidate(): Promise<DueDelivery | undefined> {
    const { failing, judge } = this.#deps;
    this.#probes += 1;
    const failed = failing.ids();
    const worst = this.#probes % 2 === 0 && failed.length > 1 ? failing.worstRefused() : undefined;
    const again = worst === undefined ? undefined : await this.#take(worst);
    if (again) return again;
    const untried = await this.#otherThan(failed);
    if (untried) return untried;
    // A group is due only as a digest, and that digest may be all that can prove a pause wrong.
    const digest = judge.mayBeContested() ? await this.#digest(failed) : undefined;
    if (digest) return digest;
    if (failed.length === 0) return undefined;
    return (await this.#otherThan(failed.slice(-1))) ?? this.#otherThan([]);
  }

  async #take(eventId: number): Promise<DueDelivery | undefined> {
    const { db, id, excluded } = this.#deps;
    const [delivery] = await takeDue(db, {
      sink: id,
      limit: 1,
      excluded: excluded(),
      only: eventId,
    });
    return delivery;
  }

  /** Any that is due, and not one of these. */
  async #otherThan(avoided: readonly number[]): Promise<DueDelivery | undefined> {
    const { db, id, excluded } = this.#deps;
    const others = [...excluded(), ...avoided];
    const [first] = await takeDue(db, { sink: id, limit: 1, excluded: others });
    return first && ((await takeRandomDue(db, id, others)) ?? first);
  }

  /** One of the groups' digests that are due now. */
  async #digest(avoided: readonly number[]): Promise<DueDelivery | undefined> {
    const { db, id, digester, excluded } = this.#deps;
    if (digester.waitMs(performance.now()) > 0) return undefined;
    await digester.turn(performance.now());
    const [digest] = await takeDue(db, {
      sink: id,
      limit: 1,
      excluded: [...excluded(), ...avoided],
    });
    return digest;
  }
}

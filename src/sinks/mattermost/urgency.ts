// Asks for a post with a priority until the server has refused that; shared by all posts of a sink.
import type { HttpAnswer } from '../../kit/http/index.ts';
import { mayBeOfPriority } from './answers.ts';

/** A short fault of the server looks like a refusal of the priority, so one is not enough. */
const refusalsMax = 2;

export class Urgency {
  readonly #isAccepted: (answer: HttpAnswer) => boolean;
  #refusals = 0;

  constructor(isAccepted: (answer: HttpAnswer) => boolean) {
    this.#isAccepted = isAccepted;
  }

  /** Posts again without the priority if the server refuses it. */
  async ask(post: (hasPriority: boolean) => Promise<HttpAnswer>): Promise<HttpAnswer> {
    if (this.#refusals >= refusalsMax) return post(false);
    const answer = await post(true);
    if (this.#isAccepted(answer)) this.#refusals = 0;
    if (!mayBeOfPriority(answer)) return answer;
    const without = await post(false);
    if (this.#isAccepted(without))
      this.#refusals += /priority/i.test(answer.body) ? refusalsMax : 1;
    return without;
  }
}

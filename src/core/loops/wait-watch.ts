// How long a worker has been waiting for the database, so that others can see that it hangs.

/** Follows one wait at a time. */
export class WaitWatch {
  #sinceMs: number | undefined;

  /** Counts as waiting until `answer` settles. @returns the answer */
  of<Answer>(answer: Promise<Answer>): Promise<Answer> {
    this.#sinceMs = performance.now();
    return answer.finally(() => {
      this.#sinceMs = undefined;
    });
  }

  /** Milliseconds of the current wait; 0 if there is none. */
  waitedMs(): number {
    return this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs;
  }
}

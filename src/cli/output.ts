// Writes standard output and standard error of a command, and handles what cannot be written: a
// full disk, a reader that left.

export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
  /** From now on the sinks that write to standard output handle its failures. */
  leaveToSinks(): void;
  /**
   * Waits until everything is written.
   * @returns the exit code: `code`, or 1 if it was 0 and output that was asked for is lost
   */
  finish(code: number): Promise<number>;
}

/**
 * Handles the errors of the process's streams. A reader that leaves early (`tocsin dead list |
 * head`) ends the process without a failure.
 */
export function guardOutput(): Output {
  let areSinksOwners = false;
  let failure: string | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (areSinksOwners) return;
    if (error.code === 'EPIPE') process.exit(0);
    failure ??= error.code ?? 'unknown';
  });
  // There is nowhere left to report it.
  process.stderr.on('error', () => {});
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    leaveToSinks() {
      areSinksOwners = true;
    },
    async finish(code) {
      if (areSinksOwners) return code;
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
      // The stream reports its error only after its callback.
      await new Promise((resolve) => setImmediate(resolve));
      if (failure === undefined) return code;
      process.stderr.write(
        `tocsin: standard output could not be written (${failure}), so what was printed is not complete. ` +
          'Make room on the disk, or send the output elsewhere, and run the command again.\n',
      );
      return code === 0 ? 1 : code;
    },
  };
}

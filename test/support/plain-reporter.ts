// Closes a run with one line that a machine can read: `N passed, N failed[, N skipped]`. It never
// claims success for a run that failed.
import { writeSync } from 'node:fs';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

/** Why a test was left out that was to begin after TESTS_UNTIL (time-left.ts). */
export const noTimeLeft = 'no time was left';

/**
 * How many tests ended how; a file that could not be read or whose hooks failed counts as failed
 * too.
 */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts what happened in `modules`; each error outside of a test is one more failure. */
export function tally(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): Tally {
  const total: Tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    let failed = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') total.passed += 1;
      else if (state === 'skipped') total.skipped += 1;
      else failed += 1;
    }
    if (failed === 0 && module.state() === 'failed') failed = 1;
    total.failed += failed;
  }
  return total;
}

/** Says which tests were left out for lack of time, by file; empty if none was. */
function leftOut(modules: readonly TestModule[]): string {
  const counts = modules.flatMap((module) => {
    const late = [...module.children.allTests('skipped')].filter((test) => {
      const result = test.result();
      return result.state === 'skipped' && result.note === noTimeLeft;
    });
    return late.length > 0 ? [`${module.relativeModuleId} (${late.length})`] : [];
  });
  return counts.length > 0 ? `Left out, because ${noTimeLeft}: ${counts.join(', ')}\n` : '';
}

/**
 * The closing line. A run that exits with a failure shows at least one, even if no test was
 * reached.
 */
export function closingLine(total: Tally, exitCode: number): string {
  const failed = exitCode !== 0 && total.failed === 0 ? 1 : total.failed;
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  return `${total.passed} passed, ${failed} failed${skipped}`;
}

/**
 * Written when the process exits, so that nothing of other reporters or of the teardown comes after
 * it.
 */
export class PlainReporter implements Reporter {
  #total: Tally = { passed: 0, failed: 0, skipped: 0 };
  #leftOut = '';

  onInit(): void {
    process.once('exit', (code) => {
      writeSync(1, this.#leftOut);
      writeSync(1, `${closingLine(this.#total, code)}\n`);
    });
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    this.#total = tally(modules, unhandledErrors);
    this.#leftOut = leftOut(modules);
    if (reason === 'interrupted' && this.#total.failed === 0) this.#total.failed = 1;
  }
}

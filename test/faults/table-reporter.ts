// Prints the table of all fault cases when the run ends: what was lost, what came twice, and how
// much of that the design allows.
import { writeSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';
import type { Row } from './fault-case.ts';

/** The table as lines; the columns are as wide as their widest text. */
export function tableOf(rows: readonly Row[]): string[] {
  const head = [
    'case',
    'runs',
    'events',
    'lost',
    'doubled in the store',
    'doubled on the wire',
    'allowed',
    'seconds',
  ];
  const body = rows.map((row) => [
    row.title,
    ...[
      row.runs,
      row.events,
      row.lost,
      row.doubledInStore,
      row.doubledOnWire,
      row.allowed,
      row.seconds,
    ].map(String),
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!),
      )
      .join('  '),
  );
}

interface Line {
  readonly row: Row | undefined;
  readonly title: string;
  readonly state: string;
  /** Why it was skipped. */
  readonly note: string | undefined;
}

/**
 * Collects the row that each case left in its `meta`; a case that failed before it counted has a
 * row of words.
 */
export class TableReporter implements Reporter {
  readonly #seed: string;
  readonly #lines: Line[] = [];

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Registered before the closing line, which comes last. */
  onInit(): void {
    process.once('exit', () => writeSync(1, this.#text()));
  }

  onTestCaseResult(testCase: TestCase): void {
    const result = testCase.result();
    const note = result.state === 'skipped' ? (result.note ?? 'not chosen') : undefined;
    const row = testCase.meta().faultRow;
    const seconds = Math.round((testCase.diagnostic()?.duration ?? 0) / 1000);
    this.#lines.push({
      row: row && { ...row, seconds },
      title: testCase.fullName,
      state: result.state,
      note,
    });
  }

  #text(): string {
    const rows = this.#lines.flatMap(({ row }) => (row === undefined ? [] : [row]));
    const others = this.#lines.filter(
      ({ row, state, note }) => (row === undefined || state === 'failed') && note !== 'not chosen',
    );
    return [
      '',
      `SEED=${this.#seed}`,
      ...tableOf(rows),
      ...others.map(
        ({ title, state, note }) =>
          `${state.toUpperCase()}: ${title}${note === undefined ? '' : ` (${note})`}`,
      ),
      '',
      '',
    ].join('\n');
  }
}

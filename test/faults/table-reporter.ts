// Prints the table of all fault cases when the run ends: what was lost, what came twice, and how much of that the design allows.
import { writeSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';
import type { Row } from './fault-case.ts';

/** The table as lines; the columns are as wide as their widest text. */
export function tableOf(rows: readonly Row[]): string[] {
  const head = ['case', 'runs', 'events', 'lost', 'doubled in the store', 'doubled on the wire', 'allowed'];
  const body = rows.map((row) => [
    row.title,
    ...[row.runs, row.events, row.lost, row.doubledInStore, row.doubledOnWire, row.allowed].map(String),
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  '),
  );
}

/** Collects the row that each case left in its `meta`; a case that failed before it counted has a row of words. */
export class TableReporter implements Reporter {
  readonly #seed: string;
  readonly #lines: { readonly row: Row | undefined; readonly title: string; readonly state: string }[] = [];

  constructor(seed: string) {
    this.#seed = seed;
  }

  onTestCaseResult(testCase: TestCase): void {
    const { state } = testCase.result();
    this.#lines.push({ row: testCase.meta().faultRow, title: testCase.fullName, state });
  }

  onTestRunEnd(): void {
    const rows = this.#lines.flatMap(({ row }) => (row === undefined ? [] : [row]));
    const others = this.#lines.filter(({ row, state }) => row === undefined || state === 'failed');
    const text = [
      '',
      `SEED=${this.#seed}`,
      ...tableOf(rows),
      ...others.map(({ title, state }) => `${state.toUpperCase()}: ${title}`),
      '',
    ].join('\n');
    process.once('exit', () => writeSync(1, `${text}\n`));
  }
}

// Finds the programs that render and judge the chart: on the path, or where
// test/k8s/get-chart-tools.mjs puts them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOfTools } from './get-chart-tools.mjs';

export type Tool = 'helm' | 'helm-unittest' | 'kubernetes-validate' | 'kubectl';

/** The program's path, or its name if it is on the path; undefined if it is nowhere. */
export function findTool(tool: Tool): string | undefined {
  const own = join(folderOfTools(), 'bin', tool);
  if (existsSync(own)) return own;
  const { status } = spawnSync('sh', ['-c', `command -v ${tool}`], { timeout: 20_000 });
  return status === 0 ? tool : undefined;
}

/**
 * A `describe` that says why it is skipped where a tool is missing; with CHART_TOOLS_WANTED=all it
 * fails.
 */
export function describeWith(tools: readonly Tool[], title: string, body: () => void): void {
  const missing = tools.filter((tool) => findTool(tool) === undefined);
  if (missing.length === 0) describe(title, body);
  else if (process.env.CHART_TOOLS_WANTED === 'all')
    test(`${title}: ${missing.join(', ')} must be there`, () => expect(missing).toEqual([]));
  else {
    console.warn(`${title}: skipped, ${missing.join(', ')} not found; npm run test:chart gets it`);
    describe.skip(title, body);
  }
}

export interface Run {
  readonly status: number | null;
  readonly output: string;
  readonly stdout: string;
}

/** @param input for its standard input */
export function runTool(tool: Tool, args: readonly string[], input = ''): Run {
  const { status, stdout, stderr, error } = spawnSync(findTool(tool) ?? tool, args, {
    input,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 1e8,
  });
  return { status, stdout, output: `${stdout}${stderr}${error?.message ?? ''}` };
}

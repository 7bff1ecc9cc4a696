#!/usr/bin/env node
// The commands' table. Parses nothing itself and is imported by nobody.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandTable } from './cli/dispatch.ts';
import { guardOutput } from './cli/output.ts';
import { holdSignals } from './cli/signals.ts';
import { descriptorLimit, startProblem } from './kit/descriptors.ts';

const signals = holdSignals();
const problem = startProblem(descriptorLimit());
if (problem !== undefined) {
  process.stderr.write(`tocsin: ${problem}\n`);
  // As for a wrong configuration: starting again changes nothing.
  process.exit(78);
}
// Loaded only now: what comes while the rest is read from the disk is held already.
const { dispatch } = await import('./cli/dispatch.ts');
const { projectRoot } = await import('./kit/project.ts');

const table: CommandTable = {
  serve: () => import('./commands/serve.ts'),
  once: () => import('./commands/once.ts'),
  check: () => import('./commands/check.ts'),
  config: () => import('./commands/config.ts'),
  test: () => import('./commands/test.ts'),
  routes: () => import('./commands/routes/index.ts'),
  render: () => import('./commands/render.ts'),
  dead: () => import('./commands/dead.ts'),
  source: () => import('./commands/source.ts'),
  silence: () => import('./commands/silence/index.ts'),
  migrate: () => import('./commands/migrate.ts'),
  demo: () => import('./commands/demo.ts'),
};

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  version: string;
};

const output = guardOutput();
const code = await dispatch(process.argv.slice(2), table, {
  env: process.env,
  directory: process.cwd(),
  version,
  stdout: output.stdout,
  stderr: output.stderr,
  signals,
  onCommand(command) {
    if (!command.handlesSignals) signals.release();
    if (command.hasSinks) output.leaveToSinks();
  },
});
process.exitCode = await output.finish(code);
// A command closes what it opened; should it have left a socket behind, that must not keep a finished process alive.
setTimeout(() => process.exit(), 2000).unref();

#!/usr/bin/env node
// The commands' table. Parses nothing itself and is imported by nobody.
import { readFileSync } from 'node:fs';
import { type CommandTable, dispatch } from './commands/dispatch.ts';

const table: CommandTable = {
  serve: () => import('./commands/serve.ts'),
  once: () => import('./commands/once.ts'),
  check: () => import('./commands/check.ts'),
  config: () => import('./commands/config.ts'),
  test: () => import('./commands/test.ts'),
  routes: () => import('./commands/routes.ts'),
  render: () => import('./commands/render.ts'),
  dead: () => import('./commands/dead.ts'),
  source: () => import('./commands/source.ts'),
  silence: () => import('./commands/silence.ts'),
  migrate: () => import('./commands/migrate.ts'),
  demo: () => import('./commands/demo.ts'),
};

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// `tocsin dead list | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await dispatch(process.argv.slice(2), table, {
  env: process.env,
  directory: process.cwd(),
  version,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
});
// A command closes what it opened; should it have left a socket behind, that must not keep a finished process alive.
setTimeout(() => process.exit(), 2000).unref();

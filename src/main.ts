#!/usr/bin/env node
// The commands' table. Parses nothing itself and is imported by nobody.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandTable } from './cli/command.ts';
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
  serve: {
    summary: 'Run the relay until it is stopped',
    load: () => import('./commands/serve.ts'),
  },
  once: {
    summary: 'Read every source to its end, deliver what is due, and exit (for cron)',
    load: () => import('./commands/once.ts'),
  },
  check: {
    summary:
      'Try the configuration, the address, the database, the credentials and the hooks, ' +
      'without posting or changing anything',
    load: () => import('./commands/check.ts'),
  },
  config: {
    summary: 'Show what the configuration amounts to, as a tocsin.yaml ready to be edited',
    load: () => import('./commands/config.ts'),
  },
  test: {
    summary: 'Post a sample card to a sink',
    load: () => import('./commands/test.ts'),
  },
  routes: {
    summary: 'Show what the routes make of an event and why, or what a draft of them would change',
    load: () => import('./commands/routes/index.ts'),
  },
  render: {
    summary: 'Print the message that a sink would send for an event, without sending it',
    load: () => import('./commands/render.ts'),
  },
  event: {
    summary: 'Find stored events, show all that became of one, or export them',
    load: () => import('./commands/event/index.ts'),
  },
  tail: {
    summary: 'Show events as they are stored, until it is stopped',
    load: () => import('./commands/tail.ts'),
  },
  delivery: {
    summary: 'List deliveries; put back or drop those that have something in common',
    load: () => import('./commands/delivery.ts'),
  },
  dead: {
    summary:
      'List deliveries that were given up, put them back, ' +
      'or move what waits for a sink that is gone',
    load: () => import('./commands/dead/index.ts'),
  },
  status: {
    summary: 'Show version, configuration and database, and which process works what',
    load: () => import('./commands/status.ts'),
  },
  sink: {
    summary: 'Show how each sink stands; pause it, resume it, or post a sample',
    load: () => import('./commands/sink.ts'),
  },
  source: {
    summary:
      'Show how far each source was read; search its console, pause it, read it now, ' +
      'start it anew, rename it, or forget it',
    load: () => import('./commands/source.ts'),
  },
  mattermost: {
    summary: 'Set up a Mattermost server: the bot, its channels, the slash command',
    async load() {
      const { createSetup } = await import('./commands/setup.ts');
      return { command: createSetup('mattermost') };
    },
  },
  duty: {
    summary: 'Show who is on duty now, and who is next',
    load: () => import('./commands/duty.ts'),
  },
  numbers: {
    summary: 'Show how long events took to be seen, acknowledged and resolved',
    load: () => import('./commands/numbers.ts'),
  },
  report: {
    summary: 'Show what the weekly report says of a week, or send it now',
    load: () => import('./commands/report.ts'),
  },
  incident: {
    summary: 'List incidents; acknowledge, snooze, resolve or reopen one',
    load: () => import('./commands/incident.ts'),
  },
  silence: {
    summary: 'Keep events from being announced for a while, list what is silenced, or end it',
    load: () => import('./commands/silence/index.ts'),
  },
  token: {
    summary: 'Make, list or revoke the bearer tokens of the API and the page',
    load: () => import('./commands/token.ts'),
  },
  session: {
    summary: 'List the browsers that are signed in, or sign them out',
    load: () => import('./commands/session.ts'),
  },
  audit: {
    summary: 'List or export what people did, and check that nobody changed that log',
    load: () => import('./commands/audit.ts'),
  },
  migrate: {
    summary: 'Bring the database to the schema of this release (every start does it too)',
    load: () => import('./commands/migrate.ts'),
  },
  move: {
    summary: 'Move the embedded database to Postgres, with all that waits',
    load: () => import('./commands/move.ts'),
  },
  demo: {
    summary: 'See it all work, between a simulated console and a simulated channel',
    load: () => import('./commands/demo.ts'),
  },
  completion: {
    summary: 'Print what makes a shell complete the command line',
    load: async () => {
      const { createCompletion } = await import('./commands/completion.ts');
      return { command: createCompletion(table) };
    },
  },
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
  ...(process.stdin.isTTY && {
    async ask(question: string) {
      const { askSecret } = await import('./cli/ask.ts');
      return askSecret(question, process.stdin, process.stderr);
    },
  }),
  onCommand(command) {
    if (!command.handlesSignals) signals.release();
    if (command.hasSinks) output.leaveToSinks();
  },
});
process.exitCode = await output.finish(code);
// A command closes what it opened; should it have left a socket behind, that must not keep a
// finished process alive.
setTimeout(() => process.exit(), 2000).unref();

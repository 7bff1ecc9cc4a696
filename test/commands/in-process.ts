// Commands as `main.ts` would run them, in this process: quicker than a process, and with what a
// test puts in place of the world.
import { dirname } from 'node:path';
import { expect } from 'vitest';
import {
  type Command,
  type CommandGroup,
  type CommandTable,
  entry,
} from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { command as audit } from '../../src/commands/audit.ts';
import { command as dead } from '../../src/commands/dead/index.ts';
import { command as delivery } from '../../src/commands/delivery.ts';
import { command as duty } from '../../src/commands/duty.ts';
import { command as event } from '../../src/commands/event/index.ts';
import { command as incident } from '../../src/commands/incident.ts';
import { command as migrate } from '../../src/commands/migrate.ts';
import { command as move } from '../../src/commands/move.ts';
import { command as numbers } from '../../src/commands/numbers.ts';
import { command as once } from '../../src/commands/once.ts';
import { command as report } from '../../src/commands/report.ts';
import { command as routes } from '../../src/commands/routes/index.ts';
import { command as session } from '../../src/commands/session.ts';
import { command as silence } from '../../src/commands/silence/index.ts';
import { command as sink } from '../../src/commands/sink.ts';
import { command as source } from '../../src/commands/source.ts';
import { command as status } from '../../src/commands/status.ts';
import { command as tail } from '../../src/commands/tail.ts';
import { command as test } from '../../src/commands/test.ts';
import { command as token } from '../../src/commands/token.ts';
import type { CommandResult, World } from '../support/world.ts';

type Commands = Readonly<Record<string, Command | CommandGroup>>;

const known: Commands = {
  ...{
    audit,
    dead,
    delivery,
    duty,
    event,
    incident,
    migrate,
    move,
    numbers,
    once,
    report,
    routes,
    session,
    silence,
  },
  ...{ sink, source, status, tail, test, token },
};

/** @param others in place of the real commands of these names */
export async function runHere(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  directory: string,
  others: Commands = {},
): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  const code = await dispatch(argv, tableOf({ ...known, ...others }), {
    env,
    directory,
    version: '1.2.3',
    stdout: (text) => {
      output.stdout += text;
    },
    stderr: (text) => {
      output.stderr += text;
    },
  });
  return { code, ...output };
}

function tableOf(commands: Commands): CommandTable {
  const entries = Object.entries(commands);
  return Object.fromEntries(
    entries.map(([name, command]) => [name, entry(`Runs ${name}`, command)]),
  );
}

/** As `world.run`, in this process. Of the log only errors, which go to the real stderr. */
export function runIn(
  world: World,
  argv: readonly string[],
  more: Readonly<Record<string, string>> = {},
  others?: Commands,
) {
  const { environment } = world;
  return runHere(
    argv,
    { ...environment, LOG_LEVEL: 'error', ...more },
    dirname(environment.DATA_DIR!),
    others,
  );
}

/** What a command that works on a database says on stderr, when that is all. */
export const onDatabase: unknown = expect.stringMatching(
  /^tocsin: the database is .*(DATABASE_URL|DATA_DIR).*\n$/,
);

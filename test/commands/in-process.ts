// One command as `main.ts` would run it, in this process: quicker than a process, and with what a test puts in place of the world.
import type { Command } from '../../src/commands/command.ts';
import { dispatch } from '../../src/commands/dispatch.ts';
import type { CommandResult } from '../support/world.ts';

/** @param argv without the command's name */
export async function runHere(
  command: Command,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  directory: string,
): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  const code = await dispatch(
    ['command', ...argv],
    { command: async () => ({ command }) },
    {
      env,
      directory,
      version: '1.2.3',
      stdout: (text) => {
        output.stdout += text;
      },
      stderr: (text) => {
        output.stderr += text;
      },
    },
  );
  return { code, ...output };
}

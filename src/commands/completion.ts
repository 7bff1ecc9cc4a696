// `tocsin completion`: prints what makes a shell complete the command line, made from the table of
// commands.
import { type Command, type CommandGroup, type CommandTable, entry } from '../cli/command.ts';
import { bashScript, levelsOf, zshScript } from '../cli/completion.ts';
import { exitCodes } from '../service/exit-codes.ts';

const shells = { bash: bashScript, zsh: zshScript };

const remedies = {
  bash: 'In ~/.bashrc: eval "$(tocsin completion bash)"',
  zsh: 'In ~/.zshrc, behind compinit: eval "$(tocsin completion zsh)"',
};

export function createCompletion(table: CommandTable): CommandGroup {
  const printing = (shell: keyof typeof shells): Command => ({
    details: remedies[shell],
    options: {},
    async run(_args, io) {
      io.stdout(shells[shell](await levelsOf(table)));
      return exitCodes.done;
    },
  });
  return {
    subcommands: {
      bash: entry('Print the completion for bash', printing('bash')),
      zsh: entry('Print the completion for zsh', printing('zsh')),
    },
  };
}

// `tocsin config show`: what the configuration amounts to, as a tocsin.yaml ready to be edited.
// Shows no secret.

import { type Command, type CommandGroup, entry } from '../cli/command.ts';
import { jsonText } from '../cli/json.ts';
import { readConfig, showConfig } from '../config/index.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

const show: Command = {
  details:
    'As TOCSIN_CONFIG, with the same variables, it gives the same configuration. In place of a secret stands the variable or the file that holds it.',
  options: { json: { type: 'boolean', help: 'Print it as JSON, which a tocsin.yaml may be, too' } },
  async run({ values }, io) {
    const reading = readConfig({
      env: io.env,
      directory: io.directory,
      registries: { sources, sinks },
    });
    const { yaml, content, hidden } = showConfig(reading);
    for (const { where, variable } of hidden)
      io.stderr(
        `${where} is a secret and not shown: set ${variable} to it where what follows is used.\n`,
      );
    io.stdout(values.json === true ? jsonText(content, 2) : yaml);
    return exitCodes.done;
  },
};

export const command: CommandGroup = {
  subcommands: {
    show: entry('Print the configuration as a tocsin.yaml, without its secrets', show),
  },
};

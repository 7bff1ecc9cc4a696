// What is public besides the API and tocsin.yaml, as the code has it: variables, commands with
// their options, exit codes and metrics.
import type { CommandTable } from '../../src/cli/command.ts';
import { levelsOf } from '../../src/cli/completion.ts';
import { createCompletion } from '../../src/commands/completion.ts';
import { createSetup } from '../../src/commands/setup.ts';
import { commandVariables, knownVariables } from '../../src/config/read/known.ts';
import { createMetrics } from '../../src/observe/metrics/index.ts';
import { exitCodes } from '../../src/service/exit-codes.ts';
import { readProjectFile } from '../tree/project-files.ts';

export interface Public {
  readonly variables: readonly string[];
  /** Options by the words of the command: `dead list`. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly exitCodes: Readonly<Record<string, number>>;
  readonly metrics: Readonly<
    Record<string, { readonly type: string; readonly labels: readonly string[] }>
  >;
}

export async function publicOf(): Promise<Public> {
  return {
    variables: [...knownVariables, ...commandVariables].sort(),
    commands: await commands(),
    exitCodes,
    metrics: metrics(),
  };
}

async function commands(): Promise<Public['commands']> {
  const levels = await levelsOf(table());
  const own = levels.filter(({ path }) => path !== '');
  return Object.fromEntries(
    own
      .map(({ path, options }): [string, string[]] => [
        path,
        options.map(({ word }) => word).sort(),
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** As src/main.ts has it, which runs where it is imported. */
function table(): CommandTable {
  const main = readProjectFile('src/main.ts');
  const loaded = [...main.matchAll(/^ {2}(\w+): \{\n(?:.*\n)*?.*import\('(\.\/[^']+)'\)/gm)];
  const made: CommandTable = Object.fromEntries(
    loaded.map(([, name = '', path = '']) => [
      name,
      {
        summary: name,
        async load() {
          if (name === 'mattermost') return { command: createSetup(name) };
          if (name === 'completion') return { command: createCompletion(made) };
          return import(new URL(path, new URL('../../src/main.ts', import.meta.url)).href);
        },
      },
    ]),
  );
  return made;
}

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly labelNames?: readonly string[];
}

/** Tocsin's own; those of Node are of the library that counts them. */
function metrics(): Public['metrics'] {
  const { registry } = createMetrics({ version: '0', sources: [], sinks: [], roles: [] });
  const all = registry.getMetricsAsArray() as unknown as readonly Metric[];
  return Object.fromEntries(
    all
      .filter(({ name }) => name.startsWith('tocsin_'))
      .map(({ name, type, labelNames = [] }): [string, Public['metrics'][string]] => [
        name,
        { type: `${type}`, labels: [...labelNames].sort() },
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

// Reads a draft of tocsin.yaml, or of its routes alone, that somebody sends to a running service:
// without a file, a variable that is set, or a secret of the service.
import { z } from 'zod';
import { ConfigError, type ConfigProblem } from '../kit/errors.ts';
import { readConfig } from './load.ts';
import { withNamedTypes } from './named.ts';
import { type AdapterInput, type Definition, findDefinition } from './read/adapters.ts';
import type { ConfigReading } from './read/reading.ts';
import type { AdapterConfig, Config } from './read/shape.ts';

const name = 'draft';

/**
 * The configuration that the draft makes. What it leaves out of sources and sinks are those that
 * run. Settings with a secret are undefined: `${VAR}` and the paths of files are not looked up.
 * @throws {ConfigError} with every problem, each with its line and column
 */
export async function readDraft(text: string, running: Config): Promise<ConfigReading> {
  const { registries, loaders, variables } = running.ground;
  const isList = /^(?:\s|#.*\n|---\s*\n)*-\s/.test(text);
  try {
    const options = {
      env: variables,
      directory: '/',
      registries,
      ...(loaders && { loaders }),
      needs: [],
      areCredentialsOptional: true,
      // A list stands for the routes.
      file: { name, where: name, text: isList ? `routes:\n${text}` : text },
      inputs: {
        sources: running.sources.map((one) => inputOf(one, registries.sources)),
        sinks: running.sinks.map((one) => inputOf(one, registries.sinks)),
      },
    };
    return await withNamedTypes(options, readConfig);
  } catch (error) {
    if (!isList || !(error instanceof ConfigError)) throw error;
    throw new ConfigError(error.problems.map(oneLineUp), error.warnings);
  }
}

/** One whose settings are not known: every one of them is a gap. */
function inputOf(
  { id, type }: AdapterConfig,
  registry: Readonly<Record<string, Definition>>,
): AdapterInput {
  const schema: unknown = findDefinition(registry, type)?.config;
  const keys = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const settings = Object.fromEntries(keys.map((key) => [key, undefined]));
  return { id, type, settings, place: () => id };
}

function oneLineUp({ where, ...rest }: ConfigProblem): ConfigProblem {
  const up = (_: string, line: string) => `${name}:${Math.max(1, Number(line) - 1)}:`;
  return { ...rest, where: where.replace(/^draft:(\d+):/, up) };
}

// A configuration with what it was made from, for those that show or judge it. Types only.
import type { AdapterInput } from './adapters.ts';
import type { Environment } from './environment.ts';
import type { ConfigFile } from './file.ts';
import type { Config, Registries } from './shape.ts';

export interface ConfigReading {
  readonly config: Config;
  readonly environment: Environment;
  /** Undefined without TOCSIN_CONFIG. */
  readonly file: ConfigFile | undefined;
  /** As they were written, in the file or in variables. */
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
  readonly registries: Registries;
}

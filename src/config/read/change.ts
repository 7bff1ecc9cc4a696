// Says which changes of a configuration need a restart, and gives the number by which replicas
// compare their configurations.
import { createHash } from 'node:crypto';
import { type AdapterInput, type Definition, findDefinition } from './adapters.ts';
import type { Environment } from './environment.ts';
import type { ConfigFile } from './file.ts';
import { type KnownVariable, knownVariables, secretVariables, tracingVariables } from './known.ts';
import type { Config, Registries } from './shape.ts';

/** Options that take effect only at a start, with the variables that set them. */
const fixedAtStart = {
  databaseUrl: 'DATABASE_URL',
  databaseUrlDirect: 'DATABASE_URL_DIRECT',
  databasePrepare: 'DATABASE_PREPARE',
  dataDir: 'DATA_DIR',
  port: 'PORT',
  host: 'HOST',
  logLevel: 'LOG_LEVEL',
} as const satisfies Partial<Record<keyof Config, KnownVariable>>;

/** The variables whose values differ and take effect only at a restart. */
export function changesForRestart(running: Config, next: Config): KnownVariable[] {
  const options = Object.keys(fixedAtStart) as (keyof typeof fixedAtStart)[];
  const changed = options
    .filter((option) => running[option] !== next[option])
    .map((option) => fixedAtStart[option]);
  const [traced, nextTraced] = [running, next].map(({ tracing }) => tracing?.variables ?? {});
  return [...changed, ...tracingVariables.filter((name) => traced![name] !== nextTraced![name])];
}

interface Written {
  readonly environment: Environment;
  readonly file: ConfigFile | undefined;
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
}

/** They say where this process runs and not what it does, or are secrets. */
const notCompared: ReadonlySet<string> = new Set([
  ...Object.values(fixedAtStart),
  ...secretVariables,
  ...tracingVariables,
  'EMBEDDED',
  'TOCSIN_CONFIG',
]);

/**
 * A whole number of 48 bits, which a metric can hold. It is the same for all processes with the
 * same configuration, whatever the comments and the order of keys. Of a secret only the place
 * counts (of a URL, the server), so that nobody can test guesses against it; another secret does
 * not change the number.
 *
 * @param mask replaces every secret, wherever else it stands
 */
export function hashOf(
  { environment, file, sources, sinks }: Written,
  registries: Registries,
  mask: (text: string) => string,
): number {
  const variables = knownVariables
    .filter((name) => !notCompared.has(name))
    .map((name) => [name, environment.get(name)]);
  const { sources: _, sinks: __, ...rest } = file?.content ?? {};
  const written = {
    variables: Object.fromEntries(variables),
    rest,
    sources: withoutSecrets(sources, registries.sources),
    sinks: withoutSecrets(sinks, registries.sinks),
  };
  const digest = createHash('sha256')
    .update(mask(JSON.stringify(written, sorted)))
    .digest();
  return digest.readUIntBE(0, 6);
}

function withoutSecrets(
  inputs: readonly AdapterInput[],
  registry: Readonly<Record<string, Definition>>,
) {
  return inputs.map(({ id, type, settings, template, timeout, locale, timeZone }) => {
    const secrets = findDefinition(registry, type)?.secrets ?? [];
    const shown = Object.entries(settings).map(([key, value]) => [
      key,
      secrets.includes(key) ? serverOf(value) : value,
    ]);
    return [
      id,
      type,
      Object.fromEntries(shown),
      template,
      timeout?.text,
      locale?.text,
      timeZone?.text,
    ];
  });
}

function serverOf(secret: unknown): string {
  return typeof secret === 'string' && URL.canParse(secret) ? new URL(secret).origin : 'secret';
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

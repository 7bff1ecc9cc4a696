// Holds the settings of each configured source and sink against the schema of its type. Creates no
// adapter.
import type { SinkDefinition } from '../../kit/sink.ts';
import type { SourceDefinition } from '../../kit/source.ts';
import { didYouMean } from '../../kit/suggest.ts';
import type { Findings } from './environment.ts';
import type { FileValue, Place } from './place.ts';
import { issuesOf, problemsOf, shownName } from './problems.ts';
import type { AdapterConfig } from './shape.ts';
import { hasGap } from './sound.ts';

export type Definition = SourceDefinition | SinkDefinition;

/** One source or sink as it was written. Its settings are not checked yet, and may have gaps. */
export interface AdapterInput {
  readonly id: string;
  /** Undefined if it could not be read. */
  readonly type: string | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of a sink: the name of its template. */
  readonly template?: string;
  /** Of a sink: how long one message may take. */
  readonly timeout?: FileValue;
  /** Of a sink: the language and the time zone of its messages. */
  readonly locale?: FileValue;
  readonly timeZone?: FileValue;
  /** Paths are relative to the settings; the empty path is the adapter itself. */
  readonly place: Place;
}

/** Undefined for an unknown type; so is `constructor`, which every object inherits. */
export function findDefinition<D extends Definition>(
  registry: Readonly<Record<string, D>>,
  type: string | undefined,
): D | undefined {
  return type !== undefined && Object.hasOwn(registry, type) ? registry[type] : undefined;
}

export interface WrittenAdapters {
  readonly inputs: readonly AdapterInput[];
  readonly registry: Readonly<Record<string, Definition>>;
  /** Keys that every one of them may have, whatever its type. */
  readonly commonKeys: readonly string[];
}

/**
 * Returns the adapters whose settings are right, and reports what is wrong with the others. An
 * adapter that only lacks a value that could not be read has the settings undefined.
 */
export function checkAdapters(
  { inputs, registry, commonKeys }: WrittenAdapters,
  findings: Findings,
): AdapterConfig[] {
  return inputs.flatMap((input) => {
    const { id, type, settings, place } = input;
    if (type === undefined) return [];
    const definition = findDefinition(registry, type);
    if (definition === undefined) {
      const known = Object.keys(registry);
      const problem = `"${shownName(type)}" is not a type`;
      const remedy = `Known types: ${known.join(', ')}.${didYouMean(type, known)}`;
      findings.problems.push({ where: place(['type']), problem, remedy });
      return [];
    }
    const files = definition.secrets.map((key) => `${String(key)}_file`);
    const otherKeys = [...files, ...commonKeys];
    const judged = { schema: definition.config, content: settings, place, otherKeys };
    const issues = issuesOf(judged);
    findings.problems.push(...problemsOf(issues, judged));
    if (issues.length > 0) return [];
    if (hasGap(settings)) return [{ id, type, settings: undefined }];
    const parsed: unknown = definition.config.parse(settings);
    for (const { key, text } of definition.warnings?.(parsed, Date.now()) ?? [])
      findings.warnings.push(`${place([key])}: ${settings[key]} ${text}`);
    return [{ id, type, settings: parsed }];
  });
}

/** The values, as written, of the settings that their type calls secret. */
export function secretsOf(
  inputs: readonly AdapterInput[],
  registry: Readonly<Record<string, Definition>>,
): string[] {
  return inputs.flatMap(({ type, settings }) => {
    const keys = findDefinition(registry, type)?.secrets ?? [];
    return keys.flatMap((key) => {
      const value = settings[key as string];
      return typeof value === 'string' && value !== '' ? [value] : [];
    });
  });
}

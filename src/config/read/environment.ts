// Reads variables: those of the process before `.env` before `.env1`, and secrets from files of
// their own (NAME_FILE).
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ConfigProblem } from '../../kit/errors.ts';
import { codeOf, exposureOf, type FilesRead, readText, secretBytesMax } from '../../kit/files.ts';
import { suggest } from '../../kit/suggest.ts';
import {
  knownVariables,
  misnamedVariables,
  secretVariables,
  unguessableVariables,
} from './known.ts';

export interface Environment {
  /**
   * The value without surrounding blanks and quotes; undefined if not set or empty. Of NAME_FILE,
   * the file's text.
   */
  get(name: string): string | undefined;
  /** `NAME`, or with the file that it stands in: `NAME (.env)`. */
  place(name: string): string;
  /**
   * The path of the file that holds the value, from NAME_FILE, absolute; undefined if the value
   * stands in NAME itself.
   */
  fileOf(name: string): string | undefined;
  /** True if it is set but its value could not be read, which was reported. */
  isBroken(name: string): boolean;
  /** Names of all variables with that prefix, whether or not Tocsin knows them. */
  namesWith(prefix: string): string[];
  /** Values of variables that are secret by name. */
  secrets(): string[];
}

/** Collects what readers find, so that every problem of a configuration is reported at once. */
export interface Findings {
  readonly problems: ConfigProblem[];
  readonly warnings: string[];
  /** Every file that was looked for. */
  readonly files?: FilesRead | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;
interface Layer {
  /** Empty for the process's own variables. */
  readonly file: string;
  readonly variables: Variables;
}

/** @param areFilesRead false: the process's own variables alone */
export function readEnvironment(
  env: Variables,
  directory: string,
  findings: Findings,
  areFilesRead = true,
): Environment {
  const files = (areFilesRead ? ['.env', '.env1'] : []).map((file) => ({
    file,
    variables: readVariables(directory, file, findings),
  }));
  const layers: readonly Layer[] = [{ file: '', variables: env }, ...files];
  const layerOf = (name: string) =>
    layers.find(({ variables }) => (ownValue(variables, name) ?? '').trim() !== '');
  const place = (name: string): string => {
    const file = layerOf(name)?.file ?? '';
    return file === '' ? name : `${name} (${file})`;
  };
  const fileOf = (name: string): string | undefined => {
    const path = layerOf(`${name}_FILE`)?.variables[`${name}_FILE`]?.trim();
    return path === undefined ? undefined : resolve(directory, path);
  };
  const read = (name: string): string | undefined => {
    const raw = layerOf(name)?.variables[name];
    const path = fileOf(name);
    if (path === undefined)
      return raw === undefined ? undefined : cleaned(raw, place(name), findings);
    if (raw === undefined) return readSecret(path, place(`${name}_FILE`), findings);
    const problem = `is set, and so is ${place(`${name}_FILE`)}`;
    findings.problems.push({ where: place(name), problem, remedy: 'Keep one of the two' });
    return undefined;
  };
  const values = new Map<string, string | undefined>();
  const get = (name: string): string | undefined => {
    if (!values.has(name)) values.set(name, read(name));
    return values.get(name);
  };
  const isSet = (name: string) =>
    layerOf(name) !== undefined || layerOf(`${name}_FILE`) !== undefined;
  warnOfMisnamed(layers, isSet, findings);
  return {
    get,
    place,
    fileOf,
    isBroken: (name) => isSet(name) && get(name) === undefined,
    namesWith: (prefix) =>
      layers
        .flatMap(({ variables }) => Object.keys(variables))
        .filter((name) => name.startsWith(prefix)),
    secrets: () => secretVariables.flatMap((name) => get(name) ?? []),
  };
}

/** Undefined for what the object inherits: nobody set a variable `constructor`. */
export function ownValue(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function readVariables(directory: string, file: string, findings: Findings): Variables {
  let text: string;
  try {
    text = readText(resolve(directory, file), findings.files);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    findings.problems.push({
      where: file,
      problem: `cannot be read (${codeOf(error)})`,
      remedy: 'Make it a file that this user may read, or remove it',
    });
    return {};
  }
  const exposure = exposureOf(resolve(directory, file), true);
  if (exposure !== undefined) findings.warnings.push(`${file} ${exposure}`);
  for (const name of valuesCutAtHash(text)) {
    findings.warnings.push(
      `${name} (${file}): everything from "#" on was taken for a comment. Quote the value if it belongs to it.`,
    );
  }
  for (const line of linesWithoutValue(text))
    findings.warnings.push(
      `${file}:${line} is neither NAME=value nor a comment, and was passed over.`,
    );
  return parseEnv(text);
}

/** Numbers of lines that mean nothing; none if a value of several lines may hold anything. */
function linesWithoutValue(text: string): number[] {
  if (/=\s*["'`][^"'`]*\n/.test(text)) return [];
  return text.split('\n').flatMap((line, at) => (/^\s*(#|$)|=/.test(line) ? [] : [at + 1]));
}

/** Names whose values the parser cuts: it takes `a#b` for `a`, which would shorten a password. */
function valuesCutAtHash(text: string): string[] {
  return [
    ...text.matchAll(
      /^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=[ \t]*[^\s'"`#][^'"`\n]*?(?<=\S)#/gim,
    ),
  ]
    .filter(([line]) => !/\s#/.test(line))
    .map(([, name]) => name ?? '');
}

/**
 * Without blanks and quotes around it: container tools pass quotes on as part of the value, and no
 * value needs them. Undefined, with a problem, if it cannot be a value.
 */
function cleaned(raw: string, where: string, findings: Findings): string | undefined {
  const value = raw.trim();
  if (/[\r\n\0]/.test(value)) {
    findings.problems.push({
      where,
      problem: 'runs over several lines',
      remedy: 'Put the value on one line, and see whether a quote is never closed',
    });
    return undefined;
  }
  if (/^["']/.test(value) && !/^(["']).*\1$/.test(value)) {
    findings.problems.push({
      where,
      problem: 'begins with a quote that is never closed',
      remedy: 'Close it, or take it away',
    });
    return undefined;
  }
  if (/\s#/.test(value))
    findings.warnings.push(
      `${where}: the value holds " #". A comment behind a value is understood in .env only; take it away.`,
    );
  const inner = /^(["'])(.*)\1$/.exec(value)?.[2];
  if (inner === undefined) return value;
  findings.warnings.push(`${where}: the quotes around the value were taken off.`);
  return inner.trim() || undefined;
}

/**
 * Reads a secret from a file, without the line break that editors add. Undefined, with a problem,
 * if that fails.
 */
export function readSecret(path: string, where: string, findings: Findings): string | undefined {
  let value: string;
  try {
    value = readText(path, findings.files, secretBytesMax).trim();
  } catch (error) {
    const remedy = 'Name a regular file that this user may read, with the secret alone in it';
    findings.problems.push({
      where,
      problem: `names a file that cannot be read (${codeOf(error)})`,
      remedy,
    });
    return undefined;
  }
  const exposure = exposureOf(path, true);
  if (exposure !== undefined) findings.warnings.push(`${where} names a file that ${exposure}`);
  if (value !== '' && !/[\r\n\0]/.test(value)) return value;
  const problem = value === '' ? 'names an empty file' : 'names a file of more than one line';
  findings.problems.push({ where, problem, remedy: 'Put the secret alone into that file' });
  return undefined;
}

/** An unknown name is probably a slip if a similar name is known and not set. */
function warnOfMisnamed(
  layers: readonly Layer[],
  isSet: (name: string) => boolean,
  findings: Findings,
): void {
  const guessable = knownVariables.filter(
    (name) => name.length >= 5 && !unguessableVariables.has(name),
  );
  const known = new Set(knownVariables.flatMap((name) => [name, `${name}_FILE`]));
  for (const { file, variables } of layers) {
    for (const name of Object.keys(variables)) {
      if (known.has(name) || (variables[name] ?? '') === '') continue;
      const meant = misnamedVariables[name.toUpperCase()] ?? suggest(name, guessable);
      if (meant === undefined || isSet(meant)) continue;
      findings.warnings.push(
        `${file === '' ? name : `${name} (${file})`} means nothing to Tocsin. Did you mean ${meant}?`,
      );
    }
  }
}

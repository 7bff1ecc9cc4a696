// The options before the command: the environment and the folder of a service that the command runs beside.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, readText } from '../kit/files.ts';
import { type CommandIo, UsageError } from './command.ts';

export interface Surroundings {
  /** The command and what follows it. */
  readonly argv: readonly string[];
  readonly io: CommandIo;
}

/** @throws {UsageError} an option without its value, or a file or folder that cannot be read */
export function readSurroundings(argv: readonly string[], io: CommandIo): Surroundings {
  const [option, value] = /^--(?:env-file|directory)=/.test(argv[0] ?? '')
    ? splitAtEquals(argv[0]!)
    : [argv[0], argv[1]];
  if (option !== '--env-file' && option !== '--directory') return { argv, io };
  const rest = argv.slice(argv[0] === option ? 2 : 1);
  if (!value || value.startsWith('-')) throw new UsageError(`${option} needs a ${nouns[option]}.`);
  const path = resolve(io.directory, value);
  if (option === '--directory') return readSurroundings(rest, { ...io, directory: folder(path, value) });
  return readSurroundings(rest, { ...io, env: { ...io.env, ...variablesOf(path, value) } });
}

const nouns = { '--env-file': 'file', '--directory': 'folder' } as const;

function splitAtEquals(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function folder(path: string, written: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new UsageError(`--directory ${written}: there is no such folder.`);
}

/**
 * As systemd and Docker read it: a `#` begins a comment only at the start of a line, so it may be part of a password.
 * Quotes around a value are taken off where the variable is read.
 */
function variablesOf(path: string, written: string): Record<string, string> {
  let text: string;
  try {
    text = readText(path, undefined);
  } catch (error) {
    throw new UsageError(
      `--env-file ${written} cannot be read (${codeOf(error)}). Run this as a user who may, or name another.`,
    );
  }
  const lines = text.split(/\r?\n/);
  const pairs = lines.flatMap((line, at) => {
    if (/^\s*([#;]|$)/.test(line)) return [];
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new UsageError(`--env-file ${written}:${at + 1} is no NAME=value.`);
    return [[name, value ?? ''] as const];
  });
  return Object.fromEntries(pairs);
}

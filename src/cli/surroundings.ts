// Applies the options before the command: the environment and the folder of the service that a
// command works on.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, readText } from '../kit/files.ts';
import { type CommandIo, UsageError } from './command.ts';

/** With relative paths beginning in that folder. @throws {UsageError} there is no such folder */
export function inDirectory(io: CommandIo, written: string): CommandIo {
  const path = resolve(io.directory, written);
  const isFolder = written !== '' && statSync(path, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder) return { ...io, directory: path };
  throw new UsageError(`--directory ${written}: there is no such folder.`);
}

/**
 * With the variables of the file before those of the process.
 * @throws {UsageError} it cannot be read, or a line is no variable
 */
export function withEnvironmentFile(io: CommandIo, written: string): CommandIo {
  if (written === '') throw new UsageError('--env-file needs the name of a file.');
  const path = resolve(io.directory, written);
  return { ...io, env: { ...io.env, ...variablesOf(path, written) } };
}

/**
 * Reads as systemd and Docker do: a `#` begins a comment only at the start of a line, so it may be
 * part of a password. Quotes are taken off later, where the variable is read.
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
    if (name === undefined)
      throw new UsageError(`--env-file ${written}:${at + 1} is no NAME=value.`);
    return [[name, value ?? ''] as const];
  });
  return Object.fromEntries(pairs);
}

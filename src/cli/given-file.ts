// Reads a file that the command line names; "-" is standard input.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, readText, textOf } from '../kit/files.ts';
import { UsageError } from './command.ts';

/** @param directory where a relative name begins @throws {UsageError} it cannot be read */
export function readGivenFile(name: string, directory: string): string {
  try {
    return name === '-' ? textOf(readFileSync(0)) : readText(resolve(directory, name), undefined);
  } catch (error) {
    throw new UsageError(`${name} cannot be read (${codeOf(error)}).`);
  }
}

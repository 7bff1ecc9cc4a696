// JSON as commands print it. Whatever a far end or an attacker wrote in it stays the same to a
// program and does nothing to a terminal.
import { harmlessJson } from '../kit/unseen.ts';

/** Parses to the same value as what JSON.stringify gives. Ends its line. */
export function jsonText(value: unknown, indent?: number): string {
  return `${harmlessJson(JSON.stringify(value, null, indent))}\n`;
}

/** The option of a command that prints JSON if it is asked to. */
export const jsonOption = { json: { type: 'boolean', help: 'Print JSON' } } as const;

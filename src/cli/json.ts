// JSON as commands print it. A terminal obeys nothing in it, whatever an attacker wrote; a program
// reads exactly what was meant.
import { harmlessJson } from '../kit/unseen.ts';

/** Parses to the same value as the text of JSON.stringify. Ends with a line break. */
export function jsonText(value: unknown, indent?: number): string {
  return `${harmlessJson(JSON.stringify(value, null, indent))}\n`;
}

/** The option of commands that can print JSON. */
export const jsonOption = { json: { type: 'boolean', help: 'Print JSON' } } as const;

// Lines that commands print for people.
import { neutralText } from '../kit/text.ts';
import { listMax } from '../operations/index.ts';
import type { CommandIo } from './command.ts';

/** For texts that an attacker may have written: a terminal obeys nothing in the result. */
export function onOneLine(text: string): string {
  return neutralText(text, { multiline: false });
}

/** A row of a list, with its line break. What an attacker wrote in it stays on the line. */
export function row(...cells: readonly (string | number | null | undefined)[]): string {
  return `${onOneLine(cells.map((cell) => cell ?? '-').join('  '))}\n`;
}

/** Says on stderr that a list may have been cut. */
export function remarkIfCut(rows: readonly unknown[], io: CommandIo): void {
  if (rows.length === listMax) io.stderr(`these are the newest ${listMax}; there may be more\n`);
}

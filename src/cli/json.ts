// JSON as commands print it. Whatever a far end or an attacker wrote in it stays the same to a program and does nothing to a terminal.

/** DEL and C1 controls, line separators, and format characters, which turn the reading direction or cannot be seen. */
const obeyed = /[\x7F-\x9F\u2028\u2029\p{Cf}]/gu;

/** Parses to the same value as what JSON.stringify gives. Ends its line. */
export function jsonText(value: unknown, indent?: number): string {
  return `${JSON.stringify(value, null, indent).replace(obeyed, escaped)}\n`;
}

/** Beyond U+FFFF JSON knows only the two halves of a pair. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

// A line of a text, with a caret under one of its characters.

/** @param position of the character, from 1, counted from the beginning of `text` */
export function excerpt(text: string, position: number): string {
  const before = text.slice(0, position - 1).split('\n');
  const indent = '      ';
  return `${indent}${text.split('\n')[before.length - 1]}\n${indent}${' '.repeat(before.at(-1)!.length)}^`;
}

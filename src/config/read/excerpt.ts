// A line of a text, with a caret under one of its characters.
import { didYouMean } from '../../kit/suggest.ts';

/** @param position of the character, from 1, counted from the beginning of `text` */
export function excerpt(text: string, position: number): string {
  const before = text.slice(0, position - 1).split('\n');
  const indent = '      ';
  return `${indent}${text.split('\n')[before.length - 1]}\n${indent}${' '.repeat(before.at(-1)!.length)}^`;
}

/**
 * The same, with the names that could stand there, and the one that was most likely meant.
 * @param known may be empty
 */
export function excerptWithKnown(text: string, position: number, known: readonly string[]): string {
  const shown = `${excerpt(text, position)} here`;
  if (known.length === 0) return shown;
  const [word = ''] = /^[\w.]*/.exec(text.slice(position - 1)) ?? [];
  const names = [word, word.split('.')[0]!].map((name) => didYouMean(name, known));
  return `${shown}. Known names: ${known.join(', ')}.${names.find((hint) => hint !== '') ?? ''}`;
}

// Every line that src may write to the log, read from the code: level, message, names of the
// fields. What cannot be read is a fault of its own.
import type { SourceFile } from './source-files.ts';

export interface LogLine {
  readonly path: string;
  readonly level: string;
  /** As written; a part that only runs know is {@link unknown}. */
  readonly message: string;
  /** In alphabetical order. */
  readonly fields: readonly string[];
}

/** Stands in a message for what only runs know. */
export const unknown = '…';

const call = /\b(?:log|logger)\.(debug|info|warn|error)\(/g;

/** @throws if a message or the fields cannot be read from the code */
export function logLinesOf({ path, text }: SourceFile): LogLine[] {
  return [...text.matchAll(call)].flatMap(({ 0: { length }, 1: level = '', index }) => {
    const [fields = '', said = ''] = splitTop(
      text.slice(index + length, endOf(text, index + length)),
    );
    const before = text.slice(0, index);
    const messages = messagesIn(said);
    if (messages.length === 0)
      throw new Error(`${path}: the message "${said}" is none that can be looked up`);
    const names = [...new Set(keysOf(fields, before, path))].sort();
    return messages.map((message) => ({ path, level, message, fields: names }));
  });
}

/** The place of the bracket that closes what is open at `from`. */
function endOf(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]!;
    if (`'"\``.includes(character)) at = endOfQuote(text, at);
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character) && --depth < 0) return at;
  }
  throw new Error('a bracket is never closed');
}

function endOfQuote(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[from]) return at;
    else if (text[from] === '`' && text[at] === '$' && text[at + 1] === '{')
      at = endOf(text, at + 2);
  }
  throw new Error('a quote is never closed');
}

/** The parts between the commas that stand in no bracket and no quote. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (`'"\``.includes(text[at]!)) at = endOfQuote(text, at);
    else if ('([{'.includes(text[at]!)) at = endOf(text, at + 1);
    else if (text[at] === ',') {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()].filter((part) => part !== '');
}

/** One, or the two of a condition. */
function messagesIn(expression: string): string[] {
  const literal = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;
  const said = /\?([^?]*:[^:]*)$/.exec(expression)?.[1] ?? expression;
  if (!/^[\s'"`:]/.test(said) && !said.startsWith("'")) return [];
  return [...said.matchAll(literal)].map(([, single, double, template]) =>
    (single ?? double ?? template ?? '').replace(/\$\{[^}]*\}/g, unknown),
  );
}

/**
 * Of an object as it is written, of what it spreads, or of the nearest constant of that name above.
 */
function keysOf(expression: string, before: string, path: string): string[] {
  const inner = expression.replace(/\s+satisfies \w+$/, '');
  if (inner.startsWith('{'))
    return splitTop(inner.slice(1, endOf(inner, 1))).flatMap((part) => keyOf(part, before, path));
  const conditional = /^\(?[^{}]*&&\s*(\{.*\})\)?$/s.exec(inner)?.[1];
  if (conditional !== undefined) return keysOf(conditional, before, path);
  const declared = [
    ...before.matchAll(new RegExp(`\\bconst ${inner}(?:: \\w+)? = (?=\\{)`, 'g')),
  ].at(-1);
  if (!/^\w+$/.test(inner) || declared === undefined)
    throw new Error(`${path}: the fields "${inner}" are none that can be looked up`);
  const from = declared.index + declared[0].length;
  return keysOf(before.slice(from, endOf(before, from + 1) + 1), before.slice(0, from), path);
}

function keyOf(part: string, before: string, path: string): string[] {
  if (part.startsWith('...')) return keysOf(part.slice(3), before, path);
  return [/^\w+/.exec(part)![0]];
}

// Patterns for names: `*` is any text, `?` one character; upper and lower case are the same, and the whole name must fit.

/** True if the whole text fits. Time grows with the length of the text times that of the pattern, and no faster. */
export type Glob = (text: string) => boolean;

const lengthMax = 200;

/** @throws {Error} the message is the end of a sentence about the pattern */
export function compileGlob(pattern: string): Glob {
  if (pattern.trim() === '') throw new Error('is empty');
  if (pattern.length > lengthMax) throw new Error(`is longer than ${lengthMax} characters`);
  const parts = pattern.toLowerCase().split(/\*+/);
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (parts.length === 1) return (text) => text.length === first.length && isAt(text.toLowerCase(), first, 0);
  const middle = parts.slice(1, -1);
  return (given) => {
    const text = given.toLowerCase();
    const end = text.length - last.length;
    if (end < first.length || !isAt(text, first, 0) || !isAt(text, last, end)) return false;
    let from = first.length;
    for (const part of middle) {
      const index = find(text, part, from);
      if (index === -1 || index + part.length > end) return false;
      from = index + part.length;
    }
    return true;
  };
}

/** The first place is the best one: it leaves the most for the parts that follow. */
function find(text: string, part: string, from: number): number {
  if (!part.includes('?')) return text.indexOf(part, from);
  for (let index = from; index + part.length <= text.length; index += 1) if (isAt(text, part, index)) return index;
  return -1;
}

function isAt(text: string, part: string, index: number): boolean {
  for (let n = 0; n < part.length; n += 1) {
    const unit = part.charCodeAt(n);
    if (unit !== anyUnit && unit !== text.charCodeAt(index + n)) return false;
  }
  return true;
}

const anyUnit = '?'.charCodeAt(0);

// Patterns for names: `*` is any text, `?` one character; upper and lower case are the same, and
// the whole name must fit.

/**
 * True if the whole text fits. Time grows with the length of the text times that of the pattern,
 * and no faster.
 */
export type Glob = (text: string) => boolean;

const lengthMax = 200;

/** @throws {Error} the message is the end of a sentence about the pattern */
export function compileGlob(pattern: string): Glob {
  if (pattern.trim() === '') throw new Error('is empty');
  if (pattern.length > lengthMax) throw new Error(`is longer than ${lengthMax} characters`);
  const parts = pattern.split(/\*+/).map(sourceOf);
  if (parts.length <= 2) {
    const whole = new RegExp(`^${parts.join('.*')}$`, 'isu');
    return (text) => whole.test(text);
  }
  // With several asterisks, one regular expression for the whole would backtrack without bound.
  const steps = [`^${parts.shift()}`, ...parts.slice(0, -1), `${parts.at(-1)}$`].map(
    (part) => new RegExp(part, 'gisu'),
  );
  return (text) => {
    let from = 0;
    return steps.every((step) => {
      // The first place is the best one: it leaves the most for the parts that follow.
      step.lastIndex = from;
      const fits = step.test(text);
      from = step.lastIndex;
      return fits;
    });
  };
}

function sourceOf(part: string): string {
  return part.replace(/[\\^$.+()[\]{}|/]/g, '\\$&').replaceAll('?', '.');
}

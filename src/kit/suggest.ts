// Finds the word that somebody meant. Pure.

/**
 * The word of `known` that is nearest to `word`. Forgives one slip in a short word, and two if both
 * words have eight letters or more. Undefined if no word is that near.
 */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const name of known) {
    const slips = countSlips(word.toLowerCase(), name.toLowerCase());
    const allowed = Math.min(word.length, name.length) >= 8 ? 2 : 1;
    if (slips <= allowed && (best === undefined || slips < best.slips)) best = { name, slips };
  }
  return best?.name;
}

/** ` Did you mean "x"?`, to put behind a sentence; empty if no word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const name = suggest(word, known);
  return name === undefined ? '' : ` Did you mean "${name}"?`;
}

/**
 * Counts letters to insert, drop or replace, and neighbours to swap (optimal string alignment).
 * Infinite for words whose lengths differ by more than two.
 */
function countSlips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let slips = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        slips = Math.min(slips, beforeLast[j - 2]! + 1);
      row.push(slips);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

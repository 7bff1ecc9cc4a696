// Whether one pattern covers everything that another does. True is certain; false may mean that it
// could not be decided. Pure.

/** True if every text that fits the pattern `narrow` fits `wide` too. */
export function coversGlob(wide: string, narrow: string): boolean {
  const [outer, inner] = [[...wide], [...narrow]];
  // can[j]: what was read of `outer` takes the first j characters of `inner`, whatever its * and ?
  // stand for.
  let can = inner.map(() => false);
  can = [true, ...can];
  for (const wanted of outer) {
    if (wanted === '*') {
      const first = can.indexOf(true);
      can = can.map((_, j) => first !== -1 && j >= first);
    } else can = can.map((_, j) => j > 0 && can[j - 1]! && takes(wanted, inner[j - 1]!));
  }
  return can[inner.length]!;
}

/**
 * Of one character of each, `*` of the narrow one is more than any but `*` takes. Letters beyond
 * ASCII must be the same.
 */
function takes(wanted: string, given: string): boolean {
  if (given === '*') return false;
  if (wanted === '?') return true;
  return given !== '?' && lowered(wanted) === lowered(given);
}

function lowered(character: string): string {
  return /[A-Z]/.test(character) ? character.toLowerCase() : character;
}

// Which requests a fault strikes: a share of them, by chance, but the same chance for every
// contestant.

/** The first fault comes this soon, however small the share: 3,000 events are 60 pages. */
const firstWithin = 50;

/**
 * @param share 0 to 1 @returns `strike`, called for each request: true if it is struck; `times` of
 * those so far, on the epoch's clock
 */
export function createStrikes(share, seed) {
  const random = generatorThatStrikes(share, seed);
  const times = [];
  const strike = () => {
    const isStruck = random() < share;
    if (isStruck) times.push(Date.now());
    return isStruck;
  };
  return { strike, times };
}

/** The first generator from this seed on that strikes one of the first requests. */
function generatorThatStrikes(share, seed) {
  if (share === 0) return () => 1;
  for (let candidate = seed * 1000; ; candidate += 1) {
    const trial = createRandom(candidate);
    const isSoon = Array.from({ length: firstWithin }, trial).some((value) => value < share);
    if (isSoon) return createRandom(candidate);
  }
}

/** Mulberry32: small, and good enough to strike by. */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Repeatable randomness for the demo: the same seed gives the same numbers. Not for secrets.

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** Whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** `digits` lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** Numbers of several parts (seed, stream, id) give one independent sequence each. */
export function createRandom(...parts: readonly number[]): Random {
  let state = parts.reduce((mixed, part) => scramble(mixed ^ part), 0x9e3779b9);
  const unsigned = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    return scramble(state) >>> 0;
  };
  const next = (): number => unsigned() / 0x1_0000_0000;
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => items[integer(0, items.length - 1)]!,
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += unsigned().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}

/** The finaliser of MurmurHash3: close inputs give distant outputs. */
function scramble(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** One of the items, as often as its weight says. */
export function pickWeighted<Item>(
  random: Random,
  items: readonly (readonly [weight: number, item: Item])[],
): Item {
  const total = items.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [weight, item] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items.at(-1)![1];
}

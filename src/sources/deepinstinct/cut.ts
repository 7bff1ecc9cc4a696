// One pass over the text of a page, before anything is parsed: where its events stand, byte for
// byte, and how much each would cost to parse. Judges no value. A hot path: native searches, no
// regular expression per character, and nothing that grows faster than the text.
import { skipString } from '../../kit/nesting.ts';

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** A piece of the page. */
export interface Cut {
  readonly text: string;
  /** About how many values are in it: its commas and opening brackets outside of strings. */
  readonly values: number;
}

export interface CutPage {
  /**
   * The elements of the list under the key asked for; of several such lists the last, as JSON.parse
   * has it.
   */
  readonly elements: readonly Cut[] | undefined;
  /** What stands under that key, if it is no list. */
  readonly instead: Cut | undefined;
  /** The other members of the object by their keys, the last of each. */
  readonly others: ReadonlyMap<string, Cut>;
  /** Values in `others` and `instead`, and those that a later list or member replaced. */
  readonly otherValues: number;
  /** The object ends, and nothing but blanks follows. */
  readonly isWhole: boolean;
}

/** How much a page may hold; one with more is none. */
export interface CutLimits {
  readonly elementsMax: number;
  readonly othersMax: number;
}

/**
 * Takes the text of a JSON object apart, valid or not: brackets and strings decide alone.
 * @returns undefined if the text is none, or there is more in it than the limits allow
 */
export function cutPage(json: string, key: string, limits: CutLimits): CutPage | undefined {
  return new Cutter(json, limits).page(key);
}

/**
 * The text of the first member of a JSON object under one of `keys`, for objects that do not parse.
 */
export function cutMembers(json: string, keys: readonly string[]): ReadonlyMap<string, string> {
  return new Cutter(json, { elementsMax: 0, othersMax: 0 }).members(keys);
}

class Cutter {
  readonly #json: string;
  readonly #limits: CutLimits;
  #index = 0;
  /** Values passed so far. */
  #values = 0;

  constructor(json: string, limits: CutLimits) {
    this.#json = json;
    this.#limits = limits;
  }

  page(key: string): CutPage | undefined {
    const { othersMax } = this.#limits;
    const others = new Map<string, Cut>();
    let elements: Cut[] | undefined;
    let instead: Cut | undefined;
    let elementValues = 0;
    if (!this.#enterObject()) return undefined;
    for (;;) {
      const name = this.#nextKey();
      if (name === undefined) break;
      const before = this.#values;
      if (name === key) {
        const isList = this.#json.charCodeAt(this.#index) === openBracket;
        elements = isList ? this.#list() : undefined;
        if (isList && elements === undefined) return undefined;
        instead = isList ? undefined : this.#cut();
        elementValues = isList ? this.#values - before : 0;
      } else others.set(name, this.#cut());
      if (this.#values - elementValues > othersMax) return undefined;
    }
    const isWhole = this.#leavesObject();
    return { elements, instead, others, otherValues: this.#values - elementValues, isWhole };
  }

  members(keys: readonly string[]): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    if (!this.#enterObject()) return found;
    while (found.size < keys.length) {
      const name = this.#nextKey();
      if (name === undefined) break;
      const start = this.#index;
      this.#skipValue();
      if (keys.includes(name) && !found.has(name))
        found.set(name, this.#json.slice(start, this.#index));
    }
    return found;
  }

  #enterObject(): boolean {
    this.#skipBlank();
    if (this.#json.charCodeAt(this.#index) !== openBrace) return false;
    this.#index += 1;
    return true;
  }

  /** @returns the next key, with the index at its value; undefined if what follows is none */
  #nextKey(): string | undefined {
    this.#skipCommas();
    if (this.#json.charCodeAt(this.#index) !== quote) return undefined;
    const start = this.#index;
    this.#index = skipString(this.#json, start);
    const name = keyOf(this.#json.slice(start, this.#index));
    this.#skipBlank();
    if (this.#json.charCodeAt(this.#index) !== colon) return undefined;
    this.#index += 1;
    this.#values += 1;
    this.#skipBlank();
    return name;
  }

  #leavesObject(): boolean {
    if (this.#json.charCodeAt(this.#index) !== closeBrace) return false;
    this.#index += 1;
    this.#skipBlank();
    return this.#index >= this.#json.length;
  }

  /**
   * @returns undefined if there are too many; what is left of a list that does not end is not one
   * of them
   */
  #list(): Cut[] | undefined {
    const elements: Cut[] = [];
    this.#index += 1;
    for (;;) {
      this.#skipCommas();
      const unit = this.#json.charCodeAt(this.#index);
      if (unit === closeBracket) {
        this.#index += 1;
        return elements;
      }
      const start = this.#index;
      if (elements.length === this.#limits.elementsMax) return undefined;
      elements.push(this.#cut());
      // At the end of the text, or at a bracket that has no business here: nothing moves any more.
      if (this.#index <= start) return elements.slice(0, -1);
    }
  }

  #cut(): Cut {
    const start = this.#index;
    const before = this.#values;
    this.#skipValue();
    return { text: this.#json.slice(start, this.#index), values: this.#values - before };
  }

  #skipValue(): void {
    const json = this.#json;
    const unit = json.charCodeAt(this.#index);
    if (unit === quote) this.#index = skipString(json, this.#index);
    else if (unit === openBrace || unit === openBracket) this.#skipNested();
    else {
      let index = this.#index;
      while (index < json.length && !endsScalar(json.charCodeAt(index))) index += 1;
      this.#index = index;
    }
  }

  #skipNested(): void {
    const json = this.#json;
    let depth = 0;
    let values = 0;
    let index = this.#index;
    while (index < json.length) {
      const unit = json.charCodeAt(index);
      if (unit === quote) {
        index = skipString(json, index);
        continue;
      }
      index += 1;
      if (unit === comma) values += 1;
      else if (unit === openBrace || unit === openBracket) {
        depth += 1;
        values += 1;
      } else if (unit === closeBrace || unit === closeBracket) {
        depth -= 1;
        if (depth === 0) break;
      }
    }
    this.#index = index;
    this.#values += values;
  }

  #skipBlank(): void {
    let index = this.#index;
    // NaN, behind the end, is not below either.
    while (this.#json.charCodeAt(index) <= 0x20) index += 1;
    this.#index = index;
  }

  #skipCommas(): void {
    this.#skipBlank();
    while (this.#json.charCodeAt(this.#index) === comma) {
      this.#index += 1;
      this.#skipBlank();
    }
  }
}

function endsScalar(unit: number): boolean {
  return unit === comma || unit === closeBracket || unit === closeBrace || unit <= 0x20;
}

/** As JSON.parse reads it; the text itself if that is no JSON string. */
function keyOf(text: string): string {
  const inner = text.slice(1, -1);
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(text) as string;
  } catch {
    return inner;
  }
}

// Parses JSON and remembers which bytes each object came from, so that an item of a batch is kept as
// it was received. Bounded in depth; as strict as JSON.parse. Pure.
import { skipString } from './nesting.ts';

/** Nested deeper than this, a text is refused: nothing honest is. */
export const depthMax = 200;

export interface JsonPieces {
  readonly value: unknown;
  /** The text of an object or a list of `value`, as received; undefined for anything else. */
  sourceOf(piece: unknown): string | undefined;
}

/**
 * @param textMax characters of one text within `value`; what is longer is cut there. The sources
 * are whole
 * @throws {SyntaxError} no JSON, or nested too deeply
 */
export function parsePieces(text: string, textMax = Number.POSITIVE_INFINITY): JsonPieces {
  const reader = new Reader(text, textMax);
  const value = reader.whole();
  return {
    value,
    sourceOf(piece) {
      const span = reader.spans.get(piece as object);
      return span && text.slice(...span);
    },
  };
}

const blank = /[ \t\n\r]*/y;
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Reader {
  readonly spans = new Map<object, [start: number, end: number]>();
  readonly #text: string;
  readonly #textMax: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, textMax: number) {
    this.#text = text;
    this.#textMax = textMax;
  }

  whole(): unknown {
    const value = this.#value();
    this.#skipBlank();
    if (this.#at < this.#text.length) throw this.#fault();
    return value;
  }

  #value(): unknown {
    this.#skipBlank();
    const sign = this.#text[this.#at];
    if (sign === '"') return this.#string();
    if (sign === '{' || sign === '[') return this.#nested(sign);
    plain.lastIndex = this.#at;
    const [found] = plain.exec(this.#text) ?? [];
    if (found === undefined) throw this.#fault();
    this.#at += found.length;
    return JSON.parse(found);
  }

  #nested(sign: '{' | '['): unknown {
    const start = this.#at;
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > depthMax) throw new SyntaxError(`nested more than ${depthMax} levels deep`);
    const made = sign === '{' ? this.#object() : this.#list();
    this.#depth -= 1;
    this.spans.set(made, [start, this.#at]);
    return made;
  }

  #object(): object {
    const made: Record<string, unknown> = {};
    if (this.#ends('}')) return made;
    do {
      this.#skipBlank();
      if (this.#text[this.#at] !== '"') throw this.#fault();
      const key = this.#string();
      if (!this.#ends(':')) throw this.#fault();
      const value = this.#value();
      // A plain assignment would set the prototype.
      if (key === '__proto__') Object.defineProperty(made, key, { value, ...ordinary });
      else made[key] = value;
    } while (this.#ends(','));
    if (!this.#ends('}')) throw this.#fault();
    return made;
  }

  #list(): unknown[] {
    const made: unknown[] = [];
    if (this.#ends(']')) return made;
    do made.push(this.#value());
    while (this.#ends(','));
    if (!this.#ends(']')) throw this.#fault();
    return made;
  }

  #string(): string {
    const start = this.#at;
    this.#at = skipString(this.#text, start);
    const text = JSON.parse(this.#text.slice(start, this.#at)) as string;
    return text.length > this.#textMax ? text.slice(0, this.#textMax) : text;
  }

  /** Whether this sign comes next; it is read then. */
  #ends(sign: string): boolean {
    this.#skipBlank();
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #skipBlank(): void {
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = blank.lastIndex;
  }

  #fault(): SyntaxError {
    const where = this.#at < this.#text.length ? `at character ${this.#at + 1}` : 'at its end';
    return new SyntaxError(`is no JSON ${where}`);
  }
}

const ordinary = { enumerable: true, configurable: true, writable: true };

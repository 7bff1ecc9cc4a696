// Cuts the source texts of a page's events out of the page, so that what the vendor wrote is kept byte for byte. Assumes that
// JSON.parse accepted the text and that it is an object; judges nothing itself. A hot path: native searches, no expression per character.

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * The texts of the elements of the list under `key`, in order; of several lists under that key the last, as JSON.parse has it.
 * Undefined if there is none.
 */
export function cutElements(json: string, key: string): string[] | undefined {
  let elements: string[] | undefined;
  let index = json.indexOf('{') + 1;
  for (;;) {
    index = skipBlank(json, index);
    const unit = json.charCodeAt(index);
    if (unit === comma) {
      index += 1;
      continue;
    }
    if (unit !== quote) return elements;
    const keyEnd = skipString(json, index);
    const isWanted = keyOf(json, index, keyEnd) === key;
    index = skipBlank(json, json.indexOf(':', keyEnd) + 1);
    if (!isWanted) {
      index = skipValue(json, index);
    } else if (json.charCodeAt(index) === openBracket) {
      elements = [];
      index = cutList(json, index, elements);
    } else {
      elements = undefined;
      index = skipValue(json, index);
    }
  }
}

/** Puts the elements of the list at `start` into `elements`. @returns the index behind the list */
function cutList(json: string, start: number, elements: string[]): number {
  let index = start + 1;
  for (;;) {
    index = skipBlank(json, index);
    const unit = json.charCodeAt(index);
    if (unit === closeBracket) return index + 1;
    if (unit === comma) {
      index += 1;
      continue;
    }
    const end = skipValue(json, index);
    // A text that ends before its list does would make this turn for ever.
    if (end <= index) return json.length;
    elements.push(json.slice(index, end));
    index = end;
  }
}

function keyOf(json: string, start: number, end: number): unknown {
  const text = json.slice(start + 1, end - 1);
  return text.includes('\\') ? JSON.parse(json.slice(start, end)) : text;
}

/** The index behind the value at `start`. */
function skipValue(json: string, start: number): number {
  const unit = json.charCodeAt(start);
  if (unit === quote) return skipString(json, start);
  if (unit === openBrace || unit === openBracket) return skipNested(json, start);
  let index = start;
  while (index < json.length && !endsScalar(json.charCodeAt(index))) index += 1;
  return index;
}

function endsScalar(unit: number): boolean {
  return unit === comma || unit === closeBracket || unit === closeBrace || unit <= 0x20;
}

function skipNested(json: string, start: number): number {
  let depth = 0;
  let index = start;
  while (index < json.length) {
    const unit = json.charCodeAt(index);
    if (unit === quote) {
      index = skipString(json, index);
      continue;
    }
    index += 1;
    if (unit === openBrace || unit === openBracket) depth += 1;
    else if (unit === closeBrace || unit === closeBracket) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return index;
}

/** The index behind the string whose opening quote is at `start`. */
function skipString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end === -1 ? json.length : end + 1;
}

/** An odd number of backslashes stands before it. Stops at the opening quote, which is none. */
function isEscaped(json: string, index: number): boolean {
  let before = index - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (index - before) % 2 === 0;
}

function skipBlank(json: string, start: number): number {
  let index = start;
  // NaN, behind the end, is not below either.
  while (json.charCodeAt(index) <= 0x20) index += 1;
  return index;
}

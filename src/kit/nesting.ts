// How deep a JSON text is nested. A database that parses by recursion crashes on a text that is
// nested deeper than any honest one. One pass, without recursion or regular expressions, which both
// fail on long texts.

const quote = 0x22;
const backslash = 0x5c;

/**
 * True if lists and objects are nested more than `depthMax` deep. Assumes valid JSON. Costs a few
 * native searches, unless the text has so many brackets that it must be scanned.
 */
export function isNestedDeeper(json: string, depthMax: number): boolean {
  return hasMoreOpenings(json, depthMax) && isWalkedDeeper(json, depthMax);
}

function hasMoreOpenings(json: string, countMax: number): boolean {
  // Each level needs at least two characters.
  if (json.length <= 2 * countMax) return false;
  let count = 0;
  for (const sign of '{[') {
    for (let index = json.indexOf(sign); index !== -1; index = json.indexOf(sign, index + 1)) {
      count += 1;
      if (count > countMax) return true;
    }
  }
  return false;
}

function isWalkedDeeper(json: string, depthMax: number): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit === quote) {
      index = skipString(json, index) - 1;
    } else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return false;
}

/** Where quotes are dense, a native search for each costs more than scanning. */
const walkMax = 64;

/**
 * The index after the JSON string whose opening quote is at `start`; the end of the text if the
 * string is cut off.
 */
export function skipString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(json, end)) {
    let index = end + 1;
    for (const stop = index + walkMax; index < stop; index += 1) {
      const unit = json.charCodeAt(index);
      if (unit === quote) return index + 1;
      if (unit === backslash) index += 1;
    }
    end = json.indexOf('"', index);
  }
  return end === -1 ? json.length : end + 1;
}

/** Whether an odd number of backslashes precedes `index`. The opening quote ends the count. */
function isEscaped(json: string, index: number): boolean {
  let before = index - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (index - before) % 2 === 0;
}

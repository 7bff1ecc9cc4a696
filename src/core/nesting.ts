// How deep a JSON text is nested. Deeper than any honest one, and a database that parses by recursion dies of it.

/**
 * True if lists and objects stand in each other more than `depthMax` times. Assumes valid JSON. Costs a few native searches, unless the text
 * has so many brackets that it must be walked through.
 */
export function isNestedDeeper(json: string, depthMax: number): boolean {
  return hasMoreOpenings(json, depthMax) && deepest(json) > depthMax;
}

function hasMoreOpenings(json: string, countMax: number): boolean {
  // Each level takes two characters at least.
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

function deepest(json: string): number {
  let depth = 0;
  let most = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/gs)) {
    if (token === '{' || token === '[') {
      depth += 1;
      most = Math.max(most, depth);
    } else if (token === '}' || token === ']') depth -= 1;
  }
  return most;
}

// How an item differs between two looks at it, field by field. Pure.

export interface Difference {
  /** `status`, `body.device.name`. */
  readonly field: string;
  /** As text; null: it was not there. */
  readonly stored: string | null;
  readonly now: string | null;
}

/** In the order of their names. Of two that are alike in everything there is none. */
export function differencesOf(stored: object, now: object): Difference[] {
  const [was, is] = [fieldsOf(stored, ''), fieldsOf(now, '')].map((fields) => new Map(fields));
  return [...new Set([...was!.keys(), ...is!.keys()])]
    .sort()
    .filter((field) => was!.get(field) !== is!.get(field))
    .map((field) => ({ field, stored: was!.get(field) ?? null, now: is!.get(field) ?? null }));
}

function fieldsOf(value: object, under: string): [string, string][] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]): [string, string][] => {
    const field = under === '' ? key : `${under}.${key}`;
    if (one === null || one === undefined) return [];
    if (Array.isArray(one)) return [[field, JSON.stringify(one)]];
    if (typeof one === 'object') return fieldsOf(one, field);
    return [[field, typeof one === 'string' ? one : JSON.stringify(one)]];
  });
}

// The filter of POST …/search: all keys must match. A list means "one of", an object with `from`
// and `to` a span of time.

type Filter = Readonly<Record<string, unknown>>;

/** @throws {SyntaxError} if the body is no JSON object */
export function parseFilter(body: string): Filter {
  const filter: unknown = body.trim() === '' ? {} : JSON.parse(body);
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw new SyntaxError('not an object');
  return filter as Filter;
}

export function matchesFilter(item: Buffer, filter: Filter): boolean {
  const event = JSON.parse(item.toString()) as Record<string, unknown>;
  return Object.entries(filter).every(([key, wanted]) => matchesValue(event[key], wanted));
}

function matchesValue(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.includes(value);
  if (typeof wanted !== 'object' || wanted === null) return value === wanted;
  const at = Date.parse(String(value));
  const { from, to } = wanted as { from?: string; to?: string };
  return at >= Date.parse(from ?? '0001-01-01') && at <= Date.parse(to ?? '9999-12-31');
}

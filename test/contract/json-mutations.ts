// Random changes of a JSON document, as other releases, bugs and attackers make them: for property
// tests of whatever reads one.
import fc from 'fast-check';

type Path = readonly (string | number)[];

const replacements: readonly unknown[] = [
  null,
  '',
  ' ',
  'null',
  '-1',
  'nul\u0000inside',
  'lone \uD800 surrogate',
  '\uDC00',
  'x'.repeat(100_000),
  '💥'.repeat(10_000),
  'line\r\nbreaks\u2028',
  '2026-13-45T99:99:99Z',
  '2026-03-01T02:03:04.123456+07:00',
  '0000-00-00T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  true,
  [],
  {},
  [[[[[[]]]]]],
  [null, 1, 'two', {}],
  { value: { value: { value: null } } },
  { length: 3, toString: 1, constructor: null },
];

/** One change, which finds its place in whatever document it meets. */
type Change = (document: unknown) => unknown;

const change: fc.Arbitrary<Change> = fc
  .tuple(
    fc.nat(),
    fc.oneof(
      fc.constant(undefined),
      fc.constantFrom(...replacements),
      fc.string({ unit: 'binary' }),
      fc.jsonValue(),
    ),
  )
  .map(([place, replacement]) => (document) => {
    const paths = pathsOf(document);
    const path = paths[place % paths.length]!;
    return changed(document, path, (value) =>
      replacement === undefined ? wayOf(place)(value) : replacement,
    );
  });

/** Text of JSON documents that are `text` with one to five changes. */
export function mutationsOf(text: string): fc.Arbitrary<string> {
  return fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
    const document = changes.reduce(
      (current, apply) => apply(current),
      JSON.parse(text) as unknown,
    );
    return JSON.stringify(document) ?? 'null';
  });
}

/**
 * Changes that look at what was there: leave it out, write it as another type, wrap it, double it.
 */
function wayOf(place: number): (value: unknown) => unknown {
  const ways: ((value: unknown) => unknown)[] = [
    () => undefined,
    // An object may hold a `toString` that is none, so it cannot be made a string or a number.
    (value) => (typeof value === 'object' ? 'text' : String(value)),
    (value) => (typeof value === 'object' ? 7 : Number(value) || 7),
    (value) => [value],
    (value) => ({ value }),
    (value) => (Array.isArray(value) ? [...value, ...value] : value),
    (value) => (Array.isArray(value) ? value.toReversed() : value),
  ];
  return ways[place % ways.length]!;
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

/** A copy in which the value at `path` is replaced; undefined takes it out of an object. */
function changed(value: unknown, path: Path, replace: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replace(value);
  if (Array.isArray(value)) {
    return value
      .map((item, index) => (index === key ? changed(item, rest, replace) : item))
      .filter((item) => item !== undefined);
  }
  const before = value as Record<string, unknown>;
  return { ...before, [key]: changed(before[key], rest, replace) };
}

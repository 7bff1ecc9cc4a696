// Where a value of the configuration stands, as an operator reads it. Pure.

export type Path = readonly PropertyKey[];

/**
 * Where the value at `path` stands, such as `tocsin.yaml:3:5 sinks.soc.url`. `key` is a key in it
 * that does not belong there.
 */
export type Place = (path: Path, key?: string) => string;

/** A single value as text, and where it stands. */
export interface FileValue {
  readonly text: string;
  readonly where: string;
}

/** Undefined for an undefined value. */
export function fileValue(
  value: string | number | undefined,
  place: Place,
  path: Path,
): FileValue | undefined {
  return value === undefined ? undefined : { text: String(value).trim(), where: place(path) };
}

/** The same for paths that begin at `prefix`. */
export function placeUnder(place: Place, prefix: Path): Place {
  return (path, key) => place([...prefix, ...path], key);
}

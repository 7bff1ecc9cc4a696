// Finds secrets that stand in tocsin.yaml itself, instead of `${VAR}` or the path of a file.
import { type Document, isAlias, isScalar, parseDocument, type Scalar } from 'yaml';
import { type Definition, findDefinition } from './adapters.ts';
import { knownVariables } from './known.ts';
import type { ConfigReading } from './reading.ts';
import { hasReference } from './yaml.ts';

export interface InlineSecret {
  /** `tocsin.yaml:3:5 sinks.soc.url` */
  readonly where: string;
  readonly key: string;
  /** The node of the given document that holds the value. */
  readonly node: Scalar<string>;
  /** The name of a variable that could hold it, and that is not in use yet. */
  readonly variable: string;
}

/** @param document the file's text, with the variables not filled in */
export function inlineSecretsOf(reading: ConfigReading, document: Document): InlineSecret[] {
  const { environment, file } = reading;
  const taken = new Set<string>([...knownVariables, ...(file?.variables ?? [])]);
  return placesOf(reading).flatMap(({ path, words, where }): InlineSecret[] => {
    const node = scalarAt(document, path);
    if (node === undefined || hasReference(node.value)) return [];
    const isFree = (name: string) => !taken.has(name) && environment.get(name) === undefined;
    const variable = freeName(words, isFree);
    taken.add(variable);
    return [{ where, key: path.at(-1)!, node, variable }];
  });
}

/** Every place where a secret may stand, whether or not there is one. */
function placesOf({ registries, file }: ConfigReading) {
  const ofAdapters = (['sources', 'sinks'] as const).flatMap((kind) =>
    (file?.[kind] ?? []).flatMap(({ id, type, place }) =>
      secretKeysOf(registries[kind], type).map((key) => ({
        path: [kind, id, key],
        words: `${id}_${key}`,
        where: place([key]),
      })),
    ),
  );
  const path = ['heartbeat', 'url'];
  // HEARTBEAT_URL means something of its own.
  const ofHeartbeat =
    file === undefined ? [] : [{ path, words: 'heartbeat_address', where: file.place(path) }];
  const ofCalendar = ['url', 'authorization'].map((key) => {
    const at = ['duty', 'calendar', key];
    return { path: at, words: `duty_calendar_${key}`, where: file?.place(at) ?? '' };
  });
  return [...ofAdapters, ...ofHeartbeat, ...(file?.dutyCalendar === undefined ? [] : ofCalendar)];
}

export function secretKeysOf(
  registry: Readonly<Record<string, Definition>>,
  type: string | undefined,
): readonly string[] {
  return findDefinition(registry, type)?.secrets.map(String) ?? [];
}

/** @param text of a file whose form is right */
export function parseWritten(text: string): Document {
  return parseDocument(text, { uniqueKeys: false });
}

/** The text at that path, or the text that an alias there stands for. */
export function scalarAt(document: Document, path: readonly string[]): Scalar<string> | undefined {
  const found = document.getIn(path, true);
  const node = isAlias(found) ? found.resolve(document) : found;
  return isScalar(node) && typeof node.value === 'string' ? (node as Scalar<string>) : undefined;
}

function freeName(words: string, isFree: (name: string) => boolean): string {
  const name = words.toUpperCase().replace(/\W/g, '_').replace(/^\d/, '_$&');
  const names = [name, ...Array.from({ length: 1000 }, (_, n) => `${name}_${n + 2}`)];
  return names.find(isFree) ?? name;
}

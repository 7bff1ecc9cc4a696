// Remarks on sources that read the same events twice, and on streams of a console that no source
// reads.
import { secretsOf } from '../read/adapters.ts';
import { followedBy } from '../read/followed.ts';
import type { ConfigReading } from '../read/reading.ts';
import type { AdapterConfig } from '../read/shape.ts';
import type { Remark } from './remark.ts';

/** A source, what it reads, and the key that it reads with. */
interface Reader {
  readonly config: AdapterConfig;
  readonly console: string;
  readonly streams: readonly string[];
  readonly key: string;
}

/** Two keys of one console may see different tenants, so each key is judged by itself. */
export function remarkOnConsoles(reading: ConfigReading): Remark[] {
  const readers = readersOf(reading);
  const groups = new Map<string, Reader[]>();
  for (const reader of readers) {
    const name = JSON.stringify([reader.console, reader.key]);
    groups.set(name, [...(groups.get(name) ?? []), reader]);
  }
  return [
    ...[...groups.values()].flatMap((group) => [
      ...twiceRead(group, reading),
      ...unread(group, reading),
    ]),
    ...followersOfNothing(reading),
  ];
}

function followersOfNothing({ config, file, registries }: ConfigReading): Remark[] {
  return config.sources.flatMap((one): Remark[] => {
    if (!registries.sources[one.type]?.follows || one.settings === undefined) return [];
    if (file === undefined || followedBy(one, config, registries).length > 0) return [];
    const text =
      'reports nothing: it follows the items of the other sources of its console, and there are none. ' +
      'Add a source with the same url, or remove this one';
    return [{ rule: 'follows_nothing', where: file.place(['sources', one.id]), text }];
  });
}

function readersOf({ config, sources, registries }: ConfigReading): Reader[] {
  return config.sources.flatMap((one): Reader[] => {
    const definition = registries.sources[one.type];
    const input = sources.find(({ id }) => id === one.id);
    if (
      !definition?.consoleOf ||
      !definition.streams ||
      one.settings === undefined ||
      input === undefined
    )
      return [];
    const key = JSON.stringify(secretsOf([input], registries.sources));
    return [
      {
        config: one,
        console: definition.consoleOf(one.settings),
        streams: definition.streams,
        key,
      },
    ];
  });
}

function twiceRead(group: readonly Reader[], { file }: ConfigReading): Remark[] {
  return group.flatMap((reader, index): Remark[] => {
    const twin = group
      .slice(0, index)
      .find(({ streams }) => streams.some((one) => reader.streams.includes(one)));
    if (twin === undefined || file === undefined) return [];
    const text =
      `reads with the same key what "${twin.config.id}" reads, so that every event is announced twice. ` +
      'Remove one of the two, or give each a key of its own tenant';
    return [{ rule: 'read_twice', where: file.place(['sources', reader.config.id]), text }];
  });
}

function unread(group: readonly Reader[], { file, registries }: ConfigReading): Remark[] {
  const [first] = group.filter(({ config }) => !registries.sources[config.type]?.follows);
  if (file?.sources === undefined || first === undefined) return [];
  const read = new Set(group.flatMap(({ streams }) => streams));
  const own = registries.sources[first.config.type];
  const others = Object.values(registries.sources).filter(
    ({ consoleOf, config, streams }) =>
      // The same settings mean the same vendor.
      consoleOf && config === own?.config && streams?.some((stream) => !read.has(stream)),
  );
  return others.map(({ type, streams }) => ({
    rule: 'unread_stream',
    where: file.place(['sources', first.config.id]),
    text: `has a console whose stream ${streams?.join(', ')} nobody reads. Add a source of type ${type} with the same url and token`,
  }));
}

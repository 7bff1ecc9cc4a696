// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// Random configurations that are right: variables alone, or a tocsin.yaml in one of the many ways
// in which it can be written.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Document } from 'yaml';

export interface RandomConfig {
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: variables alone. */
  readonly yaml: string | undefined;
  /** Secrets that stand in the file itself, in their order. */
  readonly inline: readonly string[];
}

const letters = fc.stringMatching(/^[A-Za-z0-9]{26}$/);
const token = letters.map((text) => `key-${text}`);
const hook = letters.map((text) => `https://chat.example.com/hooks/${text}`);
const beat = letters.map((text) => `https://beat.example.com/${text}`);
const zone = fc.constantFrom('Asia/Bangkok', 'Europe/Berlin', 'UTC', 'America/New_York');
const severity = fc.constantFrom('INFO', 'low', 'Medium', 'HIGH', 'CRITICAL', 'UNKNOWN');
const startFrom = fc.constantFrom('now', 'all', '24h', '7d', '2026-02-03', '12345');
const interval = fc.integer({ min: 1, max: 86_400 });
/** What YAML and references could trip over. */
const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  fc.constantFrom(
    '${',
    '$${x}',
    'a # b',
    '- x',
    'yes',
    '1e3',
    '0x1F',
    '~',
    'null',
    '18:00',
    "it's",
    '"',
    'ก ข',
    '#',
    '*',
  ),
);
const pattern = words.filter((text) => text.trim() !== '');

/** @param home where the files of secrets are made */
export function randomConfig(home: () => string, withFile: boolean): fc.Arbitrary<RandomConfig> {
  return environment(home).chain((env) =>
    withFile ? fileOf(home, env) : fc.constant({ env, yaml: undefined, inline: [] }),
  );
}

function environment(home: () => string): fc.Arbitrary<Record<string, string>> {
  return fc
    .record(
      {
        DEEPINSTINCT_URL: fc.constantFrom(
          'console.example.com',
          'https://console.example.com/api/v1',
          'http://a.example',
        ),
        TOKENS_KEY: fc.oneof(
          token,
          token.map((text) => `Bearer ${text}`),
          token.map((text) => `"${text}"`),
        ),
        MATTERMOST_WEBHOOK_URL: hook,
        POLLING_INTERVAL: interval.map(String),
        START_FROM: startFrom,
        MIN_SEVERITY: severity,
        LOCALE: fc.constantFrom('en', 'th', 'th_TH.UTF-8'),
        TZ: fc.oneof(zone, fc.constantFrom(':Asia/Bangkok', '/etc/localtime')),
        DATABASE_URL: fc.constant('postgres://tocsin:tocsin@127.0.0.1/tocsin'),
        SINK_RATE: fc.constantFrom('off', '5'),
        HEARTBEAT_URL: beat,
      },
      { requiredKeys: ['DEEPINSTINCT_URL', 'TOKENS_KEY', 'MATTERMOST_WEBHOOK_URL'] },
    )
    .chain((variables) =>
      fc.subarray(['TOKENS_KEY', 'MATTERMOST_WEBHOOK_URL', 'HEARTBEAT_URL']).map((inFiles) => {
        const entries = Object.entries(variables as Record<string, string>).map(([name, value]) =>
          inFiles.includes(name)
            ? [`${name}_FILE`, secretFile(home(), `${name}-variable`, value.replaceAll('"', ''))]
            : [name, value],
        );
        return Object.fromEntries(entries) as Record<string, string>;
      }),
    );
}

/** @returns its path from `home` */
function secretFile(home: string, name: string, value: string): string {
  mkdirSync(join(home, 'secrets'), { recursive: true });
  writeFileSync(join(home, 'secrets', name), `${value}\n`);
  return `secrets/${name}`;
}

/** One adapter; its secret as a variable, as a file, or as it is. */
interface Written {
  readonly settings: Record<string, unknown>;
  readonly secret: { readonly way: 'variable' | 'file' | 'inline'; readonly value: string };
}
const way = fc.constantFrom('variable' as const, 'file' as const, 'inline' as const);
const source: fc.Arbitrary<Written> = fc.record({
  settings: fc.record(
    {
      type: fc.constantFrom('deepinstinct_events', 'deepinstinct_suspicious_events'),
      url: fc.constantFrom('https://console.example.com', 'console.example.com'),
      start_from: fc.oneof(startFrom, fc.constant(17)),
      overlap: fc.integer({ min: 0, max: 1000 }),
    },
    { requiredKeys: ['type', 'url'] },
  ),
  secret: fc.record({ way, value: token }),
});
const sink: fc.Arbitrary<Written> = fc.record({
  settings: fc.record(
    {
      type: fc.constant('mattermost'),
      channel: fc.constantFrom('town-square', '@somebody'),
      mention: fc.constantFrom('@soc', '@here @channel'),
      priority: fc.boolean(),
    },
    { requiredKeys: ['type'] },
  ),
  secret: fc.record({ way, value: hook }),
});
const heartbeat: fc.Arbitrary<Written> = fc.record({
  settings: fc.constant({}),
  secret: fc.record({ way, value: beat }),
});
const id = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,10}$/)
  .filter((text) => text !== 'tocsin' && !/^\d+$/.test(text));
const adapters = (one: fc.Arbitrary<Written>) =>
  fc.uniqueArray(fc.tuple(id, one), {
    minLength: 1,
    maxLength: 4,
    selector: ([key]) => key.toUpperCase().replace(/\W/g, '_'),
  });

const time = fc.record(
  {
    days: fc.constantFrom(['mon-fri'], ['sat', 'sun']),
    from: fc.constantFrom('08:00', '9:30'),
    to: fc.constantFrom('18:00', '24:00', '07:00'),
    time_zone: zone,
  },
  { requiredKeys: [] },
);
const match = fc.record(
  {
    min_severity: severity,
    streams: fc.constant(['event']),
    types: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    tenants: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    devices: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    networks: fc.constant(['10.0.0.0/8', 'fd00::/8']),
  },
  { requiredKeys: [] },
);
const routeOf = (sinks: readonly string[]) =>
  fc.record(
    {
      name: words,
      match,
      when: fc.constantFrom(
        'event.severity > 2',
        'event.device.name.startsWith("SRV-") # not a comment'.split(' #')[0]!,
      ),
      active: fc.array(time, { minLength: 1, maxLength: 2 }),
      mute: fc.array(time, { minLength: 1, maxLength: 2 }),
      to: fc
        .subarray([...sinks], { minLength: 1 })
        .chain((ids) =>
          fc.tuple(...ids.map((one) => fc.constantFrom(one, { sink: one, channel: 'night' }))),
        ),
      group: fc.constant({ by: ['device'], wait: '1m' }),
      repeats: fc.boolean(),
      changes: fc.constantFrom('none', 'post'),
      continue: fc.boolean(),
    },
    { requiredKeys: ['name', 'to'] },
  );

function fileOf(
  home: () => string,
  env: Readonly<Record<string, string>>,
): fc.Arbitrary<RandomConfig> {
  const parts = fc.record({
    sources: fc.option(adapters(source)),
    sinks: fc.option(adapters(sink)),
  });
  return parts.chain(({ sources, sinks }) => {
    const sinkIds = sinks?.map(([key]) => key) ?? ['soc'];
    return fc
      .record({
        routes: fc.option(
          fc.uniqueArray(routeOf(sinkIds), {
            minLength: 1,
            maxLength: 4,
            selector: ({ name }) => name,
          }),
        ),
        options: fc.record(
          { polling_interval: interval, locale: fc.constantFrom('en', 'th'), time_zone: zone },
          { requiredKeys: [] },
        ),
        operations: fc.option(
          fc.oneof(fc.constantFrom(...sinkIds), fc.subarray([...sinkIds], { minLength: 1 })),
        ),
        heartbeat: fc.option(heartbeat),
        isReversed: fc.boolean(),
        isFlow: fc.boolean(),
        quotes: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const),
      })
      .map(({ routes, options, operations, heartbeat, isReversed, isFlow, quotes }) => {
        const variables: Record<string, string> = {};
        const inline: string[] = [];
        const map = (kind: string, entries: readonly (readonly [string, Written])[]) =>
          Object.fromEntries(
            entries.map(([key, written]) => [
              key,
              settingsOf(`${kind}-${key}`, written, home(), variables, inline),
            ]),
          );
        const content = {
          ...(sources && { sources: map('source', sources) }),
          ...(sinks && { sinks: map('sink', sinks) }),
          ...(routes && { routes: literally(routes) }),
          ...(operations && { operations }),
          ...(heartbeat && {
            heartbeat: settingsOf('heartbeat', heartbeat, home(), variables, inline),
          }),
          ...options,
        };
        const entries = Object.entries(content);
        const document = new Document(Object.fromEntries(isReversed ? entries.reverse() : entries));
        document.comment = inline.map((secret) => ` before it was ${secret}`).join('\n') || null;
        const yaml = document.toString({
          lineWidth: 0,
          defaultStringType: quotes,
          defaultKeyType: 'PLAIN',
          collectionStyle: isFlow ? 'flow' : 'any',
        });
        return { env: { ...env, ...variables }, yaml, inline };
      });
  });
}

function settingsOf(
  name: string,
  { settings, secret: { way: how, value } }: Written,
  home: string,
  variables: Record<string, string>,
  inline: string[],
): Record<string, unknown> {
  const key = name.startsWith('source') ? 'token' : 'url';
  if (how === 'file') return { ...settings, [`${key}_file`]: secretFile(home, name, value) };
  if (how === 'inline') {
    inline.push(value);
    return { ...settings, [key]: value };
  }
  const variable = `VALUE_OF_${name.replace(/\W/g, '_')}`;
  variables[variable] = value;
  return { [key]: `\${${variable}}`, ...settings };
}

/** Texts without a reference in them, as a file must write them. */
function literally(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(literally);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, literally(one)]));
}

// The rooms of src/ and the simulators beside it, from the top down, and who may import whom. The
// one table of directions; the tests hold the tree to it.

interface Room {
  readonly name: string;
  readonly place: RegExp;
  /** Rooms below this one, by name. Nothing else may be imported from outside of the room. */
  readonly imports: readonly string[];
}

const core = (name: string) => `core/${name}`;
const belowCore = ['store', 'observe/tracing', 'observe/metrics', 'observe', 'kit/records', 'kit'];
const loops = [core('loops'), ...belowCore];
const rules = [core('rules'), 'kit/records', 'kit'];
const routing = [core('routing'), core('template'), ...rules];
const message = [core('message'), core('template'), ...rules];
const notices = [core('notices'), core('message'), core('routing'), ...loops];
const identity = [core('identity'), ...notices];
const silences = [core('silences'), core('rules'), ...notices];
const incidents = [core('incidents'), core('routing'), ...loops];
const escalation = [core('escalation'), ...silences, ...incidents];
const numbers = [core('numbers'), ...rules];

/** Nobody imports a room that stands above it. */
const rooms: readonly Room[] = [
  { name: 'main', place: /^src\/main\.ts$/, imports: ['commands', 'cli', 'kit'] },
  {
    name: 'commands',
    place: /^src\/commands\//,
    imports: [
      ...['cli', 'service', 'operations', 'config', 'source registry', 'sink registry'],
      ...[core('deliver'), core('intake'), core('roles'), ...identity, ...silences, ...incidents],
      ...routing,
    ],
  },
  { name: 'simulators', place: /^simulators\//, imports: ['kit'] },
  {
    name: 'cli',
    place: /^src\/cli\//,
    imports: [
      ...['service', 'operations', 'config', 'source registry'],
      ...['observe', 'kit/records', 'kit'],
    ],
  },
  {
    name: 'service',
    place: /^src\/service\//,
    imports: [
      ...['http', 'operations', 'config', 'source registry', 'sink registry'],
      ...[core('chat'), core('deliver'), core('intake'), core('roles'), ...identity],
      ...[...escalation, ...routing],
    ],
  },
  {
    name: 'http',
    place: /^src\/http\//,
    imports: ['operations', core('chat'), 'observe/metrics', 'observe', 'kit'],
  },
  // Types alone; its test holds it to that.
  { name: 'client', place: /^src\/client\//, imports: ['operations'] },
  {
    name: 'operations',
    place: /^src\/operations\//,
    imports: [
      ...['config', ...escalation, ...numbers, ...routing],
      ...['store', 'kit/records', 'kit'],
    ],
  },
  {
    // Its face alone: what is behind it is its own business.
    name: 'config',
    place: /^src\/config\/index\.ts$/,
    imports: [
      ...['config/draft', 'config/load', 'config/lint', 'config/show', 'config/silences'],
      'config/read',
    ],
  },
  {
    name: 'config/draft',
    place: /^src\/config\/(draft|named)\.ts$/,
    imports: ['config/load', 'config/read', 'kit'],
  },
  {
    name: 'config/load',
    place: /^src\/config\/load\.ts$/,
    imports: [
      ...['config/routes', 'config/silences', 'config/templates', 'config/read'],
      ...[...routing, 'kit'],
    ],
  },
  {
    name: 'config/lint',
    place: /^src\/config\/lint\//,
    imports: ['config/read', core('silences'), ...routing, 'kit'],
  },
  { name: 'config/show', place: /^src\/config\/show\//, imports: ['config/read', 'kit'] },
  {
    name: 'config/routes',
    place: /^src\/config\/routes\//,
    imports: ['config/templates', 'config/read', ...routing, 'kit'],
  },
  {
    name: 'config/silences',
    place: /^src\/config\/silences\//,
    imports: ['config/read', core('silences'), ...rules],
  },
  {
    name: 'config/templates',
    place: /^src\/config\/templates\//,
    imports: ['config/read', ...message, 'kit'],
  },
  {
    name: 'config/read',
    place: /^src\/config\/read\//,
    imports: [core('silences'), ...routing, 'observe', 'kit'],
  },
  {
    name: core('chat'),
    place: /^src\/core\/chat\//,
    imports: [core('silences'), core('message'), 'kit/records', 'kit'],
  },
  {
    name: core('deliver'),
    place: /^src\/core\/deliver\//,
    imports: [core('template'), ...silences],
  },
  {
    name: core('intake'),
    place: /^src\/core\/intake\//,
    imports: [...identity, ...silences, ...incidents],
  },
  {
    name: core('escalation'),
    place: /^src\/core\/escalation\//,
    imports: [core('rules'), ...silences, ...incidents],
  },
  { name: core('roles'), place: /^src\/core\/roles\//, imports: [core('identity'), ...loops] },
  { name: core('identity'), place: /^src\/core\/identity\//, imports: notices },
  { name: core('silences'), place: /^src\/core\/silences\//, imports: [core('rules'), ...notices] },
  {
    name: core('incidents'),
    place: /^src\/core\/incidents\//,
    imports: [core('routing'), core('rules'), ...loops],
  },
  {
    name: core('notices'),
    place: /^src\/core\/notices\//,
    imports: [core('message'), core('routing'), core('rules'), core('numbers'), ...loops],
  },
  { name: core('routing'), place: /^src\/core\/routing\//, imports: [core('template'), ...rules] },
  { name: core('message'), place: /^src\/core\/message\//, imports: [core('template'), ...rules] },
  { name: core('numbers'), place: /^src\/core\/numbers\//, imports: rules },
  { name: core('template'), place: /^src\/core\/template\//, imports: rules },
  { name: core('rules'), place: /^src\/core\/rules\//, imports: ['kit/records', 'kit'] },
  { name: core('loops'), place: /^src\/core\/loops\//, imports: belowCore },
  { name: 'store', place: /^src\/store\//, imports: ['kit/records', 'kit'] },
  { name: 'observe/tracing', place: /^src\/observe\/tracing\//, imports: ['observe', 'kit'] },
  {
    name: 'observe/metrics',
    place: /^src\/observe\/metrics\//,
    imports: ['observe', 'kit/records', 'kit'],
  },
  { name: 'observe', place: /^src\/observe\/[\w-]+\.ts$/, imports: ['kit'] },
  {
    name: 'source registry',
    place: /^src\/sources\/(index|registry)\.ts$/,
    imports: ['source', 'kit'],
  },
  { name: 'source', place: /^src\/sources\//, imports: ['kit'] },
  {
    name: 'sink registry',
    place: /^src\/sinks\/(index|registry)\.ts$/,
    imports: ['sink', 'kit'],
  },
  { name: 'sink', place: /^src\/sinks\//, imports: ['kit'] },
  { name: 'kit/records', place: /^src\/kit\/records\//, imports: ['kit'] },
  { name: 'kit', place: /^src\/kit\//, imports: [] },
];

export const roomNames: readonly string[] = rooms.map(({ name }) => name);

/** Names of the rooms that the room of this name may import; none if there is no such room. */
export function mayImportRooms(name: string): readonly string[] {
  return rooms.find((room) => room.name === name)?.imports ?? [];
}

function roomOf(path: string): Room | undefined {
  return rooms.find(({ place }) => place.test(path));
}

/** Undefined for a path that is in no room. */
export function areaOf(path: string): string | undefined {
  return roomOf(path)?.name;
}

export function isAdapter(path: string): boolean {
  return ['source', 'sink'].includes(areaOf(path) ?? '');
}

/** `deepinstinct` of `src/sources/deepinstinct/page.ts`: the adapter that a file belongs to. */
export function adapterOf(path: string): string {
  return path.split('/')[2]?.replace(/\.ts$/, '') ?? '';
}

/** What an adapter's contract is made of; the rest of the kit is for core and the configuration. */
const notForAdapters =
  /^src\/kit\/(records\/|database-url|deadline\.ts$|descriptors\.ts$|files\.ts$|mask\.ts$)/;

/** Whether the file `from` may import the project's file `to`. */
export function mayImport(from: string, to: string): boolean {
  const [room, target] = [roomOf(from), areaOf(to)];
  if (room === undefined || target === undefined) return false;
  if (isAdapter(from)) {
    if (isAdapter(to)) return room.name === target && adapterOf(from) === adapterOf(to);
    if (notForAdapters.test(to)) return false;
    if (room.name === 'source' && to === 'src/kit/sink.ts') return false;
    if (room.name === 'sink' && to === 'src/kit/source.ts') return false;
  }
  if (room.name === target) return true;
  if (target === 'simulators') return from === 'src/commands/demo.ts';
  return room.imports.includes(target);
}

/**
 * One line for each room that may import one that stands above it or beside it, or that there is
 * not.
 */
export function upwardImports(): string[] {
  const names = rooms.map(({ name }) => name);
  // The registries stand above their own adapters alone.
  return rooms.flatMap(({ name, imports }, index) =>
    imports
      .filter((target) => names.indexOf(target) <= index)
      .map((target) => `${name} may not import ${target}`),
  );
}

/**
 * Where each runtime dependency may be imported. One that is not listed here may be imported
 * nowhere.
 */
export const packagePlaces: Readonly<Record<string, RegExp>> = {
  '@electric-sql/pglite': /^src\/store\/embedded\//,
  '@marcbachmann/cel-js': /^src\/(core\/rules\/|kit\/json-expression\.ts$)/,
  '@hono/node-server': /^src\/service\//,
  '@nats-io/transport-node': /^src\/sinks\/nats\//,
  '@opentelemetry/api': /^src\/observe\/tracing\//,
  '@opentelemetry/exporter-trace-otlp-http': /^src\/observe\/tracing\/export\.ts$/,
  '@opentelemetry/resources': /^src\/observe\/tracing\/export\.ts$/,
  '@opentelemetry/sdk-trace-base': /^src\/observe\/tracing\/export\.ts$/,
  '@platformatic/kafka': /^src\/sinks\/kafka\//,
  amqplib: /^src\/sinks\/amqp\//,
  commander: /^src\/cli\//,
  'drizzle-orm': /^src\/store\//,
  hono: /^src\/http\//,
  jose: /^src\/http\/identity\//,
  'markdown-it': /^simulators\/markdown\//,
  liquidjs: /^src\/core\/template\/engine\.ts$/,
  mqtt: /^src\/sinks\/mqtt\//,
  nodemailer: /^src\/sinks\/email\//,
  'openid-client': /^src\/http\/identity\//,
  pino: /^src\/observe\/log\.ts$/,
  postgres: /^src\/store\//,
  'prom-client': /^src\/observe\/metrics\/instruments\//,
  undici: /^src\/kit\/http\//,
  yaml: /^src\/config\//,
  zod: /^(src\/(?!store\/)|simulators\/)/,
};

/** `drizzle-orm` of `drizzle-orm/postgres-js`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

// The areas of src/ and who may import whom. The one table of directions; the tests hold the tree to it.

export type Area =
  | 'main'
  | 'commands'
  | 'config'
  | 'http'
  | 'core'
  | 'store'
  | 'source registry'
  | 'source'
  | 'sink registry'
  | 'sink'
  | 'demo';

const folders: readonly (readonly [RegExp, Area])[] = [
  [/^src\/main\.ts$/, 'main'],
  [/^src\/commands\//, 'commands'],
  [/^src\/config(\.ts$|\/)/, 'config'],
  [/^src\/http\//, 'http'],
  [/^src\/core\/store\//, 'store'],
  [/^src\/core\//, 'core'],
  [/^src\/sources\/index\.ts$/, 'source registry'],
  [/^src\/sources\//, 'source'],
  [/^src\/sinks\/index\.ts$/, 'sink registry'],
  [/^src\/sinks\//, 'sink'],
  [/^src\/demo\//, 'demo'],
];

/** Undefined for a path that is in no area. */
export function areaOf(path: string): Area | undefined {
  return folders.find(([pattern]) => pattern.test(path))?.[1];
}

export function isAdapter(path: string): boolean {
  return ['source', 'sink'].includes(areaOf(path) ?? '');
}

/** `deepinstinct` of `src/sources/deepinstinct/page.ts`: the adapter that a file belongs to. */
export function adapterOf(path: string): string {
  return path.split('/')[2]?.replace(/\.ts$/, '') ?? '';
}

const adapterContracts = [
  'adapter',
  'event',
  'errors',
  'text',
  'unseen',
  'http',
  'http-body',
  'http-failure',
  'http-status',
  'web-url',
];
const modulesOfCore = (names: readonly string[]) => new RegExp(`^src/core/(${names.join('|')})\\.ts$`);

/** What the files of an area may import besides files of their own area; for adapters, of their own folder. */
const directions: Readonly<Record<Area, readonly RegExp[]>> = {
  main: [/^src\/commands\//, modulesOfCore(['descriptors'])],
  commands: [/^src\/config(\.ts$|\/)/, /^src\/http\//, /^src\/(sources|sinks)\/index\.ts$/, /^src\/core\//],
  config: [/^src\/core\/(?!store\/)/],
  http: [/^src\/core\//],
  core: [/^src\/core\/store\//],
  store: [modulesOfCore(['event', 'errors', 'descriptors', 'database-url', 'database-url-parameters'])],
  'source registry': [modulesOfCore(['source']), /^src\/sources\//],
  source: [modulesOfCore([...adapterContracts, 'source', 'past', 'nesting'])],
  'sink registry': [modulesOfCore(['sink']), /^src\/sinks\//],
  sink: [modulesOfCore([...adapterContracts, 'sink', 'place', 'quota', 'standard-output'])],
  demo: [modulesOfCore(['event'])],
};

/** Whether the file `from` may import the project's file `to`. */
export function mayImport(from: string, to: string): boolean {
  const [area, target] = [areaOf(from), areaOf(to)];
  if (area === undefined || target === undefined || target === 'main') return false;
  if (target === 'demo' && /^src\/commands\/demo(\.ts$|\/)/.test(from)) return true;
  if (area === target && (!isAdapter(from) || adapterOf(from) === adapterOf(to))) return true;
  return directions[area].some((pattern) => pattern.test(to));
}

/** Where each runtime dependency may be imported. One that is not listed here may be imported nowhere. */
export const packagePlaces: Readonly<Record<string, RegExp>> = {
  '@electric-sql/pglite': /^src\/core\/store\//,
  '@marcbachmann/cel-js': /^src\/core\/rules\//,
  '@hono/node-server': /^src\/commands\//,
  '@opentelemetry/api': /^src\/core\/tracing\//,
  '@opentelemetry/exporter-trace-otlp-http': /^src\/core\/tracing\/export\.ts$/,
  '@opentelemetry/resources': /^src\/core\/tracing\/export\.ts$/,
  '@opentelemetry/sdk-trace-base': /^src\/core\/tracing\/export\.ts$/,
  'drizzle-orm': /^src\/core\/store\//,
  hono: /^src\/http\//,
  liquidjs: /^src\/core\/template\/engine\.ts$/,
  pino: /^src\/core\/log\.ts$/,
  postgres: /^src\/core\/store\//,
  'prom-client': /^src\/core\/metrics\/instruments\.ts$/,
  undici: /^src\/core\/http[a-z-]*\.ts$/,
  yaml: /^src\/config\//,
  zod: /^src\/(?!core\/store\/)/,
};

/** `drizzle-orm` of `drizzle-orm/postgres-js`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

// The rules about imports: directions, packages, cycles.
import { areaOf, isAdapter, mayImport, packageOf, packagePlaces } from './areas.ts';
import { eachFile, type Rule } from './rule.ts';
import { importsOf } from './source-files.ts';

const isOwn = (target: string) => target.includes('/') && /\.tsx?$/.test(target);

const everyFileHasAnArea = eachFile(
  'every file of src is in a room that the table of directions knows',
  ({ path }) => areaOf(path) === undefined,
  [
    { path: 'src/services/mailer.ts', text: '' },
    { path: 'src/core/poll.ts', text: '' },
    { path: 'src/core/mail/index.ts', text: '' },
  ],
);

const directions = eachFile(
  'imports go the way that is allowed, and nobody imports main',
  (file) =>
    importsOf(file)
      .filter((target) => isOwn(target) && !mayImport(file.path, target))
      .map((target) => `may not import ${target}`),
  [
    {
      path: 'src/core/intake/poll.ts',
      text: "import type { Config } from '../../config/index.ts';",
    },
    { path: 'src/core/intake/intake.ts', text: "import { stdout } from '../../sinks/stdout.ts';" },
    { path: 'src/core/intake/intake.ts', text: "import { createApp } from '../../http/app.ts';" },
    {
      path: 'src/store/events.ts',
      text: "import type { Metrics } from '../observe/metrics/index.ts';",
    },
    {
      path: 'src/sinks/bell.ts',
      text: "import type { Metrics } from '../observe/metrics/index.ts';",
    },
    { path: 'src/sinks/bell.ts', text: "import { stdout } from './stdout.ts';" },
    { path: 'src/sinks/bell.ts', text: "export type { Logger } from '../observe/log.ts';" },
    { path: 'src/sources/bell.ts', text: "import { insertPage } from '../store/events.ts';" },
    { path: 'src/sources/bell.ts', text: "import type { Fence } from '../kit/records/role.ts';" },
    {
      path: 'src/sources/bell/page.ts',
      text: "import {\n  a,\n  b,\n} from '../deepinstinct/page.ts';",
    },
    { path: 'src/sources/bell.ts', text: "import type { Sink } from '../kit/sink.ts';" },
    { path: 'src/kit/text.ts', text: "import { createMask } from '../observe/log.ts';" },
    { path: 'src/kit/event.ts', text: "import type { Decision } from './records/decision.ts';" },
    { path: 'src/core/routing/index.ts', text: "import { storePage } from '../intake/intake.ts';" },
    { path: 'src/core/loops/job.ts', text: "import { announce } from '../notices/conditions.ts';" },
    { path: 'src/store/events.ts', text: "import { route } from '../core/routing/index.ts';" },
    {
      path: 'src/config/load.ts',
      text: "import { startLane } from '../core/deliver/lane.ts';",
    },
    {
      path: 'src/config/read/file.ts',
      text: "import { makeRoutes } from '../routes/index.ts';",
    },
    {
      path: 'src/config/routes/index.ts',
      text: "import { lint } from '../lint/index.ts';",
    },
    {
      path: 'src/service/start.ts',
      text: "import { readYaml } from '../config/read/yaml.ts';",
    },
    { path: 'src/http/app.ts', text: "const load = () => import('../commands/check.ts');" },
    { path: 'src/config/index.ts', text: "import { sinks } from '../sinks/index.ts';" },
    { path: 'src/commands/check.ts', text: "import { stdout } from '../sinks/stdout.ts';" },
    {
      path: 'src/commands/serve.ts',
      text: "import { startTenant } from '../../simulators/tenant/index.ts';",
    },
    {
      path: 'simulators/tenant/index.ts',
      text: "import { loadConfig } from '../../src/config/index.ts';",
    },
    { path: 'src/main.ts', text: "import { loadConfig } from './config/index.ts';" },
    { path: 'src/commands/check.ts', text: "import '../main.ts';" },
    {
      path: 'src/core/intake/poll.ts',
      text: "import { far } from '../../../test/support/far-end.ts';",
    },
    {
      path: 'src/core/intake/poll.ts',
      text: "const worker = new URL('../../http/app.ts', import.meta.url);",
    },
  ],
);

const readable = eachFile(
  'every import names its target, so that these rules see it',
  (file) => importsOf(file).includes('a computed import'),
  [
    { path: 'src/sinks/bell.ts', text: 'const load = (name: string) => import(name);' },
    { path: 'src/sinks/bell.ts', text: "import { createRequire } from 'node:module';" },
  ],
);

const packages = eachFile(
  'a package is imported only where it is meant to be',
  (file) =>
    importsOf(file)
      .filter(
        (target) => !isOwn(target) && !target.startsWith('node:') && target !== 'a computed import',
      )
      .filter((target) => packagePlaces[packageOf(target)]?.test(file.path) !== true)
      .map((target) => `may not import ${target}`),
  [
    { path: 'src/core/roles/index.ts', text: "import { eq } from 'drizzle-orm';" },
    { path: 'src/core/roles/index.ts', text: "import type { Hono } from 'hono';" },
    { path: 'src/sinks/bell.ts', text: "import { Counter } from 'prom-client';" },
    { path: 'src/sinks/bell.ts', text: "import { fetch } from 'undici';" },
    { path: 'src/http/api.ts', text: "import { sql } from 'drizzle-orm/pg-core';" },
    { path: 'src/core/roles/index.ts', text: "import { PGlite } from '@electric-sql/pglite';" },
    { path: 'src/sinks/bell.ts', text: "import nodemailer from 'nodemailer';" },
  ],
);

/** Adapters call out through core alone: one client, one time-out, one policy. */
const forbiddenToAdapters = [
  ...['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'fs', 'fs/promises'],
  ...['child_process', 'worker_threads', 'cluster', 'timers', 'timers/promises', 'process'],
].map((name) => `node:${name}`);

const builtins = eachFile(
  'an adapter opens no connection, file, process or timer of its own',
  (file) =>
    isAdapter(file.path)
      ? importsOf(file)
          .filter((target) => forbiddenToAdapters.includes(target))
          .map((target) => `may not import ${target}`)
      : [],
  [
    { path: 'src/sinks/bell.ts', text: "import { request } from 'node:https';" },
    {
      path: 'src/sources/bell.ts',
      text: "import { setTimeout as wait } from 'node:timers/promises';",
    },
  ],
);

const cycles: Rule = {
  title: 'no files import each other in a circle, not even for types',
  faults: (files) => findCycles(new Map(files.map((file) => [file.path, importsOf(file)]))),
  breaches: [
    { path: 'src/kit/errors.ts', text: "import type { HttpClient } from './http/index.ts';" },
    { path: 'src/kit/event.ts', text: "import type { Event } from './event.ts';" },
  ],
};

/** One line a circle, from its first file in the order of the search back to it. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

export const importRules: readonly Rule[] = [
  everyFileHasAnArea,
  directions,
  readable,
  packages,
  builtins,
  cycles,
];

// The service at one moment: its version, configuration, database and processes.
import { z } from 'zod';
import { compareMigrations } from '../store/migrate.ts';
import { listReplicas } from '../store/replicas.ts';
import { readServerVersion } from '../store/server-version.ts';
import { listSinkRows } from '../store/sinks.ts';
import { text, time } from './fields.ts';
import type { Operation } from './operation.ts';

const status = z.object({
  version: text.nullable().describe('Of the process that answers; null: a command does'),
  configHash: text.describe('The same for processes with the same configuration, secrets aside'),
  counts: z.object({ sources: z.int(), sinks: z.int(), routes: z.int() }),
  warnings: z.array(text).describe('What looks like a mistake in the configuration'),
  database: z.object({
    kind: z.enum(['postgres', 'embedded']),
    version: text,
    schema: z.enum(['none', 'behind', 'current', 'newer']),
  }),
  clockLeap: z
    .object({ seconds: z.int(), at: time })
    .nullable()
    .describe('Of the database, within the last hour, as the process that answers saw it'),
  replicas: z.array(
    z.object({
      id: text,
      isThis: z.boolean().describe('It answers'),
      aliveUntil: time.describe('Its heartbeat holds until then; it is renewed every few seconds'),
      roles: z.array(text),
    }),
  ),
  storms: z.array(text).describe('Sinks for which too much is due at once'),
});

export const show: Operation<Record<never, never>, z.infer<typeof status>> = {
  name: 'status-show',
  summary: 'Version, configuration, database, and which process works what',
  input: z.strictObject({}),
  output: status,
  permission: 'read',
  route: 'GET /status',
  async run({ db, config, process }) {
    const [version, { state: schema }, replicas, sinks] = await Promise.all([
      readServerVersion(db),
      compareMigrations(db.$client),
      listReplicas(db),
      listSinkRows(db),
    ]);
    const { sources, routes, warnings, hash } = config;
    const leap = process?.clockLeap();
    return {
      version: process?.version ?? null,
      configHash: String(hash),
      counts: { sources: sources.length, sinks: config.sinks.length, routes: routes.length },
      warnings: [...warnings],
      database: {
        kind: config.databaseUrl === undefined ? 'embedded' : 'postgres',
        version,
        schema,
      },
      clockLeap:
        leap === undefined
          ? null
          : { seconds: Math.round(leap.ms / 1000), at: new Date(leap.clockMs).toISOString() },
      replicas: replicas.map(({ id, aliveUntil, roles }) => ({
        id,
        isThis: id === process?.replicaId,
        aliveUntil,
        roles: [...roles],
      })),
      storms: sinks.filter(({ storm }) => storm !== null).map(({ id }) => id),
    };
  },
};

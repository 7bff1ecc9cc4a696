// Everything that `tocsin check` finds out: about the configuration, its policy, the address, the
// database, each source and each sink. Posts and changes nothing.

import { type Config, type ConfigReading, lint, type Registries } from '../../config/index.ts';
import type { HttpClient } from '../../kit/http/index.ts';
import { createMask } from '../../kit/mask.ts';
import { createSinks, createSources } from '../adapters.ts';
import { lookAtAddress } from '../address.ts';
import { lookAtDatabase } from '../database.ts';
import { lookAtDuty } from './duty.ts';
import { tryOutSink, tryOutSource } from './far-ends.ts';
import type { Finding } from './finding.ts';
import { lookAtPushed } from './pushed.ts';
import { lookAtBacklog, lookAtOthers, lookAtPositions } from './stored.ts';

export type { Finding } from './finding.ts';

export interface CheckDependencies {
  readonly registries: Registries;
  createHttp(config: Config): HttpClient;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** In the order of the report, without any secret. @throws {ConfigError} */
export async function check(reading: ConfigReading, deps: CheckDependencies): Promise<Finding[]> {
  const { config } = reading;
  const http = deps.createHttp(config);
  try {
    const found = await lookAround(config, http, deps);
    const mask = createMask(config.secrets);
    return [...configurationFindings(reading, deps.now()), ...found].map((finding) => ({
      ...finding,
      text: mask(finding.text),
    }));
  } finally {
    await http.close();
  }
}

/** @param nowMs since the epoch */
function configurationFindings(reading: ConfigReading, nowMs: number): Finding[] {
  const warnings = reading.config.warnings.map((text): Finding => {
    return { status: 'warn', kind: 'configuration', id: '', text };
  });
  const remarks = lint(reading, nowMs).map(({ rule, where, text }): Finding => {
    return { status: 'warn', kind: 'policy', id: rule, where, text };
  });
  return [...warnings, ...remarks];
}

async function lookAround(
  config: Config,
  http: HttpClient,
  { registries, now }: CheckDependencies,
): Promise<Finding[]> {
  const around = { http, now };
  const { polled: sources, pushed } = createSources(config, registries, around);
  const sinks = createSinks(config, registries, around);
  const places = sinks.map(({ id, sink }) => ({ id, place: sink.place }));
  const found = await Promise.all([
    lookAtAddress(config).then((look): Finding[] => [{ ...look, kind: 'address', id: '' }]),
    lookAtDatabase(config).then((looks) =>
      looks.map((look): Finding => ({ ...look, kind: 'database', id: '' })),
    ),
    lookAtPositions(config, sources),
    lookAtBacklog(config, places),
    lookAtOthers(config, places),
    lookAtDuty(config, http, now()),
    ...sources.map((source) => tryOutSource(source, now())),
    ...pushed.map((source) => lookAtPushed(source, config)),
    ...sinks.map(async (sink) => {
      const findings = await tryOutSink(sink, routeSettingsOf(config, sink.id));
      await sink.sink.close?.();
      return findings;
    }),
  ]);
  return found.flat();
}

function routeSettingsOf({ routes }: Config, id: string): unknown[] {
  return routes.flatMap(({ settings }) => (settings?.has(id) ? [settings.get(id)] : []));
}

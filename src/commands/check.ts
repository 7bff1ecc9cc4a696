// `tocsin check`: is the configuration right, is the address free, does the database answer, do the
// credentials and hooks work. Posts and changes nothing.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command, CommandIo } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine } from '../cli/lines.ts';
import {
  type Config,
  type ConfigReading,
  lint,
  type Registries,
  readConfig,
} from '../config/index.ts';
import { backlogRemarks } from '../core/identity/backlog.ts';
import { positionRemarks } from '../core/identity/position.ts';
import { placeRemarks } from '../core/identity/standing.ts';
import { AdapterError, ConfigError } from '../kit/errors.ts';
import { createHttpClient, type HttpClient } from '../kit/http/index.ts';
import { createMask } from '../kit/mask.ts';
import type { PlaceOf } from '../kit/place.ts';
import type { StoredPosition } from '../kit/records/position.ts';
import type { Sink } from '../kit/sink.ts';
import type { PollSource } from '../kit/source.ts';
import { describeError } from '../observe/log.ts';
import { backlog as backlogs, source as positions, works } from '../operations/index.ts';
import { assertSources, createSinks, createSources } from '../service/adapters.ts';
import { lookAtAddress } from '../service/address.ts';
import { lookAtDatabase } from '../service/database.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { peek } from '../service/operate.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

const waitMs = 20_000;
const expiryWarningDays = 14;
const dayMs = 86_400_000;

/** What was found out about one thing. `warn` fails nothing. */
interface Finding {
  readonly status: 'ok' | 'warn' | 'failed';
  readonly kind: 'configuration' | 'policy' | 'address' | 'database' | 'source' | 'sink';
  /** Of the policy, which rule of the lint it is; empty for what there is only one of. */
  readonly id: string;
  /** `tocsin.yaml:12:5 routes[2]`, if it is about the policy. */
  readonly where?: string;
  readonly text: string;
}

export interface CheckDependencies {
  readonly registries: Registries;
  createHttp(config: Config): HttpClient;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function createCheck(deps: CheckDependencies): Command {
  return {
    details:
      'The policy is looked at as well: routes that never take anything, grave events that no route sends, secrets in the file.\n' +
      'Exit code 0: everything works, though there may be warnings; 1: something does not; 78: the configuration is wrong.\n' +
      'A port in use is a warning: beside a running Tocsin it must be. HOST that is no address of this machine is a failure.',
    options: jsonOption,
    async run({ values }, io) {
      const isJson = values.json === true;
      const reading = load(deps.registries, isJson, io);
      if (reading === undefined) return exitCodes.config;
      const findings = await check(reading, deps);
      const isFine = findings.every((finding) => finding.status !== 'failed');
      io.stdout(isJson ? jsonText({ ok: isFine, findings }, 2) : findings.map(lineOf).join(''));
      return isFine ? exitCodes.done : exitCodes.failed;
    },
  };
}

/**
 * Problems go to stdout with `--json`, as everything else; otherwise they are reported as those of
 * every command.
 */
function load(registries: Registries, isJson: boolean, io: CommandIo): ConfigReading | undefined {
  try {
    const reading = readConfig({ env: io.env, directory: io.directory, registries });
    assertSources(reading.config, registries);
    return reading;
  } catch (error) {
    if (!isJson || !(error instanceof ConfigError)) throw error;
    io.stdout(jsonText({ ok: false, problems: error.problems, warnings: error.warnings }, 2));
    return undefined;
  }
}

async function check(reading: ConfigReading, deps: CheckDependencies): Promise<Finding[]> {
  const { config } = reading;
  const http = deps.createHttp(config);
  const around = { http, locale: config.locale, timeZone: config.timeZone, now: deps.now };
  try {
    const sources = createSources(config, deps.registries, around);
    const sinks = createSinks(config, deps.registries, around);
    const found = await Promise.all([
      lookAtAddress(config).then((look): Finding[] => [{ ...look, kind: 'address', id: '' }]),
      lookAtDatabase(config).then((looks) =>
        looks.map((look): Finding => ({ ...look, kind: 'database', id: '' })),
      ),
      lookAtPositions(config, sources),
      lookAtBacklog(
        config,
        sinks.map(({ id, sink }) => ({ id, place: sink.place })),
      ),
      lookAtOthers(
        config,
        sinks.map(({ id, sink }) => ({ id, place: sink.place })),
      ),
      ...sources.map(async ({ id, source }) => {
        const tried = await tryOut('source', id, source.check?.bind(source));
        return [tried, ...expiryOf(id, source.credentialExpiresAt?.(), deps.now())];
      }),
      ...sinks.map(async ({ id, sink }) => {
        const tried = await tryOutSink(id, sink, routeSettingsOf(config, id));
        await sink.close?.();
        return tried;
      }),
    ]);
    const warnings = config.warnings.map(
      (text): Finding => ({ status: 'warn', kind: 'configuration', id: '', text }),
    );
    const remarks = lint(reading, deps.now()).map(
      ({ rule, where, text }): Finding => ({
        status: 'warn',
        kind: 'policy',
        id: rule,
        where,
        text,
      }),
    );
    const mask = createMask(config.secrets);
    return [...warnings, ...remarks, ...found.flat()].map((finding) => ({
      ...finding,
      text: mask(finding.text),
    }));
  } finally {
    await http.close();
  }
}

/** Whose positions the database holds under these ids, and under others. */
async function lookAtPositions(
  config: Config,
  polled: readonly { readonly id: string; readonly source: PollSource }[],
): Promise<Finding[]> {
  const stored = (await peek(config, positions.list, {})) ?? [];
  const known = await Promise.all(stored.map((position) => asRecognised(position, polled)));
  const consoles = polled.map(({ id, source }) => ({ id, console: source.console }));
  return positionRemarks(known, consoles).map(
    ({ source, isFault, text }): Finding => ({
      status: isFault ? 'failed' : 'warn',
      kind: 'source',
      id: source,
      text,
    }),
  );
}

/** A console that has a new address is recognised by the start as well. */
async function asRecognised(
  position: StoredPosition,
  polled: readonly { readonly id: string; readonly source: PollSource }[],
): Promise<StoredPosition> {
  const source = polled.find(({ id }) => id === position.source)?.source;
  if (
    !source?.console ||
    !position.cursor ||
    !position.console ||
    position.console === source.console
  )
    return position;
  const isSame = await source
    .recognises?.(position.cursor, AbortSignal.timeout(waitMs))
    .catch(() => undefined);
  return isSame === true ? { ...position, console: source.console } : position;
}

/** What waits for sinks that are configured no more. */
async function lookAtBacklog(config: Config, places: readonly PlaceOf[]): Promise<Finding[]> {
  const backlog = await peek(config, backlogs.list, {});
  if (backlog === undefined) return unseenIn(config);
  if (places.length === 0) return [];
  return backlogRemarks(backlog.counts, backlog.places, places).map(
    ({ sink, isFault, text }): Finding => ({
      status: isFault ? 'failed' : 'warn',
      kind: 'sink',
      id: sink,
      text,
    }),
  );
}

/** Where the sinks of the same ids are that running processes work. */
async function lookAtOthers(config: Config, places: readonly PlaceOf[]): Promise<Finding[]> {
  const others = (await peek(config, works.list, {})) ?? [];
  return placeRemarks({ others, places }).map(
    ({ sink, text }): Finding => ({ status: 'warn', kind: 'sink', id: sink, text }),
  );
}

/** Only the process that holds an embedded database can say what is in it, and check opens none. */
function unseenIn({ databaseUrl, dataDir }: Config): Finding[] {
  if (databaseUrl !== undefined || !existsSync(join(dataDir, 'postgres'))) return [];
  const text =
    `what waits in DATA_DIR (${resolve(dataDir)}), and how far each source was read, was not looked at: no service answers there. ` +
    'Check again while it runs, or let `tocsin dead list` open the database.';
  return [{ status: 'warn', kind: 'database', id: '', text }];
}

async function tryOut(
  kind: 'source' | 'sink',
  id: string,
  attempt: ((signal: AbortSignal) => Promise<unknown>) | undefined,
): Promise<Finding> {
  if (attempt === undefined) return { status: 'ok', kind, id, text: 'has nothing to try out' };
  try {
    const remark = await attempt(AbortSignal.timeout(waitMs));
    if (typeof remark === 'string')
      return { status: 'warn', kind, id, text: `answers, but ${remark}` };
    return { status: 'ok', kind, id, text: 'answers, and accepts what it is configured with' };
  } catch (error) {
    return { status: 'failed', kind, id, text: textOf(error) };
  }
}

/** What a sink says of itself in detail, if it can; each remark is a finding of its own. */
async function tryOutSink(
  id: string,
  sink: Sink,
  routeSettings: readonly unknown[],
): Promise<Finding[]> {
  if (sink.inspect === undefined) return [await tryOut('sink', id, sink.check?.bind(sink))];
  try {
    const { tested, remarks } = await sink.inspect(AbortSignal.timeout(waitMs), routeSettings);
    const warnings = remarks.map((text): Finding => ({ status: 'warn', kind: 'sink', id, text }));
    return [{ status: 'ok', kind: 'sink', id, text: tested }, ...warnings];
  } catch (error) {
    return [{ status: 'failed', kind: 'sink', id, text: textOf(error) }];
  }
}

function routeSettingsOf({ routes }: Config, id: string): unknown[] {
  return routes.flatMap(({ settings }) => (settings?.has(id) ? [settings.get(id)] : []));
}

function textOf(error: unknown): string {
  if (error instanceof AdapterError) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError')
    return `gave no answer within ${waitMs / 1000} seconds`;
  return describeError(error).message;
}

function expiryOf(id: string, expiresAt: number | undefined, now: number): Finding[] {
  if (expiresAt === undefined) return [];
  const date = new Date(expiresAt).toISOString().slice(0, 10);
  const remedy = 'Create a new one and replace it.';
  if (expiresAt <= now)
    return [
      { status: 'failed', kind: 'source', id, text: `its credential ended on ${date}. ${remedy}` },
    ];
  const days = Math.floor((expiresAt - now) / dayMs);
  if (days >= expiryWarningDays) return [];
  return [
    {
      status: 'warn',
      kind: 'source',
      id,
      text: `its credential ends on ${date}, in ${days} days. ${remedy}`,
    },
  ];
}

const labels = { ok: 'ok  ', warn: 'warn', failed: 'FAIL' } as const;

/** Texts of far ends may hold anything, and this reaches a terminal. */
function lineOf({ status, kind, id, where, text }: Finding): string {
  const name = id === '' ? kind : `${kind} ${id}`;
  const said = where === undefined ? text : `${where} ${text}.`;
  return `${labels[status]}  ${name}: ${onOneLine(said.replace(/\s+/g, ' '))}\n`;
}

export const command = createCheck({
  registries: { sources, sinks },
  createHttp: ({ proxy, secrets }) => createHttpClient({ proxy, mask: createMask(secrets) }),
  now: Date.now,
});

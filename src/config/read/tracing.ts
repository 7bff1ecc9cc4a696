// Reads the standard variables of OpenTelemetry: whether spans are exported, and what its SDK gets.
import { readWebUrl } from '../../kit/web-url.ts';
import type { Environment, Findings } from './environment.ts';
import { secretVariables, type tracingVariables } from './known.ts';
import type { Config } from './shape.ts';

const prefix = 'OTEL_';

/** A fault in them is only warned of, because no alert depends on traces. */
export function readTracing(environment: Environment, findings: Findings): Pick<Config, 'tracing'> {
  const of = (name: (typeof tracingVariables)[number]) => environment.get(name);
  const name = of('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
    ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const endpoint = of(name);
  const exporters = (of('OTEL_TRACES_EXPORTER') ?? 'otlp').split(',').map((one) => one.trim());
  if (
    endpoint === undefined ||
    of('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' ||
    exporters.includes('none')
  )
    return {};
  const warn = (where: (typeof tracingVariables)[number], text: string) => {
    findings.warnings.push(`${environment.place(where)} ${text}`);
    return {};
  };
  if (!exporters.includes('otlp'))
    return warn('OTEL_TRACES_EXPORTER', 'names no exporter but otlp: nothing is traced.');
  const read = readWebUrl(endpoint, true);
  if ('fault' in read)
    return warn(name, `is no address of a collector (it ${read.fault}): nothing is traced.`);
  if (of('OTEL_EXPORTER_OTLP_PROTOCOL') === 'grpc')
    warn(
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'is grpc, but spans go out as http/json: name the port for that, mostly 4318.',
    );
  return { tracing: { endpoint: read.url.origin, variables: variablesOf(environment) } };
}

/** Includes those from `.env` and from files of their own. */
function variablesOf(environment: Environment): Record<string, string> {
  const secrets = secretVariables.filter((name) => name.startsWith(prefix));
  const names = [...new Set([...environment.namesWith(prefix), ...secrets])].sort();
  const values = names.map((name) => [name, environment.get(name)] as const);
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The value of each header, as written, and its words, as they are sent. */
export function secretsOfHeaders(headers: readonly (string | undefined)[]): string[] {
  const values = headers.flatMap((text) =>
    (text ?? '').split(',').map((pair) => pair.slice(pair.indexOf('=') + 1).trim()),
  );
  return values
    .flatMap((value) => [value, ...value.split(/\s+|%20/)])
    .filter((value) => value !== '');
}

/**
 * Puts them into the environment, the only place where the SDK looks. Call it before the SDK is
 * loaded.
 */
export function handOverToSdk({ variables }: NonNullable<Config['tracing']>): void {
  Object.assign(process.env, variables);
}

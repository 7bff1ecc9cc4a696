// Collects the secret values of a configuration, wherever they stand, for the mask of logs and
// errors.
import { type AdapterInput, secretsOf } from './adapters.ts';
import type { Environment } from './environment.ts';
import type { ConfigFile } from './file.ts';
import type { KnownVariable } from './known.ts';
import type { ProxyConfig, Registries } from './shape.ts';
import { secretsOfHeaders } from './tracing.ts';

export interface SecretHolders {
  readonly environment: Environment;
  readonly registries: Registries;
  readonly sources: readonly AdapterInput[];
  readonly sinks: readonly AdapterInput[];
  readonly file: ConfigFile | undefined;
}

const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;

/** Each once. */
export function findSecrets(holders: SecretHolders, proxy: ProxyConfig): string[] {
  const { environment, registries, sources, sinks, file } = holders;
  const of = (...names: (KnownVariable | 'PGPASSWORD')[]) =>
    names.map((name) => environment.get(name));
  const urls = of('DATABASE_URL', 'DATABASE_URL_DIRECT', ...endpoints);
  const headers = of('OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS');
  return [
    ...new Set([
      ...environment.secrets(),
      ...secretsOf(sources, registries.sources),
      ...secretsOf(sinks, registries.sinks),
      ...(file?.heartbeatUrl === undefined ? [] : [file.heartbeatUrl.text]),
      ...secretsOfCalendar(file?.dutyCalendar),
      ...secretsOfHeaders(headers),
      ...of('PGPASSWORD').flatMap((password) => password ?? []),
      ...secretsOfUrls([...urls, proxy.httpProxy, proxy.httpsProxy]),
    ]),
  ];
}

function secretsOfCalendar(calendar: ConfigFile['dutyCalendar']): string[] {
  const { url, authorization } = calendar?.content ?? {};
  // Without its scheme, too: what follows it is the secret.
  const credential = authorization?.replace(/^\w+\s+/, '');
  return [url, authorization, credential].filter(
    (text) => text !== undefined && text !== '',
  ) as string[];
}

/** Passwords within URLs, as written and decoded, and the URLs that hold one. */
function secretsOfUrls(urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((url) => {
    const password = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*?:([^/?#]*)@/i.exec(url ?? '')?.[1] ?? '';
    const named = [...(url ?? '').matchAll(/[?&](?:ssl)?password=([^&#]*)/gi)].map(
      ([, value]) => value ?? '',
    );
    const found = [password, ...named].filter((value) => value !== '');
    return found.length === 0 ? [] : [url ?? '', ...found, ...found.map(decoded)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

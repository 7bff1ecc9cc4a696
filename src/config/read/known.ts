// The names of all variables that Tocsin reads. A variable without effect must not be here.

/** Those of OpenTelemetry. Its SDK gets others, too, if their names begin like these. */
export const tracingVariables = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_PROTOCOL',
  'OTEL_TRACES_EXPORTER',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SDK_DISABLED',
] as const;

/** Those that say who is let in. */
const accessVariables = [
  'PUBLIC_URL',
  'TRUSTED_PROXIES',
  'SSO_ASSERTION_HEADER',
  'SSO_ISSUER',
  'SSO_AUDIENCE',
  'SSO_JWKS_URL',
  'SSO_GROUPS_CLAIM',
  'SSO_USER_HEADER',
  'SSO_GROUPS_HEADER',
  'SSO_PROXIES',
  'SSO_ROLES',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OIDC_SCOPES',
  'OIDC_GROUPS_CLAIM',
] as const;
export type AccessVariable = (typeof accessVariables)[number];

const proxyVariables = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
] as const;

export const knownVariables = [
  'DEEPINSTINCT_URL',
  'TOKENS_KEY',
  'MATTERMOST_WEBHOOK_URL',
  'POLLING_INTERVAL',
  'START_FROM',
  'MIN_SEVERITY',
  'DATABASE_URL',
  'DATABASE_URL_DIRECT',
  'DATABASE_PREPARE',
  'DATA_DIR',
  'EMBEDDED',
  'RETENTION',
  'SINK_RATE',
  'STORM',
  'HEARTBEAT_URL',
  'PORT',
  'HOST',
  'LOG_LEVEL',
  'LOCALE',
  'TZ',
  'TOCSIN_CONFIG',
  ...accessVariables,
  ...proxyVariables,
  ...tracingVariables,
] as const;
export type KnownVariable = (typeof knownVariables)[number];

/** Read by one command each, and by nothing that runs as a service. */
export const commandVariables = ['SETUP_TOKEN'] as const;
export type CommandVariable = (typeof commandVariables)[number];

/** Their values are secrets, or hold one (the password in a URL). */
export const secretVariables = [
  'TOKENS_KEY',
  'MATTERMOST_WEBHOOK_URL',
  'DATABASE_URL',
  'DATABASE_URL_DIRECT',
  'HEARTBEAT_URL',
  'OIDC_CLIENT_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
] as const satisfies readonly KnownVariable[];

/**
 * Machines set neighbours of these names (`FTP_PROXY`, `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`) for
 * other programs, so a near miss says nothing.
 */
export const unguessableVariables: ReadonlySet<string> = new Set([
  ...proxyVariables,
  ...tracingVariables,
]);

/** Names that people try, too far from the right one to be found by spelling. */
export const misnamedVariables: Readonly<Record<string, KnownVariable>> = {
  DEEPINSTINCT_TOKEN: 'TOKENS_KEY',
  DEEPINSTINCT_API_KEY: 'TOKENS_KEY',
  DEEPINSTINCT_API_TOKEN: 'TOKENS_KEY',
  DEEPINSTINCT_KEY: 'TOKENS_KEY',
  DEEPINSTINCT_TOKENS_KEY: 'TOKENS_KEY',
  DEEPINSTINCT_HOST: 'DEEPINSTINCT_URL',
  DEEPINSTINCT_SERVER: 'DEEPINSTINCT_URL',
  MATTERMOST_URL: 'MATTERMOST_WEBHOOK_URL',
  MATTERMOST_WEBHOOK: 'MATTERMOST_WEBHOOK_URL',
  MATTERMOST_HOOK_URL: 'MATTERMOST_WEBHOOK_URL',
  WEBHOOK_URL: 'MATTERMOST_WEBHOOK_URL',
  POLL_INTERVAL: 'POLLING_INTERVAL',
  POLLING_INTERVAL_SECONDS: 'POLLING_INTERVAL',
  SEVERITY: 'MIN_SEVERITY',
  POSTGRES_URL: 'DATABASE_URL',
  TIMEZONE: 'TZ',
  TIME_ZONE: 'TZ',
};

// The parameters behind the ? of a Postgres address: what Tocsin does with each parameter of libpq,
// and which ones it refuses. Pure.

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export interface DatabaseTls {
  readonly mode: SslMode;
  /** The certificate must be signed by an authority that this machine trusts. */
  readonly isChainVerified: boolean;
  /** The certificate must be for the host of the URL. */
  readonly isNameVerified: boolean;
  /** TLS starts with the first byte, without the SSLRequest message of Postgres. */
  readonly isDirect: boolean;
  /** A path, or `system`; undefined for the authorities that Node trusts. */
  readonly rootCertificate?: string | undefined;
  /** Paths of the client's own certificate and key. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly keyPassword?: string | undefined;
  /** Whether the client sends the host's name (SNI). */
  readonly sendsName: boolean;
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
}

/** What an address says besides hosts, user and database. */
export interface DatabaseSettings {
  readonly tls: DatabaseTls;
  /** `channel_binding=require`, which no Unix socket can fulfil. */
  readonly isBound: boolean;
  /** How long to wait until one host takes statements, at most 30,000; undefined if not set. */
  readonly connectTimeoutMs: number | undefined;
  /** Idle time before the first keepalive probe; false: no probes. */
  readonly keepAliveSeconds: number | false;
  /** Hosts that take no writes are skipped. */
  readonly mustBeWritable: boolean;
  /** Settings that are sent when a session begins, by name. */
  readonly session: Readonly<Record<string, string>>;
}

export interface UrlFault {
  /** Follows the name of the variable: `is not a valid URL`. */
  readonly problem: string;
  readonly remedy: string;
}

const places = ['host', 'hostaddr', 'port', 'user', 'password', 'dbname'] as const;
export type Place = (typeof places)[number];

export interface Parameters {
  /** Values that replace those before the ?. */
  readonly given: Readonly<Partial<Record<Place, string>>>;
  readonly settings: DatabaseSettings;
}

const off = 'Take it off';
const modes: readonly SslMode[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
];
const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/**
 * These are settings of Postgres, not parameters of libpq. Releases up to 0.1 sent them by name,
 * and running services rely on it.
 */
const sessionSettings = [
  'search_path',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'TimeZone',
];
/** Tocsin cuts a connection that got no answer for 30 s anyway. */
const connectSecondsMax = 30;

/** The values that Tocsin honours. A parameter that is not listed is refused. */
const known: Readonly<Record<string, readonly string[] | RegExp>> = {
  ...Object.fromEntries(places.map((name) => [name, /^/])),
  application_name: /^/,
  fallback_application_name: /^/,
  options: /^/,
  ...Object.fromEntries(sessionSettings.map((name) => [name, /./])),
  client_encoding: /^(utf-?8|auto)$/i,
  connect_timeout: /^\d{1,9}$/,
  keepalives: ['0', '1'],
  keepalives_idle: /^\d{1,6}$/,
  // Tocsin cuts a connection after 30 s of silence, before the system's probes could.
  keepalives_interval: /^\d{1,6}$/,
  keepalives_count: /^\d{1,6}$/,
  tcp_user_timeout: /^\d{1,9}$/,
  // Tocsin does not speak Kerberos. Neither does libpq without a ticket.
  gssencmode: ['disable', 'prefer'],
  channel_binding: ['disable', 'prefer', 'require'],
  load_balance_hosts: ['disable'],
  target_session_attrs: ['any', 'read-write', 'primary'],
  sslmode: modes,
  ssl: ['true'],
  sslnegotiation: ['postgres', 'direct'],
  sslcompression: ['0'],
  sslcertmode: ['allow'],
  sslcert: /./,
  sslkey: /./,
  sslpassword: /^/,
  sslrootcert: /./,
  sslsni: ['0', '1'],
  ssl_min_protocol_version: versions,
  ssl_max_protocol_version: versions,
};

const byOptions = (name: string) =>
  `Send a setting as options=-c${name}%3D…; a pooler must let it pass`;
const commonSettings = ['work_mem', 'synchronous_commit', 'role'];
const remedies: Readonly<Record<string, string>> = {
  connect_timeout: 'Set it to seconds, or take it off for 5',
  gssencmode: 'Kerberos is not spoken: take it off, and encrypt with sslmode=verify-full',
  target_session_attrs: 'Tocsin writes: set it to read-write or primary, or take it off',
  client_encoding: 'Tocsin speaks UTF8 alone: take it off',
  load_balance_hosts: 'Hosts are tried in the order in which they stand: take it off',
  sslcrl: 'Lists of revoked certificates are not read: take it off',
  sslcrldir: 'Lists of revoked certificates are not read: take it off',
  ssl: 'Use sslmode, which is one of: disable, allow, prefer, require, verify-ca, verify-full',
  requiressl: 'Use sslmode=require',
  service: 'Write here what the service file says',
  servicefile: 'Write here what the service file says',
  passfile:
    'Write the password into the URL, or the URL into the file that DATABASE_URL_FILE names',
  pgbouncer:
    'Take it off, and set DATABASE_PREPARE=off if the pooler cannot keep prepared statements',
  schema: 'Use search_path',
  ...Object.fromEntries(commonSettings.map((name) => [name, byOptions(name)])),
};

/** A fault names the parameter and never its value, which may be a password. */
export function readParameters(pairs: ReadonlyMap<string, string>): Parameters | UrlFault {
  for (const [name, value] of pairs) {
    const fault = faultOf(name, value);
    if (fault !== undefined) return fault;
  }
  const tls = tlsOf(pairs);
  if ('problem' in tls) return tls;
  const seconds = pairs.get('connect_timeout');
  const application = pairs.get('application_name') ?? pairs.get('fallback_application_name');
  const session = ['options', ...sessionSettings].flatMap((name) =>
    pairs.get(name) ? [[name, pairs.get(name)]] : [],
  );
  return {
    given: Object.fromEntries(
      places.flatMap((name) => (pairs.has(name) ? [[name, pairs.get(name)]] : [])),
    ),
    settings: {
      tls,
      isBound: pairs.get('channel_binding') === 'require',
      connectTimeoutMs: seconds === undefined ? undefined : waitOf(Number(seconds)) * 1000,
      keepAliveSeconds:
        pairs.get('keepalives') === '0' ? false : Number(pairs.get('keepalives_idle') ?? 0) || 60,
      mustBeWritable: ['read-write', 'primary'].includes(
        pairs.get('target_session_attrs') ?? 'any',
      ),
      session: {
        ...(application && { application_name: application }),
        ...Object.fromEntries(session),
      },
    },
  };
}

/** In seconds. To libpq, 0 means no limit. */
const waitOf = (seconds: number) =>
  seconds === 0 ? connectSecondsMax : Math.min(seconds, connectSecondsMax);

function faultOf(name: string, value: string): UrlFault | undefined {
  const honoured = Object.hasOwn(known, name) ? known[name] : undefined;
  // A long name may be a password whose ? was not escaped.
  const shown = /^[a-z_]{1,40}$/.test(name) ? `"${name}"` : 'a parameter';
  const own = Object.hasOwn(remedies, name) ? remedies[name] : undefined;
  if (honoured === undefined) {
    return {
      problem: `holds ${shown} behind the ?, which Tocsin does not honour`,
      remedy: own ?? off,
    };
  }
  if (honoured instanceof RegExp ? honoured.test(value) : honoured.includes(value))
    return undefined;
  const choice =
    honoured instanceof RegExp
      ? 'Correct it, or take it off'
      : `Use one of: ${honoured.join(', ')}`;
  return { problem: `sets "${name}" to what Tocsin does not honour`, remedy: own ?? choice };
}

function tlsOf(pairs: ReadonlyMap<string, string>): DatabaseTls | UrlFault {
  const rootCertificate = pairs.get('sslrootcert');
  const isBound = pairs.get('channel_binding') === 'require';
  const mode = modeOf(pairs);
  const isEncrypted = ['require', 'verify-ca', 'verify-full'].includes(mode);
  const isDirect = pairs.get('sslnegotiation') === 'direct';
  if (rootCertificate === 'system' && mode !== 'verify-full') {
    return {
      problem: 'sets sslrootcert=system beside a weaker sslmode',
      remedy: 'Set sslmode=verify-full',
    };
  }
  if (isBound && !isEncrypted) {
    return {
      problem: 'sets channel_binding=require, which needs TLS',
      remedy: 'Set sslmode=require',
    };
  }
  if (isDirect && !isEncrypted) {
    return {
      problem: 'sets sslnegotiation=direct, which needs TLS',
      remedy: 'Set sslmode=require',
    };
  }
  if (pairs.has('sslcert') !== pairs.has('sslkey')) {
    return { problem: 'sets only one of sslcert and sslkey', remedy: 'Set both' };
  }
  return {
    mode,
    // libpq verifies by a root certificate that is given, in every mode.
    isChainVerified: isBound || mode.startsWith('verify') || rootCertificate !== undefined,
    // Channel binding proves that nobody intercepts the connection. The driver cannot do it; a
    // verified certificate proves the same.
    isNameVerified: isBound || mode === 'verify-full',
    isDirect,
    rootCertificate,
    certificate: pairs.get('sslcert'),
    key: pairs.get('sslkey'),
    keyPassword: pairs.get('sslpassword'),
    sendsName: pairs.get('sslsni') !== '0',
    minVersion: pairs.get('ssl_min_protocol_version') as TlsVersion | undefined,
    maxVersion: pairs.get('ssl_max_protocol_version') as TlsVersion | undefined,
  };
}

function modeOf(pairs: ReadonlyMap<string, string>): SslMode {
  const written = pairs.get('sslmode') as SslMode | undefined;
  if (written !== undefined) return written;
  if (pairs.get('sslrootcert') === 'system') return 'verify-full';
  // JDBC writes `ssl=true`, and libpq understands it. Channel binding needs TLS.
  return pairs.has('ssl') || pairs.get('channel_binding') === 'require' ? 'require' : 'prefer';
}

// The one reader of Postgres addresses. It reads what libpq reads, and refuses by name what Tocsin
// does not support. Pure; its texts never repeat user, password or database.
import { type DatabaseSettings, readParameters, type UrlFault } from './database-url-parameters.ts';

/** Where to connect to: a TCP address, or the path of a Unix socket. */
export type DatabaseHost =
  | {
      /** The name that the certificate must be for. */
      readonly name: string;
      /** The TCP address to connect to: the name, or the value of `hostaddr`. */
      readonly address: string;
      readonly port: number;
    }
  | { readonly socketPath: string };

export interface DatabaseAddress extends DatabaseSettings {
  /** At least one, in the order in which they are tried. */
  readonly hosts: readonly DatabaseHost[];
  /** Undefined: the user of the operating system. */
  readonly user: string | undefined;
  readonly password: string;
  /** Undefined: the name of the user. */
  readonly database: string | undefined;
}

export type ReadAddress = { readonly address: DatabaseAddress } | UrlFault;

const form = 'Write it as postgres://user:password@host:5432/database';
const escapes = `${form}; in the password, write @ as %40, / as %2F, # as %23 and % as %25`;
const invalid: UrlFault = { problem: 'is not a valid URL', remedy: escapes };

/** `problem` follows the name of the variable. */
export function readDatabaseUrl(text: string): ReadAddress {
  const [, , rest] = /^(postgres|postgresql):\/\/(.*)$/is.exec(text) ?? [];
  if (rest === undefined) return schemeFault(text);
  const parts = split(rest);
  if (parts === undefined) return invalid;
  const pairs = queryOf(parts.query);
  if (pairs === undefined) return invalid;
  const read = readParameters(pairs);
  if ('problem' in read) return read;
  const { given, settings } = read;
  const hosts = hostsOf({
    names: given.host === undefined ? parts.hosts : given.host.split(','),
    ports:
      given.port === undefined
        ? given.host === undefined
          ? parts.ports
          : ['']
        : given.port.split(','),
    addresses: given.hostaddr?.split(','),
  });
  if ('problem' in hosts) return hosts;
  if (settings.isBound && hosts.some((host) => 'socketPath' in host)) {
    const remedy = 'Take channel_binding off: nobody stands between on one machine';
    return { problem: 'sets channel_binding=require for a Unix socket, which has no TLS', remedy };
  }
  return {
    address: {
      hosts,
      user: notEmpty(given.user ?? parts.user),
      password: given.password ?? parts.password,
      database: notEmpty(given.dbname ?? parts.database),
      ...settings,
    },
  };
}

/**
 * The address, completed by the values of `given` that it leaves out, as libpq takes them from
 * environment variables. An invalid address comes back unchanged.
 */
export function completedUrl(
  text: string,
  given: Readonly<Record<'user' | 'password' | 'dbname', string | undefined>>,
): string {
  const read = readDatabaseUrl(text);
  if ('problem' in read) return text;
  const { user, password, database } = read.address;
  const has = {
    user: user !== undefined,
    password: password !== '',
    dbname: database !== undefined,
  };
  const added = (['user', 'password', 'dbname'] as const)
    .filter((name) => !has[name] && given[name])
    .map((name) => `${name}=${encodeURIComponent(given[name]!)}`);
  if (added.length === 0) return text;
  return `${text}${text.includes('?') ? (/[?&]$/.test(text) ? '' : '&') : '?'}${added.join('&')}`;
}

function schemeFault(text: string): UrlFault {
  if (!/^\s*\w+\s*=/.test(text))
    return { problem: 'does not begin with postgres:// or postgresql://', remedy: form };
  return {
    problem: 'is written as key=value, which Tocsin does not read',
    remedy: `${form}?key=value`,
  };
}

interface Parts {
  readonly user: string;
  readonly password: string;
  readonly hosts: readonly string[];
  readonly ports: readonly string[];
  readonly database: string;
  readonly query: string;
}

/**
 * Splits as libpq does: the first @ before a slash ends user and password, and # has no meaning.
 * Undefined if the text is malformed.
 */
function split(rest: string): Parts | undefined {
  const [, credentials, places = '', database = '', query = ''] =
    /^(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(rest) ?? [];
  const [, user = '', password = ''] = /^([^:]*)(?::(.*))?$/s.exec(credentials ?? '') ?? [];
  const read = places
    .split(',')
    .map((place) => /^(\[[^[\]]+\]|[^[\]:@]*)(?::([^:]*))?$/.exec(place));
  const texts = [
    user,
    password,
    database,
    ...read.flatMap((one) => [one?.[1] ?? '', one?.[2] ?? '']),
  ].map(decoded);
  if (read.includes(null) || texts.includes(undefined)) return undefined;
  const [decodedUser, decodedPassword, decodedDatabase, ...decodedPlaces] = texts as string[];
  return {
    user: decodedUser!,
    password: decodedPassword!,
    database: decodedDatabase!,
    hosts: decodedPlaces.filter((_, at) => at % 2 === 0),
    ports: decodedPlaces.filter((_, at) => at % 2 === 1),
    query,
  };
}

function queryOf(query: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  if (query === '') return pairs;
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    const [name, value] = [decoded(part.slice(0, Math.max(at, 0))), decoded(part.slice(at + 1))];
    if (at < 1 || name === undefined || value === undefined) return undefined;
    pairs.set(name, value);
  }
  return pairs;
}

interface Places {
  readonly names: readonly string[];
  readonly ports: readonly string[];
  readonly addresses: readonly string[] | undefined;
}

function hostsOf({ names, ports, addresses }: Places): readonly DatabaseHost[] | UrlFault {
  const count = Math.max(names.length, addresses?.length ?? 0);
  if (ports.length !== 1 && ports.length !== count) {
    return {
      problem: 'has not as many ports as hosts',
      remedy: 'Name one port for all hosts, or one for each',
    };
  }
  if (
    addresses !== undefined &&
    (addresses.length !== count || !(names.length === count || names.join('') === ''))
  ) {
    return {
      problem: 'has not as many addresses in hostaddr as hosts',
      remedy: 'Name one for each host',
    };
  }
  const hosts: DatabaseHost[] = [];
  for (let at = 0; at < count; at += 1) {
    const host = hostOf(names[at] ?? '', ports[ports.length === 1 ? 0 : at] ?? '', addresses?.[at]);
    if ('problem' in host) return host;
    hosts.push(host);
  }
  return hosts;
}

function hostOf(
  written: string,
  portText: string,
  address: string | undefined,
): DatabaseHost | UrlFault {
  const name = written.replace(/^\[(.*)\]$/, '$1');
  const port = portText === '' ? 5432 : Number(portText);
  if (!/^\d*$/.test(portText) || port < 1 || port > 65_535) {
    return { problem: 'has a port that is no number from 1 to 65535', remedy: escapes };
  }
  if (name.startsWith('/') && address === undefined)
    return { socketPath: `${name}/.s.PGSQL.${port}` };
  const target = address ?? name;
  if (target !== '' && /^[\w.:%-]+$/.test(target) && /^[\w.:%-]*$/.test(name)) {
    return { name: name === '' ? target : name, address: target, port };
  }
  if (target !== '') return invalid;
  const remedy =
    'Write localhost for this machine, or add ?host=/run/postgresql for the folder of its socket';
  return { problem: 'names no host', remedy };
}

const notEmpty = (text: string) => (text === '' ? undefined : text);

/** Undefined if a % stands alone, or for a NUL, which no text of Postgres may hold. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text);
    return plain.includes('\0') ? undefined : plain;
  } catch {
    return undefined;
  }
}

/** `host:port` or the path of a socket, for people; several are separated by commas. */
export function shownHosts({ hosts }: Pick<DatabaseAddress, 'hosts'>): string {
  return hosts.map(shownHost).join(',');
}

function shownHost(host: DatabaseHost): string {
  if ('socketPath' in host) return host.socketPath;
  return `${host.name.includes(':') ? `[${host.name}]` : host.name}:${host.port}`;
}

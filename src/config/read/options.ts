// Reads options of one value each, with the rules between them: the database, proxies, and the file
// before the variable.
import { completedUrl } from '../../kit/database-url.ts';
import type { ConfigProblem } from '../../kit/errors.ts';
import type { Environment, Findings } from './environment.ts';
import type { KnownVariable } from './known.ts';
import type { FileValue } from './place.ts';
import type { Config, ProxyConfig } from './shape.ts';
import { isOn, noProxy, type Parse, postgresUrl, proxyUrl } from './values.ts';

/** The parsed value; undefined if there is none, or if it is wrong, which was then reported. */
export type OptionReader = <Value>(
  written: FileValue | undefined,
  parse: Parse<Value>,
) => Value | undefined;

export function createOptionReader(findings: Findings): OptionReader {
  return (written, parse) => {
    if (written === undefined) return undefined;
    const parsed = parse(written.text);
    if ('value' in parsed) return parsed.value;
    findings.problems.push({
      where: written.where,
      problem: parsed.problem,
      remedy: parsed.remedy,
    });
    return undefined;
  };
}

/** A variable in the form in which tocsin.yaml gives its values. */
export function variable(environment: Environment, name: KnownVariable): FileValue | undefined {
  const text = environment.get(name);
  return text === undefined ? undefined : { text, where: environment.place(name) };
}

/** The value of the file, else of the variable with the same meaning; undefined without either. */
export type Decider = <Value extends string | number>(
  written: FileValue | undefined,
  name: KnownVariable,
  parse: Parse<Value>,
) => Value | undefined;

/** A mistake in either is reported, even if the other one counts. */
export function createDecider(
  environment: Environment,
  read: OptionReader,
  findings: Findings,
): Decider {
  return (written, name, parse) => {
    const byVariable = read(variable(environment, name), parse);
    const byFile = read(written, parse);
    if (byFile !== undefined && byVariable !== undefined && byFile !== byVariable)
      findings.warnings.push(
        `${environment.place(name)} has no effect: ${written?.where} takes precedence.`,
      );
    return byFile ?? byVariable;
  };
}

type DatabaseConfig = Pick<Config, 'databaseUrl' | 'databaseUrlDirect' | 'databasePrepare'>;

const embeddedInKubernetes: ConfigProblem = {
  where: 'DATABASE_URL',
  problem:
    'is not set, and the embedded database that is used then serves one process and lives on one disk, while Kubernetes moves and multiplies pods',
  remedy:
    'Set it to a Postgres server; or set EMBEDDED=1 if this is the only replica and DATA_DIR is on a volume that outlives the pod',
};
const directAlone = {
  problem: 'is set without DATABASE_URL',
  remedy: 'Set DATABASE_URL too: this one is only the way past a pooler',
};

/** The one variable of libpq that the driver reads whatever its options say. */
const driverVariable = 'PGTARGETSESSIONATTRS';
const driverVariableSet = {
  problem: 'is set, and the driver of the database would obey it',
  remedy: 'Unset it; DATABASE_URL can say target_session_attrs=read-write',
};

export interface DatabaseInput {
  readonly environment: Environment;
  readonly read: OptionReader;
  /** Whether the command cannot do without a database. */
  readonly isNeeded: boolean;
}

export function readDatabase(
  { environment, read, isNeeded }: DatabaseInput,
  findings: Findings,
): DatabaseConfig {
  const url = read(variable(environment, 'DATABASE_URL'), postgresUrl);
  const direct = read(variable(environment, 'DATABASE_URL_DIRECT'), postgresUrl);
  const isEmbedded =
    environment.get('DATABASE_URL') === undefined && !environment.isBroken('DATABASE_URL');
  const isEmbeddedMeant = read(variable(environment, 'EMBEDDED'), isOn) ?? false;
  const isInKubernetes = environment.get('KUBERNETES_SERVICE_HOST') !== undefined;
  if (isEmbedded && direct !== undefined) {
    findings.problems.push({ where: environment.place('DATABASE_URL_DIRECT'), ...directAlone });
  }
  if (isEmbedded && isNeeded && isInKubernetes && !isEmbeddedMeant)
    findings.problems.push(embeddedInKubernetes);
  if (!isEmbedded && isEmbeddedMeant)
    findings.warnings.push('EMBEDDED has no effect: DATABASE_URL is set and used.');
  if (isNeeded && environment.get(driverVariable) !== undefined)
    findings.problems.push({ where: environment.place(driverVariable), ...driverVariableSet });
  if (url !== undefined) findings.warnings.push(...warningsOfLibpq(environment));
  const completed = (text: string) =>
    completedUrl(text, {
      user: environment.get('PGUSER'),
      password: environment.get('PGPASSWORD'),
      dbname: environment.get('PGDATABASE'),
    });
  return {
    ...(url !== undefined && { databaseUrl: completed(url) }),
    ...(direct !== undefined && { databaseUrlDirect: completed(direct) }),
    databasePrepare: read(variable(environment, 'DATABASE_PREPARE'), isOn) ?? true,
  };
}

/**
 * Variables that change where or how libpq connects, and that Tocsin does not honour. It honours
 * PGUSER, PGPASSWORD and PGDATABASE, because a password is often kept apart from the address.
 * PGDATA and others are for servers.
 */
const libpqVariables: ReadonlySet<string> = new Set(
  (
    'HOST HOSTADDR PORT PASSFILE SERVICE SERVICEFILE OPTIONS APPNAME SSLMODE SSLROOTCERT SSLCERT SSLKEY ' +
    'SSLNEGOTIATION SSLCRL REQUIRESSL CHANNELBINDING GSSENCMODE CONNECT_TIMEOUT'
  )
    .split(' ')
    .map((name) => `PG${name}`),
);

function warningsOfLibpq(environment: Environment): string[] {
  const names = [
    ...new Set(environment.namesWith('PG').filter((name) => libpqVariables.has(name))),
  ].sort();
  if (names.length === 0) return [];
  return [
    `${names.join(', ')}: Tocsin does not read such variables. Write what they say into DATABASE_URL.`,
  ];
}

export function readProxy(
  environment: Environment,
  read: OptionReader,
  findings: Findings,
): ProxyConfig {
  // Where both spellings are set, other programs prefer the lower-case one.
  const httpProxy = read(
    variable(environment, 'http_proxy') ?? variable(environment, 'HTTP_PROXY'),
    proxyUrl,
  );
  const httpsProxy = read(
    variable(environment, 'https_proxy') ?? variable(environment, 'HTTPS_PROXY'),
    proxyUrl,
  );
  const written = variable(environment, 'no_proxy') ?? variable(environment, 'NO_PROXY');
  const hasProxy = httpProxy !== undefined || httpsProxy !== undefined;
  // Without a proxy it has no effect, and many machines set it for other programs.
  const hosts = hasProxy ? read(written, noProxy) : written?.text;
  if (!hasProxy && written !== undefined) {
    const parsed = noProxy(written.text);
    if ('problem' in parsed)
      findings.warnings.push(`${written.where} ${parsed.problem}. ${parsed.remedy}.`);
  }
  return {
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(hosts !== undefined && { noProxy: hosts }),
  };
}

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to variables
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listProblems } from '../../src/cli/dispatch.ts';
import { type LoadOptions, loadConfig } from '../../src/config/index.ts';
import { ConfigError, type ConfigProblem } from '../../src/kit/errors.ts';
import { sources } from '../../src/sources/index.ts';
import { registries } from './registries.ts';

const token = 'key-of-an-api-connector';
const hook = 'https://chat.example/hooks/3hook5id7of9twenty6letters';
const three = { DEEPINSTINCT_URL: 'https://console.example', TOKENS_KEY: token, MATTERMOST_WEBHOOK_URL: hook };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Env = Record<string, string | undefined>;
const load = (env: Env, options: Partial<LoadOptions> = {}) => loadConfig({ env, directory, registries, ...options });

function problemsOf(env: Env, options: Partial<LoadOptions> = {}): readonly ConfigProblem[] {
  try {
    load(env, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function loadYaml(text: string, env: Env = three) {
  writeFileSync(join(directory, 'tocsin.yaml'), text);
  return load({ TOCSIN_CONFIG: 'tocsin.yaml', ...env });
}

function yamlProblems(text: string, env: Env = three): string[] {
  writeFileSync(join(directory, 'tocsin.yaml'), text);
  return problemsOf({ TOCSIN_CONFIG: 'tocsin.yaml', ...env }).map((p) => `${p.where} ${p.problem}. ${p.remedy}`);
}

describe('the three variables of the script', () => {
  it('give both streams, one sink, one route for everything, and the defaults', () => {
    const settings = { url: 'https://console.example', token, start_from: '24h' };
    expect(load({ ...three, TZ: 'Asia/Bangkok' })).toEqual({
      sources: [
        { id: 'deepinstinct_events', type: 'deepinstinct_events', settings },
        { id: 'deepinstinct_suspicious_events', type: 'deepinstinct_suspicious_events', settings },
      ],
      sinks: [{ id: 'soc', type: 'mattermost', settings: { url: hook } }],
      routes: [{ name: 'default', minSeverity: 0, to: ['soc'] }],
      operations: [],
      pollingIntervalSeconds: 300,
      databasePrepare: true,
      dataDir: join(directory, 'data'),
      retentionMs: 180 * 86_400_000,
      silenceMaxMs: 30 * 86_400_000,
      recurringSilences: [],
      sinkRate: 10,
      port: 8080,
      host: '::',
      logLevel: 'info',
      locale: 'en',
      storm: { over: 20, passes: 0 },
      timeZone: 'Asia/Bangkok',
      proxy: {},
      secrets: [token, hook],
      warnings: [],
      hash: expect.any(Number),
    });
  });

  it('that are missing because of a slip are told with what was meant', () => {
    try {
      load({ DEEPINSTINT_URL: three.DEEPINSTINCT_URL, TOKEN_KEY: token, MATTERMOST_WEBHOOK_URL: hook });
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).warnings.join()).toMatch(
        /DEEPINSTINT_URL .*DEEPINSTINCT_URL.*TOKEN_KEY .*TOKENS_KEY/,
      );
      expect(listProblems(error as ConfigError)).toContain('Did you mean DEEPINSTINCT_URL?');
    }
  });

  it('are told one by one when they are missing, with the place where their values come from', () => {
    expect(problemsOf({})).toEqual([
      {
        where: 'DEEPINSTINCT_URL',
        problem: 'is not set, so there is no console to read from',
        remedy: 'Set it to the address of your Deep Instinct console, such as https://console.example.com',
      },
      {
        where: 'TOKENS_KEY',
        problem: 'is not set, so the console would refuse every request',
        remedy:
          'Set it to the key of an API connector: in the Deep Instinct console under Settings → Integration & Notification → API Connectors. TOKENS_KEY_FILE takes the path of a file instead',
      },
      {
        where: 'MATTERMOST_WEBHOOK_URL',
        problem: 'is not set, so there is no channel to post to',
        remedy:
          'Set it to the URL of an incoming webhook: in Mattermost under Integrations → Incoming Webhooks. MATTERMOST_WEBHOOK_URL_FILE takes the path of a file instead',
      },
    ]);
  });

  it('are missed only by commands that need them', () => {
    expect(problemsOf({}, { needs: ['database'] })).toEqual([]);
    expect(problemsOf({}, { needs: ['sinks'] }).map((p) => p.where)).toEqual(['MATTERMOST_WEBHOOK_URL']);
    expect(load({}, { needs: [] })).toMatchObject({ sources: [], sinks: [], routes: [{ to: [] }] });
  });

  it('that are wrong are told by the name of the variable and its file, once for both streams', () => {
    writeFileSync(join(directory, '.env'), 'START_FROM=yesterday\nTOKENS_KEY=tiny-1 # too short\n');
    expect(problemsOf({ DEEPINSTINCT_URL: 'console', MATTERMOST_WEBHOOK_URL: 'https://chat.example' })).toEqual([
      { where: 'DEEPINSTINCT_URL', problem: 'this is not a URL', remedy: 'Expected: The address of the console' },
      {
        where: 'TOKENS_KEY (.env)',
        problem: 'is too short for a key',
        remedy: 'Expected: The key of an API connector',
      },
      {
        where: 'START_FROM (.env)',
        problem: 'is not a time to start from',
        remedy: 'Expected: "now", "all" or a duration such as "24h"',
      },
      {
        where: 'MATTERMOST_WEBHOOK_URL',
        problem: 'is not the URL of a webhook',
        remedy: 'Expected: https://…/hooks/…',
      },
    ]);
  });

  it.each([
    ['2999-01-01', true],
    ['2999-01-01 08:00', true],
    ['2999-01-01t08:00:00.5+07:00', true],
    ['2020-01-01', false],
    ['24h', false],
    ['999999999', false],
  ])('say what START_FROM=%s means if it is in the future', (startFrom, isFuture) => {
    writeFileSync(join(directory, '.env'), `START_FROM=${startFrom}\n`);
    const config = loadConfig({ env: three, directory, registries: { ...registries, sources } });
    expect(config.sources).toHaveLength(2);
    expect(config.warnings).toEqual(
      isFuture
        ? [
            `START_FROM (.env): ${startFrom} is in the future, which means the same as "now": nothing that is in the console at the very first start is announced, and everything that comes after it is.`,
          ]
        : [],
    );
  });

  it('say the same of a start in the future that stands in tocsin.yaml', () => {
    const text =
      'sources:\n  di: { type: deepinstinct_events, url: https://c.example, token: key1, start_from: 2999-01-01 }\n';
    writeFileSync(join(directory, 'tocsin.yaml'), text);
    const env = { TOCSIN_CONFIG: 'tocsin.yaml' };
    const { warnings } = loadConfig({ env, directory, registries: { ...registries, sources }, needs: [] });
    expect(warnings).toEqual([
      expect.stringMatching(/^tocsin\.yaml:2:73 sources\.di\.start_from: 2999-01-01 is in the future, which means/),
    ]);
  });

  it('lose the word "Bearer" in front of the key, with a warning', () => {
    const config = load({ ...three, TOKENS_KEY: `Bearer ${token}` });
    expect(config.sources[0]?.settings).toMatchObject({ token });
    expect(config.warnings).toEqual(['TOKENS_KEY: "Bearer " was taken off; the console wants the key alone.']);
    expect(config.secrets).toContain(token);
  });

  it('may come from files', () => {
    writeFileSync(join(directory, 'hook'), `${hook}\n`);
    const config = load({ ...three, MATTERMOST_WEBHOOK_URL: undefined, MATTERMOST_WEBHOOK_URL_FILE: 'hook' });
    expect(config.sinks[0]?.settings).toEqual({ url: hook });
    expect(config.secrets).toContain(hook);
  });

  it('in a file that cannot be read are one problem, not also missing', () => {
    const env = { ...three, TOKENS_KEY: undefined, TOKENS_KEY_FILE: 'nothing' };
    expect(problemsOf(env).map((p) => p.where)).toEqual(['TOKENS_KEY_FILE']);
  });
});

describe('options', () => {
  it.each<[string, string, object]>([
    ['POLLING_INTERVAL', '1', { pollingIntervalSeconds: 1 }],
    ['POLLING_INTERVAL', '86400', { pollingIntervalSeconds: 86_400 }],
    ['MIN_SEVERITY', 'high', { routes: [{ name: 'default', minSeverity: 4, to: ['soc'] }] }],
    ['POLLING_INTERVAL', '5m', { pollingIntervalSeconds: 300 }],
    ['RETENTION', '2w', { retentionMs: 14 * 86_400_000 }],
    ['RETENTION', '48h', { retentionMs: 2 * 86_400_000 }],
    ['RETENTION', 'off', { retentionMs: 'off' }],
    ['SINK_RATE', 'off', { sinkRate: 'off' }],
    ['SINK_RATE', '0.5', { sinkRate: 0.5 }],
    ['STORM', 'off', { storm: 'off' }],
    ['STORM', '5', { storm: { over: 5, passes: 0 } }],
    ['PORT', '0', { port: 0 }],
    ['HOST', '::1', { host: '::1' }],
    ['HOST', '[::]', { host: '::' }],
    ['HOST', '[fe80::1%eth0]', { host: 'fe80::1%eth0' }],
    ['LOG_LEVEL', 'DEBUG', { logLevel: 'debug' }],
    ['LOCALE', 'th_TH.UTF-8', { locale: 'th' }],
    ['LOCALE', 'en-US', { locale: 'en' }],
    ['TZ', ':Europe/Berlin', { timeZone: 'Europe/Berlin' }],
    ['TZ', ':/etc/localtime', { timeZone: expect.stringMatching(/^[A-Z]/) }],
    ['DATA_DIR', '/var/lib/tocsin', { dataDir: '/var/lib/tocsin' }],
    ['DATABASE_PREPARE', 'off', { databasePrepare: false }],
    ['DATABASE_URL', 'postgresql://u@h/d', { databaseUrl: 'postgresql://u@h/d' }],
    ['DATABASE_URL', 'postgres://u:p@a:1,b:2/d', { databaseUrl: 'postgres://u:p@a:1,b:2/d' }],
    ['DATABASE_URL', 'postgres://u:p#q@h/d', { databaseUrl: 'postgres://u:p#q@h/d' }],
    ['DATABASE_URL', 'postgres:///d?host=/run/postgresql', { databaseUrl: 'postgres:///d?host=/run/postgresql' }],
    ['https_proxy', 'http://proxy.example:3128', { proxy: { httpsProxy: 'http://proxy.example:3128' } }],
    ['NO_PROXY', 'localhost,.example', { proxy: { noProxy: 'localhost,.example' } }],
    ['no_proxy', '10.0.0.0/8,[::1] x:1', { proxy: { noProxy: '10.0.0.0/8,[::1] x:1' } }],
  ])('%s=%s is understood', (name, value, expected) => {
    expect(load({ ...three, [name]: value })).toMatchObject(expected);
  });

  const interval = 'Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"';
  const port = 'Set it to a whole number from 0 to 65535';
  const keeping = 'Set it to days, weeks or years ("180d", "26w", "1y"), or to "off" to keep all for ever';
  const rate = 'Set it to messages a second (0.01 to 100000; 10 if not set), or to "off" for no limit';
  const storm =
    'Set it to how many may be due at once before digests replace cards (1 to 99999; 20 if not set), or to "off"';
  const postgres = 'Write it as postgres://user:password@host:5432/database';
  const zone = 'Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"';
  it.each<[string, string, string, string]>([
    ['POLLING_INTERVAL', '0', '"0" is out of range', interval],
    ['POLLING_INTERVAL', '86401', '"86401" is out of range', interval],
    ['POLLING_INTERVAL', '5x', '"5x" is not a whole number', interval],
    ['POLLING_INTERVAL', '2d', '"2d" is out of range', interval],
    ['POLLING_INTERVAL', '0s', '"0s" is out of range', interval],
    ['POLLING_INTERVAL', '1e3', '"1e3" is not a whole number', interval],
    ['PORT', '-1', '"-1" is out of range', port],
    ['PORT', '65536', '"65536" is out of range', port],
    [
      'HOST',
      'http://localhost',
      '"http://localhost" is not an address to listen on',
      'Set it to :: for all, or 127.0.0.1 for this machine only',
    ],
    ['RETENTION', '0d', '"0d" is no time to keep events for', keeping],
    ['RETENTION', '12h', '"12h" is no time to keep events for', keeping],
    ['SINK_RATE', 'none', '"none" is not a rate', rate],
    ['SINK_RATE', '0', '"0" is not a rate', rate],
    ['STORM', '0', '"0" is no number of events', storm],
    ['STORM', 'on', '"on" is no number of events', storm],
    [
      'MIN_SEVERITY',
      'CRTICAL',
      '"CRTICAL" is not a severity',
      'Use one of: INFO, LOW, MEDIUM, HIGH, CRITICAL. Did you mean "CRITICAL"?',
    ],
    ['LOG_LEVEL', 'verbose', '"verbose" is not a log level', 'Use one of: debug, info, warn, error.'],
    ['LOCALE', 'de', '"de" is not a language that Tocsin speaks', 'Use one of: en, th.'],
    ['TZ', 'ICT-7', '"ICT-7" is not a time zone', zone],
    ['TZ', 'Bangkok', '"Bangkok" is not a time zone', zone],
    ['DATABASE_PREPARE', 'maybe', '"maybe" is neither on nor off', 'Set it to "on" or "off"'],
    ['EMBEDDED', '2', '"2" is neither on nor off', 'Set it to "on" or "off"'],
    ['DATABASE_URL', 'mysql://u:geheim@h/d', 'does not begin with postgres:// or postgresql://', postgres],
    [
      'DATABASE_URL',
      'postgres://u:50%geheim@h/d',
      'is not a valid URL',
      `${postgres}; in the password, write @ as %40, / as %2F, # as %23 and % as %25`,
    ],
    [
      'DATABASE_URL',
      'postgres://u:geh@eim@h/d',
      'is not a valid URL',
      `${postgres}; in the password, write @ as %40, / as %2F, # as %23 and % as %25`,
    ],
    [
      'DATABASE_URL',
      'postgres://u:geheim@h/d?work_mem=64MB',
      'holds "work_mem" behind the ?, which Tocsin does not honour',
      'Send a setting as options=-cwork_mem%3D…; a pooler must let it pass',
    ],
    [
      'DATABASE_URL_DIRECT',
      'postgres://u:geheim@h/d',
      'is set without DATABASE_URL',
      'Set DATABASE_URL too: this one is only the way past a pooler',
    ],
    [
      'HTTPS_PROXY',
      'proxy.example:3128',
      'is not the URL of a proxy: it is no URL: it begins with neither https:// nor http://',
      'Write it as http://host:port',
    ],
    [
      'TOCSIN_CONFIG',
      'nothing.yaml',
      'names nothing.yaml, which cannot be read (ENOENT)',
      'Name a file that this user may read',
    ],
  ])('%s=%s is refused', (name, value, problem, remedy) => {
    expect(problemsOf({ ...three, [name]: value })).toEqual([{ where: name, problem, remedy }]);
  });

  describe('of hosts without a proxy', () => {
    const entries = '10.0.0.0/8,::1;x u:geheim@h 10.*';
    const problem = 'holds what is no host and no network: "::1;x", "…@h", "10.*"';

    it.each(['NO_PROXY', 'no_proxy'])('name in %s what is not understood', (name) => {
      const env = { ...three, HTTPS_PROXY: 'http://proxy.example:3128', [name]: entries };
      expect(problemsOf(env)).toEqual([{ where: name, problem, remedy: expect.stringMatching(/10\.0\.0\.0\/8/) }]);
    });

    it('stop nothing where no proxy is set', () => {
      const { warnings } = load({ ...three, NO_PROXY: entries });
      expect(warnings).toEqual([expect.stringContaining(`NO_PROXY ${problem}. Write hosts`)]);
      expect(load({ ...three, NO_PROXY: '10.0.0.0/8,::1' }).warnings).toEqual([]);
    });
  });

  it('of libpq complete the address, and are secrets where they are', () => {
    const env = { ...three, PGUSER: 'anna', PGPASSWORD: 'ge&heim', PGDATABASE: 'soc events' };
    const urlOf = (DATABASE_URL: string) => load({ ...env, DATABASE_URL }).databaseUrl;
    expect(urlOf('postgres://h')).toBe('postgres://h?user=anna&password=ge%26heim&dbname=soc%20events');
    expect(urlOf('postgres://h/d?sslmode=require')).toBe('postgres://h/d?sslmode=require&user=anna&password=ge%26heim');
    expect(urlOf('postgres://u@h/d')).toBe('postgres://u@h/d?password=ge%26heim');
    expect(urlOf('postgres://u:p@h/d')).toBe('postgres://u:p@h/d');
    expect(load({ ...env, DATABASE_URL: 'postgres://h' }).secrets).toContain('ge&heim');
  });

  it('of libpq that are not read are named', () => {
    const env = { ...three, PGHOST: 'h', PGSSLMODE: 'require', PGDATA: '/var/lib/postgresql' };
    expect(load({ ...env, DATABASE_URL: 'postgres://u@h/d' }).warnings).toEqual([
      'PGHOST, PGSSLMODE: Tocsin does not read such variables. Write what they say into DATABASE_URL.',
    ]);
    expect(load(env).warnings).toEqual([]);
    expect(problemsOf({ ...three, PGTARGETSESSIONATTRS: 'any' })).toEqual([
      expect.objectContaining({ where: 'PGTARGETSESSIONATTRS', remedy: expect.stringContaining('Unset it') }),
    ]);
  });

  it('are refused all at once', () => {
    const env = { POLLING_INTERVAL: 'x', PORT: 'x', LOCALE: 'x', TZ: 'x', DATABASE_URL: 'x' };
    expect(problemsOf(env).map((p) => p.where)).toEqual([
      'DEEPINSTINCT_URL',
      'TOKENS_KEY',
      'MATTERMOST_WEBHOOK_URL',
      'POLLING_INTERVAL',
      'DATABASE_URL',
      'PORT',
      'LOCALE',
      'TZ',
    ]);
  });

  it('that nobody set do not depend on what other programs set', () => {
    expect(load({ ...three, LANG: 'th_TH.UTF-8', HOSTNAME: 'h', USER: 'u' }).locale).toBe('en');
  });
});

describe('the embedded database in Kubernetes', () => {
  const pod = { ...three, KUBERNETES_SERVICE_HOST: '192.0.2.1' };

  it('is refused, with the reason', () => {
    expect(problemsOf(pod)).toEqual([
      {
        where: 'DATABASE_URL',
        problem:
          'is not set, and the embedded database that is used then serves one process and lives on one disk, while Kubernetes moves and multiplies pods',
        remedy:
          'Set it to a Postgres server; or set EMBEDDED=1 if this is the only replica and DATA_DIR is on a volume that outlives the pod',
      },
    ]);
  });

  it('is taken when EMBEDDED=1 says that it is meant, when there is a server, and when no database is needed', () => {
    expect(problemsOf({ ...pod, EMBEDDED: '1' })).toEqual([]);
    expect(problemsOf({ ...pod, EMBEDDED: '0' })).toHaveLength(1);
    expect(problemsOf({ ...pod, DATABASE_URL: 'postgres://h/d' })).toEqual([]);
    expect(problemsOf(pod, { needs: ['sinks'] })).toEqual([]);
  });

  it('does not hide a DATABASE_URL that cannot be read', () => {
    expect(problemsOf({ ...pod, DATABASE_URL_FILE: 'nothing' }).map((p) => p.where)).toEqual(['DATABASE_URL_FILE']);
  });
});

describe('tocsin.yaml', () => {
  const whole = `
sources:
  di-events: { type: deepinstinct_events, url: "https://\${HOST_OF_CONSOLE}", token: "\${TOKENS_KEY}", start_from: now }
sinks:
  soc: { type: mattermost, url_file: secrets/hook }
  lines: { type: stdout }
routes:
  - { name: urgent, match: { min_severity: high, sources: [di-events] }, to: [soc] }
  - { name: all, to: [soc, lines] }
polling_interval: 30
locale: th
time_zone: Asia/Bangkok
`;
  const writeHook = () => {
    mkdirSync(join(directory, 'secrets'), { mode: 0o700 });
    writeFileSync(join(directory, 'secrets', 'hook'), `${hook}\n`);
  };

  it('names sources, sinks and routes, with variables and files for secrets', () => {
    writeHook();
    const env = { TOKENS_KEY: token, HOST_OF_CONSOLE: 'console.example', MIN_SEVERITY: 'LOW', TZ: 'UTC' };
    expect(loadYaml(whole, env)).toMatchObject({
      sources: [
        {
          id: 'di-events',
          type: 'deepinstinct_events',
          settings: { url: 'https://console.example', token, start_from: 'now' },
        },
      ],
      sinks: [
        { id: 'soc', type: 'mattermost', settings: { url: hook } },
        { id: 'lines', type: 'stdout', settings: {} },
      ],
      routes: [
        { name: 'urgent', minSeverity: 4, sources: ['di-events'], to: ['soc'] },
        { name: 'all', minSeverity: 2, to: ['soc', 'lines'] },
      ],
      pollingIntervalSeconds: 30,
      locale: 'th',
      timeZone: 'Asia/Bangkok',
      secrets: [token, hook],
      warnings: ['TZ does nothing: tocsin.yaml:12:1 time_zone says otherwise, and it counts.'],
    });
  });

  it('leaves to the variables what it does not name', () => {
    const config = loadYaml('routes: [{ name: high, match: { min_severity: HIGH }, to: [soc] }]\n');
    expect(config.sources.map((s) => s.id)).toEqual(['deepinstinct_events', 'deepinstinct_suspicious_events']);
    expect(config.sinks.map((s) => s.id)).toEqual(['soc']);
    expect(config.routes).toEqual([{ name: 'high', minSeverity: 4, to: ['soc'] }]);
    expect(loadYaml('# nothing yet\n').routes[0]?.name).toBe('default');
  });

  it('sends everything everywhere without routes', () => {
    const config = loadYaml(`sinks: { a: { type: stdout }, b: { type: stdout } }\n`, {
      ...three,
      MATTERMOST_WEBHOOK_URL: '',
    });
    expect(config.routes).toEqual([{ name: 'default', minSeverity: 0, to: ['a', 'b'] }]);
  });

  it('names sinks that are for operations; one of them is of use without a route', () => {
    const text = (operations: string) =>
      `sinks: { soc: { type: stdout }, ops: { type: stdout } }\nroutes: [{ name: r, to: [soc] }]\noperations: ${operations}\n`;
    const env = { ...three, MATTERMOST_WEBHOOK_URL: '' };
    const config = loadYaml(text('ops'), env);
    expect([config.operations, config.warnings]).toEqual([['ops'], []]);
    expect(loadYaml(text('[ops, soc, ops]'), env).operations).toEqual(['ops', 'soc']);
    expect(yamlProblems(text('[soc, opss]'))).toEqual([
      'tocsin.yaml:3:19 operations[1] "opss" is no sink of this configuration. Known are: soc, ops. Did you mean "ops"?',
    ]);
    expect(yamlProblems(text('[]'))).toEqual([
      'tocsin.yaml:3:1 operations is empty. Expected: the id of a sink, or a list of them',
    ]);
  });

  it('takes the heartbeat, which goes before the variable, and which is a secret', () => {
    const [address, other] = ['https://beat.example.com/ping/1f2e3d4c5b6a', 'https://beat.example.com/ping/other-uuid'];
    writeFileSync(join(directory, 'beat'), `${address}\n`);
    for (const config of [
      load({ ...three, HEARTBEAT_URL: address }),
      load({ ...three, HEARTBEAT_URL_FILE: 'beat' }),
      loadYaml(`heartbeat: { url: "${address}" }\n`),
      loadYaml('heartbeat: { url_file: beat }\n'),
      loadYaml('heartbeat: { url: "${BEAT}" }\n', { ...three, BEAT: address }),
      loadYaml(`heartbeat: { url: "${address}" }\n`, { ...three, HEARTBEAT_URL: other }),
    ]) {
      expect(config.heartbeatUrl).toBe(address);
      expect(config.secrets).toContain(address);
    }
    expect(loadYaml('# nothing\n')).not.toHaveProperty('heartbeatUrl');
  });

  it.each([
    ['ftp://beat.example.com/x', 'is no http or https URL'],
    ['beat.example.com/x', 'is no URL: it begins with neither https:// nor http://'],
    ['https:/beat.example.com/x', 'does not have exactly two slashes behind https: or http:'],
    [
      'https://user:secret@beat.example.com/x',
      'holds a user or a password before the host, which does not belong there',
    ],
  ])('refuses the heartbeat %s without showing it', (address, problem) => {
    const remedy = 'Copy the address that the service gives, as https://host/path';
    expect(yamlProblems(`heartbeat: { url: "${address}" }\n`)).toEqual([
      `tocsin.yaml:1:14 heartbeat.url ${problem}. ${remedy}`,
    ]);
    expect(problemsOf({ ...three, HEARTBEAT_URL: address })).toEqual([{ where: 'HEARTBEAT_URL', problem, remedy }]);
  });

  it.each([
    ['{}', 'tocsin.yaml:1:1 heartbeat has no address. Write url, or url_file with the path of a file that holds it'],
    [
      '{ url: "https://a.example", url_file: b }',
      'tocsin.yaml:1:14 heartbeat.url is written, and so is url_file. Keep one of the two',
    ],
    ['https://a.example', 'tocsin.yaml:1:1 heartbeat is not a map. Expected: a map with url or url_file'],
    [
      '{ urlFile: b }',
      'tocsin.yaml:1:14 heartbeat "urlFile" is not a key that belongs here. Known are: url, url_file. Did you mean "url_file"?',
    ],
  ])('refuses the heartbeat %s', (written, problem) => {
    expect(yamlProblems(`heartbeat: ${written}\n`)[0]).toBe(problem);
  });

  describe('the exceptions of a route', () => {
    const text = (not: string) =>
      `sinks: { soc: { type: stdout } }\nroutes: [{ name: r, match: { not: ${not} }, to: [soc] }]\n`;
    it('are read like its match', () => {
      const { routes } = loadYaml(text('[{ devices: ["LAB-*"], min_severity: low }, { networks: [10.0.0.0/8] }]'));
      expect(routes[0]?.not).toMatchObject([{ minSeverity: 2 }, { minSeverity: 0 }]);
      expect(routes[0]?.not?.[0]?.devices?.[0]?.('lab-7')).toBe(true);
    });

    it.each([
      ['{ devices: [a] }', 'tocsin.yaml:2:30 routes[0].match.not is not a list'],
      ['[]', 'tocsin.yaml:2:30 routes[0].match.not is empty'],
      ['[{}]', 'tocsin.yaml:2:36 routes[0].match.not[0] says nothing'],
      ['[{ not: [] }]', 'tocsin.yaml:2:38 routes[0].match.not[0] "not" is not a key that belongs here'],
      ['[{ device: [a] }]', 'tocsin.yaml:2:38 routes[0].match.not[0] "device" is not a key that belongs here'],
      ['[{ sources: [nobody] }]', 'tocsin.yaml:2:48 routes[0].match.not[0].sources[0] "nobody" is no source'],
      ['[{ networks: [a] }]', 'tocsin.yaml:2:49 routes[0].match.not[0].networks[0] is no network'],
      ['[{ min_severity: x }]', 'tocsin.yaml:2:38 routes[0].match.not[0].min_severity "x" is not a severity'],
    ])('are refused with their place: %s', (not, problem) => {
      expect(yamlProblems(text(not))).toEqual([expect.stringContaining(problem)]);
    });
  });

  describe('the quiet hours of a route', () => {
    const text = (quiet: string) =>
      `sinks: { soc: { type: stdout } }\nroutes: [{ name: r, quiet: ${quiet}, to: [soc] }]\n`;
    it('let CRITICAL pass unless they say otherwise', () => {
      const of = (more: string) =>
        loadYaml(text(`{ times: [{ from: "22:00", to: "07:00" }]${more} }`)).routes[0]?.quiet;
      expect([of('')?.passes, of(', passes: HIGH')?.passes, of('')?.times.length]).toEqual([0, 1, 1]);
    });

    it.each([
      ['{ times: [{}] }', 'tocsin.yaml:2:30 routes[0].quiet.times leave no time in which what is held goes out'],
      ['{ times: [{ days: [mon-fri] }, { days: [sat, sun] }] }', 'leave no time'],
      ['{ times: [{ from: "9" }] }', 'tocsin.yaml:2:38 routes[0].quiet.times[0] has a time "9"'],
      ['{ passes: HIGH }', 'tocsin.yaml:2:21 routes[0].quiet.times is missing'],
      ['{ times: [{ from: "22:00" }], passes: x }', 'routes[0].quiet.passes "x" is not a severity'],
    ])('are refused with their place: %s', (quiet, problem) => {
      expect(yamlProblems(text(quiet))).toEqual([expect.stringContaining(problem)]);
    });

    it('may last for days, if they end', () => {
      const { quiet } = loadYaml(text('{ times: [{ first: 2026-04-13, last: 2026-05-15 }] }')).routes[0]!;
      expect(quiet?.times).toHaveLength(1);
    });
  });

  it('gives a sink a language and a time zone of its own', () => {
    const sink = (more: string) => `sinks: { soc: { type: stdout${more} } }\n`;
    expect(loadYaml(sink(', locale: th, time_zone: Asia/Bangkok')).sinks[0]).toMatchObject({
      locale: 'th',
      timeZone: 'Asia/Bangkok',
    });
    expect(Object.keys(loadYaml(sink('')).sinks[0] ?? {})).toEqual(['id', 'type', 'settings']);
    expect(yamlProblems(sink(', locale: xx, time_zone: Bangkok'))).toEqual([
      expect.stringContaining('tocsin.yaml:1:31 sinks.soc.locale "xx" is not a language'),
      expect.stringContaining('tocsin.yaml:1:43 sinks.soc.time_zone "Bangkok" is not a time zone'),
    ]);
    const hashes = ['', ', locale: th', ', time_zone: UTC'].map((more) => loadYaml(sink(more)).hash);
    expect(new Set(hashes).size).toBe(3);
  });

  describe('beside the variables of the same meaning', () => {
    const each = [
      ['polling_interval', 'POLLING_INTERVAL', '40', '50', { pollingIntervalSeconds: 40 }],
      ['locale', 'LOCALE', 'th', 'en', { locale: 'th' }],
      ['time_zone', 'TZ', 'Asia/Bangkok', 'Europe/Berlin', { timeZone: 'Asia/Bangkok' }],
      ['storm', 'STORM', '30', '60', { storm: { over: 30, passes: 0 } }],
    ] as const;
    it.each(each)('decides %s, and names the variable %s as one that does nothing', (key, name, mine, other, value) => {
      const config = loadYaml(`${key}: ${mine}\n`, { ...three, [name]: other });
      expect(config).toMatchObject(value);
      expect(config.warnings).toEqual([`${name} does nothing: tocsin.yaml:1:1 ${key} says otherwise, and it counts.`]);
      expect(loadYaml(`${key}: ${mine}\n`, { ...three, [name]: mine }).warnings).toEqual([]);
    });

    it.each(each)('leaves %s to the variable %s if it does not say it', (_key, name, mine, _other, value) => {
      const config = loadYaml('# nothing\n', { ...three, [name]: mine });
      expect(config).toMatchObject(value);
      expect(config.warnings).toEqual([]);
    });

    it.each(each)('hides no mistake in either: %s, %s', (key, name, mine) => {
      expect(yamlProblems(`${key}: "?"\n`, { ...three, [name]: mine })).toHaveLength(1);
      expect(yamlProblems(`${key}: ${mine}\n`, { ...three, [name]: '?' })).toHaveLength(1);
    });

    it('leaves to START_FROM where a source begins that does not say so', () => {
      const source = (more: string) =>
        `{ type: deepinstinct_events, url: "https://c.example", token: 12345678a${more} }`;
      const text = `sources:\n  a: ${source('')}\n  b: ${source(', start_from: 3d')}\n`;
      writeFileSync(join(directory, 'tocsin.yaml'), text);
      const env = { TOCSIN_CONFIG: 'tocsin.yaml', START_FROM: '7d' };
      const read = (more = {}) =>
        loadConfig({ env: { ...env, ...more }, directory, registries: { ...registries, sources }, needs: [] });
      const days = read().sources.map(({ settings }) => (settings as { start_from: { ms: number } }).start_from.ms);
      expect([days.map((ms) => ms / 86_400_000), read().warnings]).toEqual([[7, 3], []]);
      expect(() => read({ START_FROM: 'sometime' })).toThrow(/^START_FROM: /);
    });
  });

  it('warns of variables that do nothing beside it, and of a sink that gets nothing', () => {
    const text = `sinks: { soc: { type: stdout }, idle: { type: stdout } }\nroutes: [{ name: r, match: { min_severity: LOW }, to: [soc] }]\n`;
    expect(loadYaml(text, { ...three, MIN_SEVERITY: 'LOW' }).warnings).toEqual([
      'MATTERMOST_WEBHOOK_URL does nothing: tocsin.yaml says it all.',
      'MIN_SEVERITY does nothing: tocsin.yaml says it all.',
      'tocsin.yaml:1:33 sinks.idle: gets nothing, as no route names it. Name it in a route or in operations, or remove it.',
    ]);
  });

  it('shows a literal ${ when it is written $${', () => {
    const text = 'sinks: { soc: { type: mattermost, url: "https://chat.example/hooks/abcd", channel: "a$${b}" } }\n';
    expect(loadYaml(text).sinks[0]?.settings).toMatchObject({ channel: 'a${b}' });
  });

  const correct = 'Correct this line, or the one before it. Inside of { } and [ ], "${VAR}" needs quotes';
  const reader = 'sources: { di: { type: deepinstinct_events, url: "https://c.example", token: 12345678a } }\n';
  it.each<[string, string, string[]]>([
    [
      'a key that does not belong',
      'sink: {}\n',
      [
        'tocsin.yaml:1:1 "sink" is not a key that belongs here. Known are: sources, sinks, templates, routes, operations, heartbeat, storm, polling_interval, locale, time_zone, silences. Did you mean "sinks"?',
      ],
    ],
    [
      'a type that nobody knows',
      'sinks:\n  soc:\n    type: matermost\n',
      [
        'tocsin.yaml:3:5 sinks.soc.type "matermost" is not a type. Known are: mattermost, stdout. Did you mean "mattermost"?',
      ],
    ],
    [
      'a type from the depths of the language',
      'sinks:\n  soc: { type: constructor }\n',
      ['tocsin.yaml:2:10 sinks.soc.type "constructor" is not a type. Known are: mattermost, stdout.'],
    ],
    [
      'no type',
      'sinks:\n  soc: {}\n',
      ['tocsin.yaml:2:3 sinks.soc.type is missing. Expected: the type of the source or sink'],
    ],
    [
      'a setting that does not belong',
      'sinks:\n  soc:\n    type: mattermost\n    url: https://chat.example/hooks/abcd\n    chanel: x\n',
      [
        'tocsin.yaml:5:5 sinks.soc "chanel" is not a key that belongs here. Known are: url, channel. Did you mean "channel"?',
      ],
    ],
    [
      'a missing setting',
      'sinks:\n  soc:\n    type: mattermost\n',
      ['tocsin.yaml:2:3 sinks.soc.url is missing. Expected: https://…/hooks/…'],
    ],
    [
      'a setting of the wrong kind',
      'sinks:\n  soc:\n    type: mattermost\n    url: [a]\n',
      ['tocsin.yaml:4:5 sinks.soc.url is not a text. Expected: https://…/hooks/…'],
    ],
    [
      'an id with signs',
      'sinks:\n  "a b": { type: stdout }\n',
      [
        'tocsin.yaml:2:3 sinks.a b is not an id: at most 63 letters, digits, "-" and "_", beginning with a letter or digit. Expected: a map with a type',
      ],
    ],
    [
      'the id of the notices',
      'sources:\n  tocsin: { type: deepinstinct_events, url: "https://c.example", token: 12345678a }\n',
      ["tocsin.yaml:2:3 sources.tocsin is the id of Tocsin's own notices. Choose another"],
    ],
    [
      'the same id twice',
      'sinks:\n  soc: { type: stdout }\n  soc: { type: stdout }\n',
      [`tocsin.yaml:3:3 is not valid YAML: Map keys must be unique. ${correct}`],
    ],
    [
      'a variable that is not set',
      'sinks:\n  soc:\n    type: mattermost\n    url: ${HOOK}\n',
      [
        'tocsin.yaml:4:10 ${HOOK} has no value. Set HOOK in the environment or in .env, or write "$${" for the text itself',
      ],
    ],
    [
      'a file for a secret that is not there',
      'sinks:\n  soc:\n    type: mattermost\n    url_file: nothing\n',
      [
        'tocsin.yaml:4:5 sinks.soc.url_file names a file that cannot be read (ENOENT). Name a regular file that this user may read, with the secret alone in it',
      ],
    ],
    [
      'a secret written and in a file',
      'sinks:\n  soc:\n    type: mattermost\n    url: https://chat.example/hooks/abcd\n    url_file: x\n',
      ['tocsin.yaml:4:5 sinks.soc.url is written, and so is url_file. Keep one of the two'],
    ],
    [
      'a file for what is no secret',
      'sinks:\n  soc:\n    type: mattermost\n    url: https://chat.example/hooks/abcd\n    channel_file: x\n',
      ['tocsin.yaml:5:5 sinks.soc "channel_file" is not a key that belongs here. Known are: url, channel.'],
    ],
    [
      'a route to nowhere',
      'routes:\n  - name: r\n    to: [socc]\n',
      ['tocsin.yaml:3:10 routes[0].to[0] "socc" is no sink of this configuration. Known are: soc. Did you mean "soc"?'],
    ],
    [
      'a route from nowhere',
      `${reader}routes:\n  - name: r\n    match: { sources: [dl] }\n    to: [soc]\n`,
      [
        'tocsin.yaml:4:24 routes[0].match.sources[0] "dl" is no source of this configuration. Known are: di. Did you mean "di"?',
      ],
    ],
    [
      'a route without sinks',
      'routes:\n  - name: r\n    to: []\n',
      ['tocsin.yaml:3:5 routes[0].to is empty. Expected: a list of ids of sinks'],
    ],
    [
      'two routes of one name',
      'routes:\n  - { name: r, to: [soc] }\n  - { name: r, to: [soc] }\n',
      ['tocsin.yaml:3:7 routes[1].name "r" is the name of an earlier route. Give each route a name of its own'],
    ],
    [
      'routes that are no list',
      'routes: { name: r, to: [soc] }\n',
      ['tocsin.yaml:1:1 routes is not a list. Expected: a list of routes'],
    ],
    [
      'a severity that is none',
      'routes:\n  - { name: r, to: [soc], match: { min_severity: hihg } }\n',
      [
        'tocsin.yaml:2:36 routes[0].match.min_severity "hihg" is not a severity. Use one of: INFO, LOW, MEDIUM, HIGH, CRITICAL. Did you mean "HIGH"?',
      ],
    ],
    [
      'options out of range',
      'polling_interval: 0\nlocale: de\ntime_zone: [UTC]\n',
      [
        'tocsin.yaml:3:1 time_zone is not one value. Expected: one value, no list or map',
        'tocsin.yaml:1:1 polling_interval "0" is out of range. Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"',
        'tocsin.yaml:2:1 locale "de" is not a language that Tocsin speaks. Use one of: en, th.',
      ],
    ],
    [
      'options that say nothing right',
      'polling_interval: 0\nlocale: de\ntime_zone: Mars\n',
      [
        'tocsin.yaml:1:1 polling_interval "0" is out of range. Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"',
        'tocsin.yaml:2:1 locale "de" is not a language that Tocsin speaks. Use one of: en, th.',
        'tocsin.yaml:3:1 time_zone "Mars" is not a time zone. Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
      ],
    ],
    [
      'a length of silences that is none',
      'silences: { max: 2y, min: 1h }\n',
      [
        'tocsin.yaml:1:22 silences "min" is not a key that belongs here. Known are: max, recurring.',
        'tocsin.yaml:1:13 silences.max "2y" is no time from 1m to 366d. Write it as "90s", "5m", "24h", "7d", "2w" or "1y"',
      ],
    ],
    [
      'a silence that recurs without a reason or times',
      'silences: { recurring: [{ name: backup, every: sunday }] }\n',
      [
        'tocsin.yaml:1:25 silences.recurring[0].reason is missing. Expected: why',
        'tocsin.yaml:1:25 silences.recurring[0].times is missing. Expected: a list of times',
        'tocsin.yaml:1:41 silences.recurring[0] "every" is not a key that belongs here. Known are: name, reason, times, match, when, sinks.',
      ],
    ],
    [
      'silences that recur, for what each says',
      `silences:
  max: 1h
  recurring:
    - { name: a, reason: r, times: [{ from: "02:00", to: "03:00" }] }
    - { name: a, reason: " ", times: [{ from: "02:00", to: "03:00" }], match: { types: [A] } }
    - { name: b, reason: r, times: [{ from: "02:00", to: "02:00" }, { time_zone: Mars }], match: { types: [""] } }
    - { name: c, reason: r, times: [{ from: "02:00", to: "04:00" }], when: event.typ == "A", sinks: [sco] }
`,
      [
        'tocsin.yaml:4:7 silences.recurring[0] matches every event. Say in match or when what it is about',
        'tocsin.yaml:5:9 silences.recurring[1].name "a" is the name of an earlier one. Give each recurring silence a name of its own',
        'tocsin.yaml:5:7 silences.recurring[1] has no reason. Correct it',
        'tocsin.yaml:6:108 silences.recurring[2].match.types[0] is empty. Correct it',
        'tocsin.yaml:6:71 silences.recurring[2].times[1].time_zone "Mars" is not a time zone. Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
        'tocsin.yaml:6:37 silences.recurring[2].times[0] ends when it begins. Correct it',
        expect.stringMatching(/^tocsin.yaml:7:70 silences.recurring\[3\].when cannot be used: there is no field "typ"/),
        'tocsin.yaml:7:102 silences.recurring[3].sinks[0] "sco" is no sink of this configuration. Known are: soc. Did you mean "soc"?',
        'tocsin.yaml:7:37 silences.recurring[3].times[0] is longer than silences.max allows. Shorten it',
      ],
    ],
    [
      'a list where a map belongs',
      '- a\n',
      ['tocsin.yaml:1:1 is not a map. Expected: a map with sources, sinks, routes'],
    ],
    [
      'an alias of nothing',
      'sinks: *nothing\n',
      ['tocsin.yaml:1:8 refers to an anchor that is not there. Put quotes around the value if it begins with "*"'],
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(yamlProblems(text)).toEqual(expected);
  });

  it('has faults of its form told together with those of its values', () => {
    const text = [
      'sorces: {}',
      'sinks:',
      '  soc: { type: mattermost, url: "${HOOK}", chanel: x }',
      '  soc: { type: mattermost, url: "${HOOK}", chanel: x }',
      '  a b: { type: mattermost }',
      '  ops: 7',
      '  out: { type: matermost }',
      'routes:',
      '  - { name: one, to: [soc, ops, a b, nobody], match: { sources: [anything], min_severity: hihg } }',
      '  - { name: one, to: soc }',
      '  - []',
      'locale: de',
      'time_zone: [UTC]',
    ];
    expect(yamlProblems(text.join('\n')).map((problem) => problem.split('. ')[0])).toEqual([
      'tocsin.yaml:3:33 ${HOOK} has no value',
      'tocsin.yaml:4:33 ${HOOK} has no value',
      'tocsin.yaml:4:3 is not valid YAML: Map keys must be unique',
      expect.stringContaining('tocsin.yaml:5:3 sinks.a b is not an id'),
      'tocsin.yaml:6:3 sinks.ops is not a map',
      'tocsin.yaml:10:18 routes[1].to is not a list',
      'tocsin.yaml:11:5 routes[2] is not a map',
      'tocsin.yaml:13:1 time_zone is not one value',
      'tocsin.yaml:1:1 "sorces" is not a key that belongs here',
      'tocsin.yaml:3:44 sinks.soc "chanel" is not a key that belongs here',
      'tocsin.yaml:5:3 sinks.a b.url is missing',
      'tocsin.yaml:7:10 sinks.out.type "matermost" is not a type',
      'tocsin.yaml:12:1 locale "de" is not a language that Tocsin speaks',
      'tocsin.yaml:9:38 routes[0].to[3] "nobody" is no sink of this configuration',
      expect.stringContaining('match.min_severity "hihg" is not a severity'),
      expect.stringContaining('"one" is the name of an earlier route'),
    ]);
  });

  it('has its own time zone for the times of routes that name none', () => {
    const text = `sinks: { soc: { type: stdout } }
time_zone: Asia/Bangkok
routes: [{ name: r, active: [{ from: "08:00" }], mute: [{ to: "08:00", time_zone: Europe/Berlin }], to: [soc] }]
`;
    expect(loadYaml(text).routes[0]).toMatchObject({
      active: [{ fromMinute: 480, toMinute: 1440, timeZone: 'Asia/Bangkok' }],
      mute: [{ fromMinute: 0, toMinute: 480, timeZone: 'Europe/Berlin' }],
    });
  });

  it('has what routes ask for checked, each with its place', () => {
    const text = [
      'sinks: { soc: { type: stdout } }',
      'routes:',
      '  - name: one',
      '    match: { types: [""], networks: [10.0.0.0/8, lan], severity: HIGH }',
      '    active: [{ days: [monday] }, { from: "08:00", to: "08:00" }, { time_zone: Mars }]',
      '    mute: [{ from: 8 }]',
      '    continue: maybe',
      '    to: [soc]',
      '  - name: two',
      '    when: event.device.hostnam == "x"',
      '    to: [soc]',
    ];
    expect(yamlProblems(text.join('\n'))).toEqual([
      'tocsin.yaml:4:56 routes[0].match "severity" is not a key that belongs here. Known are: min_severity, sources, streams, types, actions, statuses, tenants, devices, groups, networks, not.',
      'tocsin.yaml:6:14 routes[0].mute[0].from is not a text. Expected: a time such as "18:00"',
      'tocsin.yaml:7:5 routes[0].continue is not true or false. Expected: true or false',
      'tocsin.yaml:4:22 routes[0].match.types[0] is empty. Correct it',
      'tocsin.yaml:4:50 routes[0].match.networks[1] is no network such as 10.0.0.0/8 or fd00::/8. Correct it',
      'tocsin.yaml:5:68 routes[0].active[2].time_zone "Mars" is not a time zone. Set it to a name such as "Asia/Bangkok", "Europe/Berlin" or "UTC"',
      'tocsin.yaml:5:14 routes[0].active[0] has a day "monday", which is not mon, tue, wed, thu, fri, sat, sun or two of them such as mon-fri. Correct it',
      'tocsin.yaml:5:34 routes[0].active[1] ends when it begins. Correct it',
      expect.stringContaining(
        'tocsin.yaml:10:5 routes[1].when cannot be used: there is no field "hostnam". Look at character 14:\n      event.device.hostnam == "x"\n                   ^ here. Known are: id, name, os,',
      ),
    ]);
  });

  it('asks for no variables in place of what a broken part may hold', () => {
    expect(
      yamlProblems('sources: 7\nsinks: 7\nroutes:\n  - { name: r, to: [soc], match: { sources: [di] } }\n', {}),
    ).toHaveLength(2);
    expect(
      yamlProblems('sorces: {}\nroutes:\n  - { name: r, to: [soc], match: { sources: [di] } }\n', {}),
    ).toHaveLength(1);
  });

  it('says once what is wrong with its form, and nothing about what it may hold', () => {
    expect(yamlProblems('sinks:\n  soc: [\n', {})).toHaveLength(1);
  });

  it('has its problems told together with those of the variables', () => {
    expect(yamlProblems('sinks: { soc: { type: nothing } }\n', { PORT: 'x' }).map((p) => p.split(' ')[0])).toEqual([
      'DEEPINSTINCT_URL',
      'TOKENS_KEY',
      'tocsin.yaml:1:17',
      'PORT',
    ]);
  });

  it('does not blow up on anchors within anchors', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 0; i < 8; i++) {
      const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
    }
    expect(yamlProblems(bomb.join('\n'))).toHaveLength(1);
  });
});

describe('secrets', () => {
  it('of URLs are known by themselves: the password as written and as it reads', () => {
    const url = 'postgres://tocsin:p%40ss%2Fword@db.example/tocsin';
    const { secrets } = load({ ...three, DATABASE_URL: url, HTTPS_PROXY: 'http://me:geheim@proxy.example:3128' });
    expect(secrets).toEqual([
      token,
      hook,
      url,
      'p%40ss%2Fword',
      'p@ss/word',
      'http://me:geheim@proxy.example:3128',
      'geheim',
    ]);
  });

  it.each<[string, boolean]>([
    ['abc', true],
    ['abcd', false],
  ])('that are too short to be masked have a warning, which does not show them: %s', (secret, isShort) => {
    const { warnings } = load({ ...three, DATABASE_URL: `postgres://tocsin:${secret}@db.example/tocsin` });
    const words = `A secret of the configuration has fewer than 4 characters, so it is not masked in logs and answers. Use a longer one.`;
    expect(warnings).toEqual(isShort ? [words] : []);
  });

  const word = fc.stringMatching(/^[A-Za-z0-9_#:@/%"'{}$ -]{12,40}$/).filter((text) => text.trim().length >= 12);
  const hides = (secret: string, run: () => readonly unknown[]) => {
    const output = JSON.stringify(run());
    expect(output.includes(secret) || output.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
  };

  it('appear in no problem and no warning, whatever they hold and wherever they are misplaced', () => {
    fc.assert(
      fc.property(
        word,
        fc.constantFrom('', 'Bearer ', 'postgres://u:', 'https://chat.example/hooks/'),
        (secret, prefix) => {
          for (const name of [
            'TOKENS_KEY',
            'MATTERMOST_WEBHOOK_URL',
            'DATABASE_URL',
            'DATABASE_URL_DIRECT',
            'HTTPS_PROXY',
          ]) {
            hides(secret, () => problemsOf({ [name]: `${prefix}${secret}`, PORT: 'x' }));
          }
          for (const name of [
            'PORT',
            'POLLING_INTERVAL',
            'TZ',
            'LOCALE',
            'SINK_RATE',
            'STORM',
            'HOST',
            'LOG_LEVEL',
            'MIN_SEVERITY',
          ]) {
            hides(secret, () => problemsOf({ [name]: secret, TOKENS_KEY: secret }));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that stand in a variable of another meaning are not shown whole, though nobody knows that they are secret', () => {
    const misplaced = 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl';
    for (const name of [
      'PORT',
      'POLLING_INTERVAL',
      'TZ',
      'LOCALE',
      'SINK_RATE',
      'STORM',
      'LOG_LEVEL',
      'MIN_SEVERITY',
      'EMBEDDED',
    ]) {
      const problems = problemsOf({ ...three, [name]: misplaced });
      expect(problems).toHaveLength(1);
      expect(problems[0]?.problem).toContain('"eyJhbGci…"');
      expect(JSON.stringify(problems)).not.toContain(misplaced.slice(8));
    }
  });

  it('that look like a variable without being one are not shown', () => {
    const problems = yamlProblems('sinks:\n  soc:\n    type: mattermost\n    url: "${@- #{0$:-}"\n', {});
    expect(JSON.stringify(problems)).toContain('{…} does not name a variable');
    expect(JSON.stringify(problems)).not.toContain('#{0');
  });

  it('written into the file appear in no problem, whatever breaks the file', () => {
    fc.assert(
      fc.property(word, fc.constantFrom('', '"', '- ', '? ', '{', '*', '&', '!', '\t', '|', '%'), (secret, sign) => {
        // That is the name of a variable.
        fc.pre(!/\$\{[A-Za-z_]\w*\}/.test(secret));
        const text = `sinks:\n  soc:\n    type: mattermost\n    url: ${sign}${secret}\n  b: { type: mattermost, url: ${secret}\n`;
        hides(secret, () => yamlProblems(text, {}));
        hides(secret, () =>
          yamlProblems(`sinks:\n  soc:\n    type: mattermost\n    url: ${JSON.stringify(secret)}\n`, {}),
        );
      }),
      { numRuns: 100 },
    );
  });
});

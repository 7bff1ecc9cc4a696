// Values of single options, each through its variable.
import { expect, it } from 'vitest';
import { createLoader, three } from '../loader.ts';

const { load, problemsOf } = createLoader();

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
  [
    'DATABASE_URL',
    'postgres:///d?host=/run/postgresql',
    { databaseUrl: 'postgres:///d?host=/run/postgresql' },
  ],
  [
    'https_proxy',
    'http://proxy.example:3128',
    { proxy: { httpsProxy: 'http://proxy.example:3128' } },
  ],
  ['NO_PROXY', 'localhost,.example', { proxy: { noProxy: 'localhost,.example' } }],
  ['no_proxy', '10.0.0.0/8,[::1] x:1', { proxy: { noProxy: '10.0.0.0/8,[::1] x:1' } }],
])('%s=%s is understood', (name, value, expected) => {
  expect(load({ ...three, [name]: value })).toMatchObject(expected);
});

const interval = 'Set it to seconds from 1 to 86400, or to a time such as "90s" or "5m"';
const port = 'Set it to a whole number from 0 to 65535';
const keeping =
  'Set it to days, weeks or years ("180d", "26w", "1y"), or to "off" to keep all for ever';
const rate =
  'Set it to messages a second (0.01 to 100000; 10 if not set), or to "off" for no limit';
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
  ['RETENTION', '0d', '"0d" is not a time to keep events for', keeping],
  ['RETENTION', '12h', '"12h" is not a time to keep events for', keeping],
  ['SINK_RATE', 'none', '"none" is not a rate', rate],
  ['SINK_RATE', '0', '"0" is not a rate', rate],
  ['STORM', '0', '"0" is not a number of events', storm],
  ['STORM', 'on', '"on" is not a number of events', storm],
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
  [
    'DATABASE_URL',
    'mysql://u:geheim@h/d',
    'does not begin with postgres:// or postgresql://',
    postgres,
  ],
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
it('that nobody set do not depend on what other programs set', () => {
  expect(load({ ...three, LANG: 'th_TH.UTF-8', HOSTNAME: 'h', USER: 'u' }).locale).toBe('en');
});

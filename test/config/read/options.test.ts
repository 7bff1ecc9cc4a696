// Options with rules between them: proxies, the database, and all at once.
import { describe, expect, it } from 'vitest';
import { createLoader, three } from '../loader.ts';

const { load, problemsOf } = createLoader();

describe('of hosts without a proxy', () => {
  const entries = '10.0.0.0/8,::1;x u:geheim@h 10.*';
  const problem = 'holds what is neither a host nor a network: "::1;x", "…@h", "10.*"';

  it.each(['NO_PROXY', 'no_proxy'])('name in %s what is not understood', (name) => {
    const env = { ...three, HTTPS_PROXY: 'http://proxy.example:3128', [name]: entries };
    expect(problemsOf(env)).toEqual([
      { where: name, problem, remedy: expect.stringMatching(/10\.0\.0\.0\/8/) },
    ]);
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
  expect(urlOf('postgres://h')).toBe(
    'postgres://h?user=anna&password=ge%26heim&dbname=soc%20events',
  );
  expect(urlOf('postgres://h/d?sslmode=require')).toBe(
    'postgres://h/d?sslmode=require&user=anna&password=ge%26heim',
  );
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
    expect.objectContaining({
      where: 'PGTARGETSESSIONATTRS',
      remedy: expect.stringContaining('Unset it'),
    }),
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
    expect(problemsOf({ ...pod, DATABASE_URL_FILE: 'nothing' }).map((p) => p.where)).toEqual([
      'DATABASE_URL_FILE',
    ]);
  });
});

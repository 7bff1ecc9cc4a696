// What stands behind the ? of an address of Postgres, held against libpq's documentation: what each
// parameter comes to, and which are refused by name.
import { describe, expect, it } from 'vitest';
import { type DatabaseSettings, readParameters } from '../../src/kit/database-url-parameters.ts';

/** Pairs of `a=b&c=d`, without escapes. */
function pairsOf(query: string): Map<string, string> {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}

function settingsOf(query: string): DatabaseSettings {
  const read = readParameters(pairsOf(query));
  if ('problem' in read) throw new Error(`${query} ${read.problem}`);
  return read.settings;
}

function faultOf(query: string): string {
  const read = readParameters(pairsOf(query));
  return 'problem' in read ? `${read.problem}. ${read.remedy}` : 'none';
}

describe('a parameter of an address', () => {
  it.each<[string, string, object]>([
    ['a name', 'application_name=relay a', { session: { application_name: 'relay a' } }],
    ['the second name', 'fallback_application_name=b', { session: { application_name: 'b' } }],
    ['the wait', 'connect_timeout=7', { connectTimeoutMs: 7000 }],
    ['a long wait, as the longest', 'connect_timeout=60', { connectTimeoutMs: 30_000 }],
    ['a wait without an end, as the longest', 'connect_timeout=0', { connectTimeoutMs: 30_000 }],
    [
      'settings of the session',
      'search_path=soc,public&statement_timeout=30000&lock_timeout=5s&TimeZone=UTC',
      {
        session: {
          search_path: 'soc,public',
          statement_timeout: '30000',
          lock_timeout: '5s',
          TimeZone: 'UTC',
        },
      },
    ],
    [
      'the longest idle transaction',
      'idle_in_transaction_session_timeout=60000',
      { session: { idle_in_transaction_session_timeout: '60000' } },
    ],
    ['no keepalives', 'keepalives=0&keepalives_idle=9', { keepAliveSeconds: false }],
    ['keepalives', 'keepalives_idle=9&keepalives_count=3', { keepAliveSeconds: 9 }],
    ['the primary', 'target_session_attrs=read-write', { mustBeWritable: true }],
    ['any server', 'target_session_attrs=any', { mustBeWritable: false }],
    ['nothing', '', { connectTimeoutMs: undefined, keepAliveSeconds: 60, session: {} }],
    [
      'the first name before the second',
      'application_name=a&fallback_application_name=b',
      { session: { application_name: 'a' } },
    ],
    ['idle seconds of the system, which are none', 'keepalives_idle=0', { keepAliveSeconds: 60 }],
  ])('comes to a setting: %s', (_, query, expected) => {
    expect(settingsOf(query)).toMatchObject(expected);
  });

  const verified = (isChainVerified: boolean, isNameVerified: boolean) => ({
    isChainVerified,
    isNameVerified,
  });
  it.each<[string, object]>([
    ['', { mode: 'prefer', ...verified(false, false) }],
    ['sslmode=allow', { mode: 'allow', ...verified(false, false) }],
    ['sslmode=require', { mode: 'require', ...verified(false, false) }],
    ['ssl=true', { mode: 'require' }],
    [
      'sslmode=require&sslrootcert=/ca.pem',
      { mode: 'require', rootCertificate: '/ca.pem', ...verified(true, false) },
    ],
    ['sslmode=verify-ca', verified(true, false)],
    ['sslmode=verify-full', { rootCertificate: undefined, ...verified(true, true) }],
    ['sslrootcert=system', { mode: 'verify-full', ...verified(true, true) }],
    ['sslmode=require&channel_binding=require', { mode: 'require', ...verified(true, true) }],
    ['channel_binding=require', { mode: 'require', ...verified(true, true) }],
    ['sslmode=require&channel_binding=prefer', verified(false, false)],
    ['sslmode=require&sslnegotiation=direct', { isDirect: true }],
    ['sslcert=/c&sslkey=/k&sslpassword=p', { certificate: '/c', key: '/k', keyPassword: 'p' }],
    ['sslsni=0&ssl_min_protocol_version=TLSv1.3', { sendsName: false, minVersion: 'TLSv1.3' }],
  ])('means of TLS: %s', (query, tls) => {
    expect(settingsOf(query).tls).toMatchObject(tls);
  });

  it('takes the place of what stands before the ?, also by an empty value', () => {
    const read = readParameters(
      pairsOf('host=a,b&port=5&user=u&password=&dbname=d&sslmode=require'),
    );
    expect(read).toMatchObject({
      given: { host: 'a,b', port: '5', user: 'u', password: '', dbname: 'd' },
    });
    expect(read).not.toHaveProperty('given.hostaddr');
  });

  it.each<[string, string]>([
    [
      'sslmode=verify_full',
      'sets "sslmode" to what Tocsin does not honour. Use one of: disable, allow',
    ],
    ['sslmode=require&sslrootcert=system', 'sets sslrootcert=system beside a weaker sslmode'],
    ['sslcert=/c', 'sets only one of sslcert and sslkey'],
    ['sslnegotiation=direct', 'sets sslnegotiation=direct, which needs TLS'],
    ['sslmode=prefer&channel_binding=require', 'sets channel_binding=require, which needs TLS'],
    [
      'gssencmode=require',
      'sets "gssencmode" to what Tocsin does not honour. Kerberos is not spoken',
    ],
    ['target_session_attrs=standby', 'Tocsin writes'],
    ['connect_timeout=ten', 'Set it to seconds'],
    ['client_encoding=LATIN1', 'Tocsin speaks UTF8 alone'],
    ['schema=soc', 'holds "schema" behind the ?, which Tocsin does not honour. Use search_path'],
    [
      'work_mem=64MB',
      'holds "work_mem" behind the ?, which Tocsin does not honour. Send a setting as',
    ],
    ['require_auth=scram-sha-256', 'holds "require_auth" behind the ?'],
    ['pgbouncer=true', 'set DATABASE_PREPARE=off'],
    ['constructor=1', 'holds "constructor" behind the ?'],
    ['ssl=false', 'sets "ssl" to what Tocsin does not honour. Use sslmode'],
    ['sslcertmode=require', 'sets "sslcertmode" to what Tocsin does not honour. Use one of: allow'],
    ['keepalives_idle=soon', 'sets "keepalives_idle" to what Tocsin does not honour. Correct it'],
    ['sslmode=disable&channel_binding=require', 'sets channel_binding=require, which needs TLS'],
  ])('is refused by name: %s', (query, words) => {
    expect(faultOf(query)).toContain(words);
  });

  it.each([
    'sslmode=geheim',
    'sslpassword=geheim&sslcert=/c',
    'Geheim=1',
    'ge-heim=1',
    `${'geheim'.repeat(8)}=1`,
  ])('is refused without its value, or a name that may be a password: %s', (query) => {
    const fault = faultOf(query);
    expect(fault).not.toBe('none');
    expect(fault).not.toMatch(/ge-?heim/i);
  });
});

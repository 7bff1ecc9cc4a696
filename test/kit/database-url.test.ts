// Addresses of Postgres, held against what libpq's documentation and source say of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DatabaseAddress, readDatabaseUrl, shownHosts } from '../../src/kit/database-url.ts';

function addressOf(text: string): DatabaseAddress {
  const read = readDatabaseUrl(text);
  if ('problem' in read) throw new Error(`${text} ${read.problem}`);
  return read.address;
}

function faultOf(text: string): string {
  const read = readDatabaseUrl(text);
  return 'problem' in read ? `${read.problem}. ${read.remedy}` : 'none';
}

const tcp = (name: string, port = 5432, address = name) => ({ name, address, port });

describe('an address of Postgres', () => {
  it.each<[string, string, object]>([
    [
      'all parts',
      'postgres://u:p@h:1/d',
      { user: 'u', password: 'p', hosts: [tcp('h', 1)], database: 'd' },
    ],
    ['the longer scheme', 'postgresql://u@h/d', { user: 'u', password: '', hosts: [tcp('h')] }],
    ['a host alone', 'postgres://h', { user: undefined, database: undefined, hosts: [tcp('h')] }],
    [
      'a host with parameters',
      'postgres://h?sslmode=disable',
      { hosts: [tcp('h')], tls: { mode: 'disable' } },
    ],
    [
      'escapes',
      'postgres://a%40b:p%2Fq%25@h/soc%20events',
      { user: 'a@b', password: 'p/q%', database: 'soc events' },
    ],
    ['a + is a plus', 'postgres://u:p+q@h/a+b', { password: 'p+q', database: 'a+b' }],
    ['a # is a character', 'postgres://u:a#b@h/d', { password: 'a#b', database: 'd' }],
    ['a colon in the password', 'postgres://u:a:b@h/d', { user: 'u', password: 'a:b' }],
    ['IPv6', 'postgres://u@[::1]:5433/d', { hosts: [tcp('::1', 5433)] }],
    ['IPv6 without a port', 'postgres://[2001:db8::1]/d', { hosts: [tcp('2001:db8::1')] }],
    ['IPv6 with its interface', 'postgres://[fe80::1%25eth0]/d', { hosts: [tcp('fe80::1%eth0')] }],
    [
      'several hosts',
      'postgres://u@a:1,[::1],c:3/d',
      { hosts: [tcp('a', 1), tcp('::1'), tcp('c', 3)], database: 'd' },
    ],
    [
      'a socket',
      'postgres:///d?host=/run/postgresql',
      { hosts: [{ socketPath: '/run/postgresql/.s.PGSQL.5432' }] },
    ],
    [
      'a socket in place of the host, with its port',
      'postgres://%2Frun%2Fpostgresql:6432/d',
      { hosts: [{ socketPath: '/run/postgresql/.s.PGSQL.6432' }] },
    ],
    [
      'a host behind the ?',
      'postgres://x:1/d?host=a,b&port=5,6',
      { hosts: [tcp('a', 5), tcp('b', 6)] },
    ],
    [
      'one port for all hosts',
      'postgres:///d?host=a,b&port=5',
      { hosts: [tcp('a', 5), tcp('b', 5)] },
    ],
    [
      'an address for a name',
      'postgres://h/d?hostaddr=192.0.2.1',
      { hosts: [tcp('h', 5432, '192.0.2.1')] },
    ],
    ['an address alone', 'postgres:///d?hostaddr=192.0.2.1', { hosts: [tcp('192.0.2.1')] }],
    [
      'who, behind the ?',
      'postgres://a:b@h/c?user=u&password=p%26q&dbname=d',
      { user: 'u', password: 'p&q', database: 'd' },
    ],
    [
      'options',
      'postgres://h/d?options=-csearch_path%3Dsoc',
      { session: { options: '-csearch_path=soc' } },
    ],
    [
      'options with a plain =',
      'postgres://h/d?options=-csearch_path=soc',
      { session: { options: '-csearch_path=soc' } },
    ],
    ['no Kerberos', 'postgres://h/d?gssencmode=prefer', { hosts: [tcp('h')] }],
    ['UTF8', 'postgres://h/d?client_encoding=utf-8', { hosts: [tcp('h')] }],
  ])('is read: %s', (_, text, expected) => {
    expect(addressOf(text)).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ['mysql://u:geheim@h/d', 'does not begin with postgres:// or postgresql://. Write it as'],
    ['host=h password=geheim', 'is written as key=value, which Tocsin does not read. Write it as'],
    ['postgres://u:50%geheim@h/d', 'is not a valid URL. Write it as'],
    ['postgres://u:geh@eim@h/d', 'is not a valid URL. Write it as'],
    ['postgres://u:ge/heim@h/d', 'has a port that is no number'],
    ['postgres://u:ge%00heim@h/d', 'is not a valid URL'],
    ['postgres://h:70000/d', 'has a port that is no number'],
    ['postgres://[::1/d', 'is not a valid URL'],
    ['postgres://u:geheim@/d', 'names no host. Write localhost'],
    ['postgres://a,,c/d', 'names no host'],
    ['postgres:///d?host=a,b&port=1,2,3', 'has not as many ports as hosts'],
    ['postgres://a,b/d?hostaddr=192.0.2.1', 'has not as many addresses'],
    [
      'postgres://h/d?sslmode=verify_full',
      'sets "sslmode" to what Tocsin does not honour. Use one of: disable, allow',
    ],
    [
      'postgres://%2Frun/d?channel_binding=require',
      'sets channel_binding=require for a Unix socket',
    ],
    ['postgres://h/d?sslmode', 'is not a valid URL'],
  ])('is refused by name, without its secrets: %s', (text, words) => {
    expect(faultOf(text)).toContain(words);
    expect(faultOf(text)).not.toMatch(/gehe?im|eim/);
  });

  it('gives back user, password and database, whatever they hold', () => {
    const word = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(word, word, word, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(addressOf(`postgres://${u}:${p}@h/${d}`)).toMatchObject({
          user,
          password,
          database,
        });
        expect(addressOf(`postgres://h?user=${u}&password=${p}&dbname=${d}`)).toMatchObject({
          user,
          password,
          database,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('reads or refuses any text, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readDatabaseUrl(`postgres://${text}`)).not.toThrow();
      }),
    );
  });

  it('is shown as where it leads, and no more', () => {
    const text = 'postgres://u:geheim@a,[::1]:6/d?host=a,[::1],/run/pg&port=5,6,7';
    expect(shownHosts(addressOf(text))).toBe('a:5,[::1]:6,/run/pg/.s.PGSQL.7');
  });
});

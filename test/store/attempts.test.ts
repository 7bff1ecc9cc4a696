// The ways to a server, and which of them comes next.
import { describe, expect, test } from 'vitest';
import { type Attempt, Attempts, attemptsOf } from '../../src/store/attempts.ts';

describe('the order of ways', () => {
  const [a, b] = ['a', 'b'].map((name) => ({ name, address: name, port: 1 }));
  const ways = [a!, b!].flatMap((host) =>
    (['ask', 'none'] as const).map((encryption) => ({ host, encryption })),
  );

  test('what failed comes after what did not, and a host that worked comes first, with TLS', () => {
    const attempts = new Attempts(ways);
    expect(attempts.next()).toBe(ways[0]);
    expect(attempts.fail(ways[0]!, false)).toBe(true);
    expect(attempts.next()).toBe(ways[1]);
    expect(attempts.fail(ways[1]!, true)).toBe(true);
    expect(attempts.next()).toBe(ways[2]);
    expect(attempts.fail(ways[2]!, false)).toBe(true);
    attempts.succeed(ways[3]!);
    expect(attempts.next()).toBe(ways[2]);
  });

  test('when all have failed, each is tried in turn and the failure is reported', () => {
    const attempts = new Attempts(ways);
    expect([attempts.fail(ways[0]!, true), attempts.fail(ways[2]!, true)]).toEqual([true, false]);
    expect([1, 2, 3, 4, 5].map(() => attempts.next())).toEqual([...ways, ways[0]]);
  });
});

describe('the ways to a server', () => {
  const tcp = { name: 'db', address: 'db', port: 5432 };
  const other = { name: 'db2', address: 'db2', port: 5432 };
  const unix = { socketPath: '/run/postgresql/.s.PGSQL.5432' };
  const waysOf = (mode: string, hosts: Attempt['host'][]) =>
    attemptsOf({ hosts, tls: { mode } } as never).map(({ host, encryption }) => [
      'name' in host ? host.name : 'socket',
      encryption,
    ]);

  test.each([
    ['disable', [['db', 'none']]],
    [
      'allow',
      [
        ['db', 'none'],
        ['db', 'must'],
      ],
    ],
    [
      'prefer',
      [
        ['db', 'ask'],
        ['db', 'none'],
      ],
    ],
    ['require', [['db', 'must']]],
    ['verify-ca', [['db', 'must']]],
    ['verify-full', [['db', 'must']]],
  ])('with sslmode=%s', (mode, ways) => {
    expect(waysOf(mode, [tcp])).toEqual(ways);
    expect(waysOf(mode, [unix]), 'a Unix socket has no TLS').toEqual([['socket', 'none']]);
  });

  test('are all those of one host before those of the next', () => {
    expect(waysOf('prefer', [tcp, other])).toEqual([
      ['db', 'ask'],
      ['db', 'none'],
      ['db2', 'ask'],
      ['db2', 'none'],
    ]);
  });
});

// Who should have which roles; at work with others, index.test.ts.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { surplus, wantedRoles } from '../../../src/core/roles/share.ts';
import type { LeaseView } from '../../../src/kit/records/role.ts';

const roles = [
  { name: 'source:a', group: 'a' },
  { name: 'sink:x', group: 'a' },
  { name: 'job:old', group: 'a', isFollower: true },
  { name: 'job:new', group: 'a', isFollower: true },
];
const held = (holders: Readonly<Record<string, string>>): LeaseView[] =>
  roles.map(({ name }) => ({ name, holder: holders[name] ?? null, epoch: 1, remainingMs: 20_000 }));

test('a group of which another process has but a follower is free, as beside a release that gave all but that back', () => {
  expect(
    wantedRoles(roles, { leases: held({ 'job:old': 'other' }), replicaId: 'me', replicas: 2 }),
  ).toEqual(['source:a', 'sink:x', 'job:new']);
});

test('followers are left to who works their group', () => {
  const leases = held({ 'source:a': 'other', 'sink:x': 'other', 'job:new': 'me' });
  expect(wantedRoles(roles, { leases, replicaId: 'me', replicas: 2 })).toEqual([]);
  expect(surplus(roles, { leases, replicaId: 'me', replicas: 2 })).toEqual(['job:new']);
  expect(wantedRoles(roles, { leases, replicaId: 'other', replicas: 2 })).toEqual([
    'source:a',
    'sink:x',
    'job:old',
  ]);
});

const grouped = (name: string, group: string) => ({ name, group });
const view = (name: string, holder: string | null, remainingMs = 20_000): LeaseView => ({
  name,
  holder,
  epoch: 1,
  remainingMs: holder === null ? 0 : remainingMs,
});

type Grouped = ReturnType<typeof grouped>;
const wantedRolesOf = (
  of: readonly Grouped[],
  leases: readonly LeaseView[],
  replicaId: string,
  replicas: number,
) => wantedRoles(of, { leases, replicaId, replicas });
const surplusOf = (
  of: readonly Grouped[],
  leases: readonly LeaseView[],
  replicaId: string,
  replicas: number,
) => surplus(of, { leases, replicaId, replicas });

describe('the share of a replica', () => {
  const roles = [
    grouped('source:a', 'a'),
    grouped('sink:a', 'a'),
    grouped('source:b', 'b'),
    grouped('sink:b', 'b'),
  ];
  const names = roles.map(({ name }) => name);

  test('is everything if it is alone', () => {
    const free = names.map((name) => view(name, null));
    expect(wantedRolesOf(roles, free, 'me', 1)).toEqual(names);
  });

  test('is what is free or run out, and not what another holds', () => {
    const views = [
      view('source:a', 'you'),
      view('sink:a', 'you'),
      view('source:b', 'gone', 0),
      view('sink:b', null),
    ];
    expect(wantedRolesOf(roles, views, 'me', 1)).toEqual(['source:b', 'sink:b']);
    expect(wantedRolesOf(roles, views.slice(0, 1), 'me', 1)).toEqual([]);
  });

  test('is rather the rest of a group that it works than another group', () => {
    const views = [
      view('source:a', null),
      view('sink:a', null),
      view('source:b', 'me'),
      view('sink:b', null),
    ];
    expect(wantedRolesOf(roles, views, 'me', 2)).toEqual(['source:b', 'sink:b']);
  });

  test('leaves whole groups for the others', () => {
    const mine = names.map((name) => view(name, 'me'));
    expect(surplusOf(roles, mine, 'me', 1)).toEqual([]);
    expect(surplusOf(roles, mine, 'me', 2)).toEqual(['source:b', 'sink:b']);
    // Roles of an earlier configuration are nobody's business.
    expect(surplusOf(roles, [...mine, view('sink:old', 'me')], 'me', 2)).not.toContain('sink:old');
  });

  test('counts a group that is split for one process alone, so that no group is left to nobody', () => {
    const views = [
      view('source:a', 'me'),
      view('sink:a', 'you'),
      view('source:b', null),
      view('sink:b', null),
    ];
    expect(wantedRolesOf(roles, views, 'me', 2)).toEqual(['source:a']);
    expect(wantedRolesOf(roles, views, 'you', 2)).toEqual(['source:b', 'sink:b']);
  });

  test('gives back its part of a group that is another’s', () => {
    const views = [
      view('source:a', 'you'),
      view('sink:a', 'me'),
      view('source:b', 'me'),
      view('sink:b', 'me'),
    ];
    expect(surplusOf(roles, views, 'me', 2)).toEqual(['sink:a']);
    expect(surplusOf(roles, views, 'you', 2)).toEqual([]);
  });

  describe('comes out even', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 });
    const anyTurns = fc.array(fc.nat(4), { minLength: 60, maxLength: 60 });
    const anyReplicas = fc.integer({ min: 1, max: 5 });

    /**
     * Lets the replicas take turns, each at least three times at the end, and says who works which
     * groups then.
     */
    function share(
      sizesOfGroups: number[],
      replicas: number,
      turns: number[],
      first: (n: number) => string | null,
    ) {
      const all = sizesOfGroups.flatMap((size, g) =>
        Array.from({ length: size }, (_, n) => grouped(`${g}.${n}`, `g${g}`)),
      );
      const holders = new Map<string, string | null>(all.map(({ name }, n) => [name, first(n)]));
      const views = () => all.map(({ name }) => view(name, holders.get(name)!));
      for (const turn of [...turns, ...Array.from({ length: 3 * replicas }, (_, n) => n)]) {
        const me = `r${turn % replicas}`;
        for (const name of surplusOf(all, views(), me, replicas)) holders.set(name, null);
        for (const name of wantedRolesOf(all, views(), me, replicas)) holders.set(name, me);
      }
      const groupsOf = new Map<string, Set<string>>();
      for (const { name, group } of all) {
        const holder = holders.get(name);
        expect(holder).not.toBeNull();
        groupsOf.set(holder!, (groupsOf.get(holder!) ?? new Set()).add(group));
      }
      for (const held of groupsOf.values())
        expect(held.size).toBeLessThanOrEqual(Math.ceil(sizesOfGroups.length / replicas));
      return [...groupsOf.values()].reduce((sum, held) => sum + held.size, 0);
    }

    test('when one had everything: every role is held, nobody has more than the share, and groups are whole', () => {
      fc.assert(
        fc.property(sizes, anyReplicas, anyTurns, fc.nat(4), (groups, replicas, turns, first) => {
          expect(share(groups, replicas, turns, () => `r${first % replicas}`)).toBe(groups.length);
        }),
      );
    });

    test('whoever had what: every role is held, nobody has more than the share, and groups are whole', () => {
      const anyHolders = fc.array(fc.option(fc.nat(4)), { minLength: 24, maxLength: 24 });
      fc.assert(
        fc.property(sizes, anyReplicas, anyTurns, anyHolders, (groups, replicas, turns, first) => {
          const holder = (n: number) => (first[n] === null ? null : `r${first[n]! % replicas}`);
          expect(share(groups, replicas, turns, holder)).toBe(groups.length);
        }),
        { numRuns: 1000 },
      );
    });
  });
});

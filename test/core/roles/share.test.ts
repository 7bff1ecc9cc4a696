// Who should have which roles, as far as followers go; the rest is seen at work in roles.test.ts.

import { expect, test } from 'vitest';
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
  expect(wantedRoles(roles, held({ 'job:old': 'other' }), 'me', 2)).toEqual(['source:a', 'sink:x', 'job:new']);
});

test('followers are left to who works their group', () => {
  const leases = held({ 'source:a': 'other', 'sink:x': 'other', 'job:new': 'me' });
  expect(wantedRoles(roles, leases, 'me', 2)).toEqual([]);
  expect(surplus(roles, leases, 'me', 2)).toEqual(['job:new']);
  expect(wantedRoles(roles, leases, 'other', 2)).toEqual(['source:a', 'sink:x', 'job:old']);
});

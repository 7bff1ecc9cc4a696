// Groups of an identity provider become a role; names become names of the audit log.
import { expect, test } from 'vitest';
import { groupsIn, nameIn, roleOf } from '../../../src/http/identity/roles.ts';

const roles = [
  { group: 'soc', role: 'operate' },
  { group: 'soc-admins', role: 'admin' },
  { group: 'staff', role: 'read' },
] as const;

test.each([
  [[], null],
  [['other'], null],
  [['SOC'], null],
  [['staff'], 'read'],
  [['soc-admins', 'staff'], 'admin'],
  [['staff', 'soc'], 'operate'],
])('%j is %s', (groups, role) => {
  expect(roleOf(groups, roles)).toBe(role);
});

test('* has everybody, and takes nothing away', () => {
  const all = [...roles, { group: '*', role: 'read' }] as const;
  expect([roleOf([], all), roleOf(['soc'], all)]).toEqual(['read', 'operate']);
  expect(roleOf(['*'], roles)).toBeNull();
});

test.each([
  ['a, b|c', ['a', 'b', 'c']],
  [
    ['a b', 'c,d', 7, null, ''],
    ['a b', 'c,d'],
  ],
  [undefined, []],
  [{ soc: true }, []],
  ['', []],
])('the groups of %j are %j', (value, groups) => {
  expect(groupsIn(value)).toEqual(groups);
});

test.each([
  [['ann@example.com', 'x'], 'ann@example.com'],
  [[undefined, ' ann '], 'ann'],
  [['a\nb', 7, ''], null],
  [['x'.repeat(201)], null],
  [['token:ci'], 'token.ci'],
])('the name of %j is %s', (values, name) => {
  expect(nameIn(values)).toBe(name);
});

// What somebody may do by the groups that an identity provider says they are in.
import type { GroupRole } from '../../kit/access.ts';
import { holdsPrivateUse, holdsUnseen } from '../../kit/unseen.ts';
import { includes, type Permission } from '../../operations/index.ts';

/** The most that any of the groups permits; null: nothing. Pure. */
export function roleOf(groups: readonly string[], roles: readonly GroupRole[]): Permission | null {
  const given = roles.filter(({ group }) => group === '*' || groups.includes(group));
  return given.reduce<Permission | null>(
    (most, { role }) => (most === null || includes(role, most) ? role : most),
    null,
  );
}

/** Of a claim or a header: a list, or a text with commas or bars between the names. */
export function groupsIn(value: unknown): string[] {
  const names = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,|]/) : [];
  return names.flatMap((name) => (typeof name === 'string' && name.trim() ? [name.trim()] : []));
}

const nameLengthMax = 200;

/** The name of a person for the audit log, of the first of these that can be one. */
export function nameIn(values: readonly unknown[]): string | null {
  const found = values.find(
    (value): value is string => typeof value === 'string' && isName(value.trim()),
  );
  // A prefix with a colon is ours: no person is called like a token.
  return found === undefined ? null : found.trim().replace(/^token:/, 'token.');
}

function isName(text: string): boolean {
  if (text === '' || text.length > nameLengthMax) return false;
  return !holdsUnseen(text) && !holdsPrivateUse(text);
}

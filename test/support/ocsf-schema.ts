// Holds a finding against the schema of OCSF 1.8, from which test/fixtures/ocsf-1.8.json was made:
// for each object its attributes with their types, what is required, and what values are known.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

interface ObjectSchema {
  /** `string_t`, `timestamp_t`, the name of an object; with `[]` for a list of them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  readonly at_least_one?: readonly string[];
  /** Attributes that stand there only if `metadata.profiles` names their profile. */
  readonly profiles?: Readonly<Record<string, string>>;
  readonly enums?: Readonly<Record<string, readonly number[]>>;
}

const path = new URL('../fixtures/ocsf-1.8.json', import.meta.url);
const { objects } = JSON.parse(readFileSync(path, 'utf8')) as {
  objects: Readonly<Record<string, ObjectSchema>>;
};

/** In words, by place; empty if the schema allows it. */
export function faultsOfFinding(finding: Record<string, unknown>): string[] {
  const { profiles = [] } = finding.metadata as { profiles?: readonly string[] };
  return faultsOf(finding, 'detection_finding', { place: '', profiles });
}

interface Around {
  readonly place: string;
  readonly profiles: readonly string[];
}

function faultsOf(value: Record<string, unknown>, name: string, around: Around): string[] {
  const schema = objects[name]!;
  const { attributes, required, at_least_one: oneOf, profiles = {}, enums = {} } = schema;
  const { place } = around;
  const keys = Object.keys(value);
  const missing = required.filter((key) => !keys.includes(key));
  const hasOne = oneOf === undefined || oneOf.some((key) => keys.includes(key));
  return [
    ...missing.map((key) => `${place}${key} is required`),
    ...(hasOne ? [] : [`${place} has none of ${oneOf.join(', ')}`]),
    ...Object.entries(value).flatMap(([key, one]) => {
      const type = attributes[key];
      if (type === undefined) return [`${place}${key} is no attribute`];
      const profile = profiles[key];
      if (profile !== undefined && !around.profiles.includes(profile))
        return [`${place}${key} needs the profile ${profile}`];
      if (enums[key]?.includes(one as number) === false) return [`${place}${key} is ${one}`];
      return faultsOfType(one, type, { ...around, place: `${place}${key}.` });
    }),
  ];
}

function faultsOfType(value: unknown, type: string, around: Around): string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${around.place} is no list`];
    return value.flatMap((one) => faultsOfType(one, type.slice(0, -2), around));
  }
  if (Object.hasOwn(objects, type)) return faultsOf(value as Record<string, unknown>, type, around);
  return isOfType(value, type) ? [] : [`${around.place} is no ${type}`];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'object') return typeof value === 'object';
  if (type === 'boolean_t') return typeof value === 'boolean';
  if (/^(?:integer|long|timestamp)_t$/.test(type)) return Number.isSafeInteger(value);
  if (typeof value !== 'string' || value === '') return false;
  if (type === 'ip_t') return isIP(value) > 0;
  if (type === 'mac_t') return /^(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(value);
  return true;
}

// The facts of an event that expressions of the configuration can fill in, by their names. Pure.
import type { EventBody } from './event.ts';
import { techniquesIn, wordOf, wordsOf } from './pushed-item.ts';

const device = ['id', 'name', 'os', 'osVersion', 'ip', 'mac', 'domain', 'group', 'policy'] as const;
const file = ['name', 'path', 'script', 'hash', 'type', 'signer'] as const;
const process = ['name', 'path', 'commandLine', 'user'] as const;

export const fieldNames = [
  ...(['status', 'action', 'description', 'comment', 'lastAction', 'trigger'] as const),
  ...(['threatType', 'user', 'target', 'remoteIp', 'recurrence', 'techniques'] as const),
  ...device.map((name) => `device.${name}` as const),
  ...(['tenant.id', 'tenant.name'] as const),
  ...file.map((name) => `file.${name}` as const),
  ...process.map((name) => `process.${name}` as const),
  ...process.map((name) => `parentProcess.${name}` as const),
] as const;
export type FieldName = (typeof fieldNames)[number];

/** Words that become columns. */
const wordMax = 100;

export interface Filled {
  readonly status: string | null;
  readonly action: string | null;
  readonly body: EventBody;
}

/** @param values as the expressions gave them; what has the wrong form is left out */
export function filled(values: ReadonlyMap<FieldName, unknown>): Filled {
  const body: Record<string, unknown> = {};
  let status: string | null = null;
  let action: string | null = null;
  for (const [name, value] of values) {
    if (name === 'status') status = wordOf(value, wordMax) ?? null;
    else if (name === 'action') action = wordOf(value, wordMax) ?? null;
    else put(body, name.split('.'), factOf(name, value));
  }
  return { status, action, body };
}

function factOf(name: FieldName, value: unknown): unknown {
  if (name === 'techniques') return techniquesIn(value);
  if (name === 'recurrence') return countOf(value);
  return wordsOf(value);
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) > 0 ? (count as number) : undefined;
}

function put(body: Record<string, unknown>, [group = '', name]: string[], value: unknown): void {
  if (value === undefined) return;
  if (name === undefined) body[group] = value;
  else body[group] = { ...(body[group] as object | undefined), [name]: value };
}

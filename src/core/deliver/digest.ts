// Many events as one: the digest of a group or a storm, and the event that carries it. Pure. Linear
// in the members; its size is bounded.

import {
  type Counted,
  type Digest,
  type DigestMember,
  type DigestRow,
  digestStream,
  type FileCounted,
  type Severity,
  severityNames,
} from '../../kit/event.ts';
import type { DecidedEvent } from '../../kit/records/decision.ts';
import { cutMiddle, validText } from '../../kit/text.ts';
import { priorityOf } from '../routing/index.ts';

/** What the members have in common. */
export type DigestContext = Pick<Digest, 'kind' | 'before' | 'route' | 'by'>;

/**
 * As many as a screen of a phone shows without scrolling past what matters. Vendors have some
 * twenty types, so eight name nearly all.
 */
const typesMax = 8;
const devicesMax = 8;
const tenantsMax = 8;
/** Each is an incident with a line of its own, and rarely are there more. */
const filesMax = 5;
/** A table that a laptop shows whole; who needs more than that looks into the console. */
const rowsMax = 12;
/** A route may group by each field once; there are eleven. */
const byMax = 12;

/**
 * Code points of each text. One takes six bytes of JSON at most (`\u0001`); with these a digest
 * stays under 60 kB, so that it fits where one event does. A hash of 512 bits has 128 characters.
 */
const lengthsMax = {
  type: 60,
  device: 80,
  tenant: 80,
  file: 80,
  hash: 130,
  itemId: 40,
  by: 80,
  field: 40,
  route: 100,
} as const;
/**
 * Printable ASCII takes two bytes at most. Another link, or a longer one, is left out: cut, it
 * would lead elsewhere.
 */
const link = /^[!-~]{1,400}$/;

/**
 * One pass over the members; what is equal goes by the order in which they are given.
 *
 * @param members at least one
 */
export function composeDigest(members: readonly DigestMember[], context: DigestContext): Digest {
  const severities = severityNames.map(() => 0);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const types = new Map<string, number>();
  const devices = new Map<string, DeviceTally>();
  const tenants = new Map<string, number>();
  const files = new Map<string, FileTally>();
  for (const member of members) {
    const { severity, type, tenant, fileHash, fileName, receivedAtMs } = member;
    const device = deviceKey(member);
    severities[severity]! += 1;
    first = Math.min(first, receivedAtMs);
    last = Math.max(last, receivedAtMs);
    add(types, type);
    if (tenant !== undefined) add(tenants, tenant);
    if (device !== undefined) addDevice(devices, device, member);
    if (fileHash !== undefined) addFile(files, fileHash, fileName, device);
  }
  const areSeveral = tenants.size > 1;
  return {
    kind: context.kind,
    count: members.length,
    before: context.before,
    ...(context.route !== undefined && { route: cut(context.route, 'route') }),
    by: context.by
      .slice(0, byMax)
      .map(({ field, value }) => ({ field: cut(field, 'field'), value: cut(value, 'by') })),
    firstAt: new Date(first).toISOString(),
    lastAt: new Date(last).toISOString(),
    severities,
    types: mostFrequent(types, typesMax, 'type'),
    typeCount: types.size,
    devices: [...devices.values()]
      .reduce(keepFirst(devicesMax, byTally), [])
      .map((one) => deviceCounted(one, areSeveral)),
    deviceCount: devices.size,
    ...(areSeveral && {
      tenants: mostFrequent(tenants, tenantsMax, 'tenant'),
      tenantCount: tenants.size,
    }),
    files: [...files].reduce(keepFirst(filesMax, byCount), []).map(fileCounted),
    fileCount: files.size,
    rows: members.reduce(keepFirst(rowsMax, byUrgency), []).map((row) => rowOf(row, areSeveral)),
  };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

const consoleOf = /^https?:\/\/[^/]+/i;

/**
 * The same for events of one device, whichever stream they came in. Names repeat from tenant to
 * tenant, numbers from console to console.
 */
function deviceKey({
  device,
  deviceId,
  tenant,
  link: page,
  source,
}: DigestMember): string | undefined {
  if (device === undefined) return undefined;
  return JSON.stringify([
    consoleOf.exec(page ?? '')?.[0] ?? source,
    tenant,
    deviceId ?? '',
    deviceId ? '' : device,
  ]);
}

interface DeviceTally {
  count: number;
  readonly name: string;
  readonly tenant: string | undefined;
}

function addDevice(
  devices: Map<string, DeviceTally>,
  key: string,
  { device = '', tenant }: DigestMember,
): void {
  const tally = devices.get(key);
  if (tally === undefined) devices.set(key, { count: 1, name: device, tenant });
  else tally.count += 1;
}

const byTally = (a: DeviceTally, b: DeviceTally): number => b.count - a.count;

function deviceCounted({ name, count, tenant }: DeviceTally, isTenantNamed: boolean): Counted {
  const named = isTenantNamed && tenant !== undefined && { tenant: cut(tenant, 'tenant') };
  return { name: cut(name, 'device'), count, ...named };
}

interface FileTally {
  count: number;
  name: string | undefined;
  readonly devices: Set<string>;
}

function addFile(
  files: Map<string, FileTally>,
  hash: string,
  name?: string,
  device?: string,
): void {
  let tally = files.get(hash);
  if (tally === undefined) {
    tally = { count: 0, name, devices: new Set() };
    files.set(hash, tally);
  }
  tally.count += 1;
  tally.name ??= name;
  if (device !== undefined) tally.devices.add(device);
}

/** A reducer that keeps the first `max` in the order of `compare`; of equal ones, the earlier. */
function keepFirst<T>(max: number, compare: (a: T, b: T) => number): (kept: T[], next: T) => T[] {
  return (kept, next) => {
    let at = kept.length;
    while (at > 0 && compare(next, kept[at - 1]!) < 0) at -= 1;
    if (at < max) kept.splice(at, 0, next);
    if (kept.length > max) kept.pop();
    return kept;
  };
}

const byCount = ([, a]: [string, FileTally], [, b]: [string, FileTally]): number =>
  b.count - a.count;

function byUrgency(a: DigestMember, b: DigestMember): number {
  return (
    priorityOf(a.severity) - priorityOf(b.severity) ||
    a.receivedAtMs - b.receivedAtMs ||
    a.eventId - b.eventId
  );
}

function mostFrequent(
  counts: ReadonlyMap<string, number>,
  max: number,
  kind: keyof typeof lengthsMax,
): Counted[] {
  const kept = [...counts].reduce(
    keepFirst<[string, number]>(max, ([, a], [, b]) => b - a),
    [],
  );
  return kept.map(([name, count]) => ({ name: cut(name, kind), count }));
}

function fileCounted([hash, { count, name, devices }]: [string, FileTally]): FileCounted {
  const named = name !== undefined && { name: cut(name, 'file') };
  return { hash: cut(hash, 'hash'), ...named, count, devices: devices.size };
}

function rowOf(member: DigestMember, isTenantNamed: boolean): DigestRow {
  const { device, tenant, fileName, itemId } = member;
  return {
    id: member.eventId,
    severity: member.severity,
    type: cut(member.type, 'type'),
    ...(device !== undefined && { device: cut(device, 'device') }),
    ...(isTenantNamed && tenant !== undefined && { tenant: cut(tenant, 'tenant') }),
    ...(fileName !== undefined && { file: cut(fileName, 'file') }),
    at: new Date(member.receivedAtMs).toISOString(),
    ...(itemId !== undefined && { itemId: cut(itemId, 'itemId') }),
    ...(member.link !== undefined && link.test(member.link) && { link: member.link }),
  };
}

function cut(text: string, kind: keyof typeof lengthsMax): string {
  return validText(cutMiddle(text, lengthsMax[kind]));
}

/** So few are not worth a digest of a part. */
const partMin = 3;

/**
 * How a digest that is not accepted is split: what its table shows, whose text is most likely the
 * reason, and two halves of the rest; of few, two halves, and at last single cards. Nothing is left
 * out.
 *
 * @param members in the order of the digest's rows
 */
export function partsOf<Member>(members: readonly Member[]): {
  readonly digests: readonly (readonly Member[])[];
  readonly cards: readonly Member[];
} {
  const shown = members.length > rowsMax ? rowsMax : Math.ceil(members.length / 2);
  const middle = shown + Math.ceil((members.length - shown) / 2);
  const parts = [members.slice(0, shown), members.slice(shown, middle), members.slice(middle)];
  return {
    digests: parts.filter(({ length }) => length >= partMin),
    cards: parts.filter(({ length }) => length < partMin).flat(),
  };
}

/**
 * Before every single card: the digest speaks for many, and is what stands for them until it was
 * sent.
 */
const digestPriority = 0;

/**
 * The event that carries the digest to one sink.
 *
 * @param id a UUID, the digest's own: stored twice, it is there once
 * @param route whose settings for the sink hold; its whole name, which the digest may have cut
 */
export function digestEvent(
  digest: Digest,
  id: string,
  sink: string,
  route?: string,
): DecidedEvent {
  const decision = { sink, state: 'pending' as const, reason: null, priority: digestPriority };
  return {
    routes: [],
    decisions: [{ ...decision, ...(route !== undefined && { route }) }],
    draft: {
      externalId: `digest:${id}`,
      subject: digest.kind,
      stream: digestStream,
      type: 'DIGEST',
      severity: mostSevere(digest.severities),
      status: null,
      action: null,
      occurredAt: digest.lastAt,
      body: { digest },
      raw: JSON.stringify(digest),
    },
  };
}

/** HIGH rather than unknown, which ranks with it. */
function mostSevere(severities: readonly number[]): Severity {
  const present = ([5, 4, 3, 2, 1, 0] as const).filter((severity) => severities[severity]! > 0);
  return present.reduce((found, next) => (priorityOf(next) < priorityOf(found) ? next : found));
}

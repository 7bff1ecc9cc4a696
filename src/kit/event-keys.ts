// By what an event is found: its id, subject, file hash, device, users and addresses, each as a
// number of 32 bits that the database indexes. Two values may share a number, so whoever finds an
// event by its number compares the value itself. Pure.
import type { EventDraft } from './event.ts';

export const keyKinds = ['id', 'subject', 'hash', 'device', 'user', 'ip'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** What the keys of an event are made of. */
export type KeyedEvent = Pick<EventDraft, 'externalId' | 'subject' | 'body'>;

/** Users and addresses that one text may list; attackers write some of these texts. */
const entriesMax = 20;
/** Values are compared up to this length. */
const lengthMax = 300;

/** A signed number of 32 bits. Blanks around the value and capital letters do not count. */
export function keyOf(kind: KeyKind, value: string): number {
  const { length } = value;
  if (length > lengthMax) return hashOf(kind, comparable(value));
  let hash = seeds[kind];
  for (let index = 0; index < length; index += 1) {
    const code = value.charCodeAt(index);
    const isEdge = index === 0 || index === length - 1;
    if (code > 0x7f || (isEdge && code <= 0x20)) return hashOf(kind, comparable(value));
    hash = Math.imul(hash ^ (code >= 0x41 && code <= 0x5a ? code + 0x20 : code), prime);
  }
  return mixed(hash);
}

/**
 * Each number once. None for the notices and digests of Tocsin itself, and none for an id or a
 * subject that {@link externalIdOf} leads to: each number costs an entry in the index.
 */
export function keysOf(event: KeyedEvent): number[] {
  const keys: number[] = [];
  visit(event, (kind, value) => {
    if (isExternal(event, kind, value)) return;
    const key = keyOf(kind, value);
    if (!keys.includes(key)) keys.push(key);
  });
  return keys;
}

/** Whether the event has the value. */
export function isFoundBy(event: KeyedEvent, kind: KeyKind, value: string): boolean {
  const wanted = comparable(value);
  let isFound = false;
  visit(event, (known, text) => {
    isFound ||= known === kind && comparable(text) === wanted;
  });
  return isFound;
}

/**
 * The external id of an event that has the value and no key for it, if there is one; undefined for
 * a kind that always has its keys.
 */
export function externalIdOf(kind: KeyKind, value: string): string | undefined {
  const text = comparable(value);
  if (kind === 'id') return text;
  return kind === 'subject' ? text.slice(text.indexOf('/') + 1) : undefined;
}

function isExternal({ externalId }: KeyedEvent, kind: KeyKind, value: string): boolean {
  return (
    (kind === 'id' || kind === 'subject') &&
    externalIdOf(kind, value) === externalId &&
    comparable(value) === value
  );
}

/** Shows each value that the event has; some of them twice. */
function visit(event: KeyedEvent, show: (kind: KeyKind, value: string) => void): void {
  const { body, externalId, subject } = event;
  if (body.notice !== undefined || body.digest !== undefined) return;
  const { device, file, itemId, user, remoteIp } = body;
  show('id', bareId(externalId));
  if (itemId) show('id', itemId);
  show('subject', subject);
  if (file?.hash) show('hash', file.hash);
  if (device?.name) show('device', device.name);
  if (device?.id) show('device', device.id);
  if (user) visitUsers(user, show);
  if (device?.ip) visitAddresses(device.ip, show);
  if (remoteIp) visitAddresses(remoteIp, show);
}

/** Without the generation of its source; see `externalIdIn`. */
function bareId(externalId: string): string {
  return externalId.startsWith('g') ? externalId.replace(/^g\d+\//, '') : externalId;
}

/** Of `SHOP\ann, bob`: the whole, `SHOP\ann`, `ann` and `bob`. */
function visitUsers(text: string, show: (kind: KeyKind, value: string) => void): void {
  show('user', text);
  if (!/[,\\]/.test(text)) return;
  for (const one of text.split(',', entriesMax)) {
    if (one.trim() === '') continue;
    show('user', one);
    const slash = one.lastIndexOf('\\');
    if (slash >= 0) show('user', one.slice(slash + 1));
  }
}

function visitAddresses(text: string, show: (kind: KeyKind, value: string) => void): void {
  if (!/[\s,;|]/.test(text)) {
    show('ip', text);
    return;
  }
  for (const one of text.split(/[\s,;|]+/, entriesMax)) if (one !== '') show('ip', one);
}

function comparable(value: string): string {
  return value.trim().toLowerCase().slice(0, lengthMax);
}

/** FNV-1a. */
const prime = 0x01000193;
const offset = 0x811c9dc5;
const seeds = Object.fromEntries(
  keyKinds.map((kind, index) => [kind, Math.imul(offset ^ (index + 1), prime)]),
) as Readonly<Record<KeyKind, number>>;

function hashOf(kind: KeyKind, text: string): number {
  let hash = seeds[kind];
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  return mixed(hash);
}

/** Spreads the bits, as MurmurHash3 does at its end. */
function mixed(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) | 0;
}

// An event as a Detection Finding of OCSF 1.8 (class 2004), as far as its facts have a place there.
// What has none, or is no such thing (an address that is none), is in `unmapped`. Pure.
import { z } from 'zod';
import { plainText } from './card.ts';
import type { EventBody, Process, StoredEvent } from './event.ts';
import { shortEvent } from './short-event.ts';
import type { Message } from './sink.ts';

/** OCSF's own names of the severities, by number. */
const severities = ['Unknown', 'Informational', 'Low', 'Medium', 'High', 'Critical'] as const;

export function findingOf(message: Message, deliveryId: string): object {
  const { card, event: whole, form } = message;
  const event = form === 'full' ? whole : shortEvent(whole);
  const { severity, occurredAt, receivedAt } = event;
  const isBare = form === 'bare';
  const body = isBare ? {} : event.body;
  const headline = plainText(card.headline);
  return present({
    category_uid: 2,
    class_uid: 2004,
    activity_id: 1,
    type_uid: 200401,
    time: Date.parse(occurredAt ?? receivedAt),
    severity_id: severity,
    severity: severities[severity],
    status_id: isBare ? 0 : statusOf(event.status),
    // An unknown severity counts as HIGH, as it does for whom a card pings.
    is_alert: severity === 0 || severity >= 4,
    message: headline,
    metadata: present({
      version: '1.8.0',
      profiles: ['security_control'],
      uid: deliveryId,
      product: { name: 'Tocsin', vendor_name: 'Tocsin' },
      logged_time: Date.parse(receivedAt),
      log_name: event.source,
      original_event_uid: body.itemId,
      tenant_uid: body.tenant?.id ?? body.tenant?.name,
    }),
    finding_info: present({
      uid: isBare ? String(event.id) : event.externalId,
      title: headline,
      desc: body.description,
      src_url: card.link,
      types: isBare ? undefined : [event.type],
      attacks: attacksOf(body),
    }),
    attacks: attacksOf(body),
    device: deviceOf(body),
    evidences: evidencesOf(body),
    observables: observablesOf(body),
    unmapped: unmappedOf(message, isBare ? undefined : event),
  });
}

/** Words that vendors have for the states of a finding, by OCSF's number of each. */
const statuses: readonly (readonly [number, RegExp])[] = [
  [1, /^(?:new|open|opened|re_?open|reopened|active|unresolved)$/],
  [2, /^(?:in_?progress|acknowledged|assigned|under_?review|investigating)$/],
  [3, /^(?:suppressed|ignored|dismissed|muted|false_?positive)$/],
  [4, /^(?:closed|resolved|fixed|remediated|mitigated|done)$/],
];

/** 0 of an event that says nothing; 99 for a word that is none of these, which `unmapped` has. */
function statusOf(status: string | null): number {
  if (status === null || status === '') return 0;
  const word = status.toLowerCase().replace(/[\s-]+/g, '_');
  return statuses.find(([, words]) => words.test(word))?.[0] ?? 99;
}

function deviceOf({ device = {} }: EventBody): object | undefined {
  const { id, name, ip, mac, domain } = device;
  const hostname = name ?? id;
  if (hostname === undefined) return undefined;
  return present({ type_id: 0, uid: id, hostname, ip: ipOf(ip), mac: macOf(mac), domain });
}

function macOf(text = ''): string | undefined {
  return /^(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(text) ? text : undefined;
}

function evidencesOf({ file, process, user }: EventBody): object[] | undefined {
  // A file must have a name.
  const name = file?.name || file?.path || file?.hash;
  const hashes = hashesOf(file?.hash);
  const evidence = present({
    file: name && present({ name, path: file?.path, size: file?.size, type_id: 1, hashes }),
    process: processOf(process),
    user: user && { name: user },
  });
  return Object.keys(evidence).length === 0 ? undefined : [evidence];
}

/** OCSF knows a process by its number alone. */
function processOf(process: Process | undefined): object | undefined {
  if (process?.id === undefined) return undefined;
  return present({ name: process.name, pid: process.id, cmd_line: process.commandLine });
}

/** By the length of the hash: MD5, SHA-1, SHA-256, SHA-512. */
const algorithms: Readonly<Record<number, number>> = { 32: 1, 40: 2, 64: 3, 128: 4 };

function hashesOf(hash = ''): object[] | undefined {
  const algorithm = algorithms[hash.length];
  return algorithm === undefined ? undefined : [{ algorithm_id: algorithm, value: hash }];
}

function attacksOf({ techniques = [] }: EventBody): object[] | undefined {
  const attacks = techniques.map(({ id, name, tactic }) => {
    const one = present({ uid: id, name });
    if (id.startsWith('TA')) return { tactic: one };
    return present({ technique: one, tactic: tactic && { name: tactic } });
  });
  return attacks.length === 0 ? undefined : attacks;
}

/** What can be searched for, each with OCSF's number of its kind. */
function observablesOf({ device, user, file }: EventBody): object[] | undefined {
  const all = [
    { name: 'device.hostname', type_id: 1, value: device?.name },
    { name: 'device.ip', type_id: 2, value: ipOf(device?.ip) },
    { name: 'evidences.user.name', type_id: 4, value: user },
    { name: 'evidences.file.name', type_id: 7, value: file?.name },
    { name: 'evidences.file.hashes.value', type_id: 8, value: hashesOf(file?.hash) && file?.hash },
    { name: 'evidences.file.path', type_id: 45, value: file?.path },
  ];
  const found = all.filter(({ value }) => value !== undefined);
  return found.length === 0 ? undefined : found;
}

const address = z.union([z.ipv4(), z.ipv6()]);

function ipOf(text: string | undefined): string | undefined {
  return address.safeParse(text).data;
}

/** @param event undefined if nothing of it is passed on */
function unmappedOf({ delayed, mayBeRepeated }: Message, event?: StoredEvent): object {
  const { status, action, body = {} } = event ?? {};
  const { lastAction: last_action, severityRaw: severity, tenant, digest, notice } = body;
  const { ip, mac } = body.device ?? {};
  return present({
    ...{ status, action, last_action, severity, tenant, digest, notice },
    device_ip: ipOf(ip) === undefined ? ip : undefined,
    device_mac: macOf(mac) === undefined ? mac : undefined,
    file_hash: hashesOf(body.file?.hash) === undefined ? body.file?.hash : undefined,
    delayed,
    may_be_repeated: mayBeRepeated,
  });
}

function present(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined && value !== null),
  );
}

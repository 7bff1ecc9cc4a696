// One item of the wire, of any release from 2.3 to 5.x -> EventDraft. Never throws: what cannot be
// understood is delivered as UNRECOGNISED, with its bytes. Every enum is open. Pure.
import { createHash } from 'node:crypto';
import { type EventBody, type EventDraft, unparsedRaw } from '../../kit/event.ts';
import { filledLink, frontPageOf } from '../../kit/link-pattern.ts';
import { countOf, firstText, objectOf, objectsOf, present, textOf, type Wire } from './field.ts';
import { fileOf } from './file.ts';
import { isObject, type WireItem } from './page.ts';
import { processesOf } from './process.ts';
import { severityOf } from './severity.ts';
import type { Stream } from './stream.ts';
import { techniquesOf } from './techniques.ts';
import { timeOf } from './time.ts';

export interface NormaliseContext {
  readonly stream: Stream;
  /**
   * From the configuration: the console's address, or that of an event with `{id}` for its number;
   * undefined: events have no link.
   */
  readonly link: string | undefined;
  /** Another item was stored under its number before. */
  readonly isNumberTaken?: boolean;
}

/**
 * The pattern of links to the console.
 * @param config of the source that reads the event
 */
export function linkOf(config: {
  readonly url: string;
  readonly event_link?: string | undefined;
}): string {
  return config.event_link ?? `${config.url}/`;
}

/** An event without a number has no page of its own. */
function linkTo(link: string | undefined, id: number | undefined): string | undefined {
  if (!link?.includes('{id}')) return link;
  const whole = filledLink(link, 'id', String(id ?? 0));
  return id === undefined ? frontPageOf(whole) : whole;
}

const unrecognised = 'UNRECOGNISED';
const noSources: ReadonlyMap<string, string> = new Map();
/** Words of the vendor that become columns. */
const wordLengthMax = 100;

export function normalise(item: WireItem, context: NormaliseContext): EventDraft {
  const externalId = externalIdOf(item, context);
  const wire = isObject(item.value) ? item.value : {};
  const type = typeof wire.type === 'string' ? textOf(wire.type, wordLengthMax) : undefined;
  const isRecognised = item.id !== undefined && type !== undefined;
  // The type may be unclear where the severity is not.
  const hasSeverity = isRecognised || textOf(wire.threat_severity) !== undefined;
  return {
    externalId,
    subject: `${context.stream}/${externalId}`,
    stream: context.stream,
    type: isRecognised ? type : unrecognised,
    severity: hasSeverity
      ? severityOf(textOf(wire.threat_severity), type ?? unrecognised, context.stream)
      : 0,
    status: wordOf(wire.status),
    action: wordOf(wire.action),
    occurredAt: timeOf(wire.timestamp),
    body: bodyOf(wire, item.id, type ?? unrecognised, context),
    raw: item.value === undefined ? unparsedRaw(item.raw) : item.raw,
  };
}

/** Its number; a hash of its bytes if it has none; with the time if another had the number. */
function externalIdOf(
  { id, at, raw }: WireItem,
  { isNumberTaken = false }: NormaliseContext,
): string {
  if (id === undefined) return `sha256:${sha256(raw)}`;
  return isNumberTaken ? `${id}@${timeOf(at) ?? 'unknown'}` : String(id);
}

function bodyOf(
  wire: Wire,
  id: number | undefined,
  type: string,
  context: NormaliseContext,
): EventBody {
  const sources = sourcesOf(wire.source);
  const { file, rule } = fileOf(wire, type, sources);
  const { process, parentProcess } = processesOf(wire, sources);
  const recurrence = countOf(wire.reoccurrence_count);
  const body: { [K in keyof EventBody]: EventBody[K] | undefined } = {
    itemId: id === undefined ? undefined : String(id),
    severityRaw: textOf(wire.threat_severity, wordLengthMax),
    observedAt: timeOf(wire.insertion_timestamp) ?? undefined,
    lastAction: textOf(wire.last_action, wordLengthMax),
    trigger: textOf(wire.trigger, wordLengthMax),
    // The second is what the first was called until 3.x.
    threatType: firstText(wire, 'threat_type', 'deep_classification'),
    description: sentences(firstText(wire, 'description'), rule),
    comment: firstText(wire, 'comment'),
    device: deviceOf(wire),
    user: firstText(deviceInfoOf(wire), 'logged_in_users') ?? firstText(wire, 'username'),
    tenant: tenantOf(wire),
    file,
    process,
    parentProcess,
    target:
      firstText(wire, 'target_process_path', 'target_file', 'registry_path') ??
      sources.get('REGISTRY_PATH'),
    remoteIp: firstText(wire, 'remote_ip', 'destination_ip'),
    techniques: techniquesOf(wire.mitre_classifications),
    // 2.3 counts what came after the first, 5.x counts the first.
    recurrence: recurrence === undefined ? undefined : Math.max(1, recurrence),
    affectedDevices: countOf(wire.affected_device),
    link: linkTo(context.link, id),
  };
  return present<EventBody>(body) ?? {};
}

function deviceOf(wire: Wire): EventBody['device'] {
  const info = deviceInfoOf(wire);
  const id = textOf(wire.device_id, wordLengthMax);
  return present<NonNullable<EventBody['device']>>({
    id,
    name:
      firstText(info, 'hostname') ??
      firstText(wire, 'device_name') ??
      (id === undefined ? undefined : `device #${id}`),
    os: firstText(info, 'os'),
    osVersion: firstText(info, 'osv'),
    ip: firstText(info, 'ip_address'),
    mac: firstText(info, 'mac_address'),
    domain: firstText(info, 'domain'),
    group: firstText(info, 'group_name'),
    policy: firstText(info, 'policy_name'),
    agentVersion: firstText(info, 'agent_version'),
  });
}

function tenantOf(wire: Wire): EventBody['tenant'] {
  return present<NonNullable<EventBody['tenant']>>({
    name: firstText(wire, 'tenant_name') ?? firstText(deviceInfoOf(wire), 'tenant_name'),
    id: textOf(wire.tenant_id, wordLengthMax),
    provider: firstText(wire, 'msp_name'),
  });
}

function deviceInfoOf(wire: Wire): Wire {
  return objectOf(wire.recorded_device_info);
}

/**
 * `source` of suspicious events since 3.x: an object by the vendor's description, in truth a list
 * of `{type, value}`.
 */
function sourcesOf(value: unknown): ReadonlyMap<string, string> {
  if (value === undefined) return noSources;
  const sources = new Map<string, string>();
  for (const entry of objectsOf(value, 50)) {
    const type = textOf(entry.type);
    const text = textOf(entry.value);
    if (type !== undefined && text !== undefined && !sources.has(type)) sources.set(type, text);
  }
  return sources;
}

function sentences(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined || second === undefined ? (first ?? second) : `${first} ${second}`;
}

function wordOf(value: unknown): string | null {
  return textOf(value, wordLengthMax) ?? null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// The fields of an event's card in their order: what each shows, and how much of it. An absent
// value makes no field. The limits keep a card with every field within 90 blocks and 16,000 code
// points, as tests check.
import { type EventBody, type Process, type StoredEvent, severityNames } from '../../kit/event.ts';
import { code, fence, sealed } from './escape.ts';
import type { Labels } from './locales/en.ts';
import type { Wording } from './wording.ts';

export interface CardField {
  readonly title: string;
  readonly value: string;
  readonly short: boolean;
}

interface View {
  readonly event: StoredEvent;
  readonly body: EventBody;
  readonly wording: Wording;
  readonly showTenant: boolean;
  /** Code points of the value, without its delimiters. */
  readonly max: number;
}

interface FieldRule {
  readonly label: keyof Labels | ((event: StoredEvent) => keyof Labels);
  readonly isShort: boolean;
  /** Code points of the value in a full card, and in a short one. */
  readonly max: readonly [full: number, short: number];
  value(view: View): string | undefined;
}

const rules: readonly FieldRule[] = [
  half(
    'eventId',
    100,
    24,
    ({ body, event, max }) => code(body.itemId, max) ?? code(`#${event.id}`, max),
  ),
  half('type', 160, 36, typeOf),
  half('severity', 60, 16, severityOf),
  half('status', 60, 16, ({ event, max }) => code(event.status, max)),
  half('action', 60, 20, ({ event, max }) => code(event.action, max)),
  half('lastAction', 80, 24, lastActionOf),
  half('device', 200, 36, ({ body, max }) => code(deviceName(body), max)),
  half('ip', 120, 36, ipOf),
  half('user', 250, 26, ({ body, max }) => code(body.user, max)),
  half('os', 160, 20, ({ body, max }) =>
    joined(' ', [body.device?.os, body.device?.osVersion], max),
  ),
  half('threatType', 100, 24, ({ body, max }) => code(body.threatType, max)),
  half('tenant', 250, 36, tenantOf),
  half('recurrence', 20, 20, ({ body }) => countOf(body.recurrence)),
  half('affectedDevices', 20, 20, ({ body }) => countOf(body.affectedDevices)),
  half('techniques', 600, 32, techniquesOf),
  half('fileName', 300, 44, ({ body, max }) => code(body.file?.name, max)),
  wide('path', 1500, 70, ({ body, max }) => code(body.file?.path, max)),
  wide('script', 3000, 90, ({ body, max }) => fence(body.file?.script, max)),
  wide('fileHash', 200, 70, ({ body, max }) => code(body.file?.hash, max)),
  wide('description', 2000, 60, descriptionOf),
  wide('process', 1500, 50, ({ body, max }) => processOf(body.process, max)),
  wide('parentProcess', 1500, 50, ({ body, max }) => processOf(body.parentProcess, max)),
  wide('target', 1000, 40, ({ body, max }) => code(body.target, max)),
  wide(timeLabel, 60, 60, ({ event, wording }) => wording.time(timeOf(event))),
];

function half(
  label: FieldRule['label'],
  full: number,
  short: number,
  value: FieldRule['value'],
): FieldRule {
  return { label, isShort: true, max: [full, short], value };
}

function wide(
  label: FieldRule['label'],
  full: number,
  short: number,
  value: FieldRule['value'],
): FieldRule {
  return { label, isShort: false, max: [full, short], value };
}

export function fieldsOf(
  event: StoredEvent,
  wording: Wording,
  showTenant: boolean,
  isCut: boolean,
): CardField[] {
  const fields: CardField[] = [];
  const view = { event, body: event.body, wording, showTenant, max: 0 };
  for (const { label, isShort, max, value } of rules) {
    view.max = max[isCut ? 1 : 0];
    const shown = value(view);
    if (shown === undefined) continue;
    const name = typeof label === 'function' ? label(event) : label;
    fields.push({ title: wording.labels[name], value: sealed(shown), short: isShort });
  }
  return fields;
}

/** When the event happened, or the nearest time that is known. */
export function timeOf(event: StoredEvent): string {
  return nearestTime(event).iso;
}

/** Names the time of {@link timeOf}: a time of arrival must not look like that of an attack. */
export function timeLabel(event: StoredEvent): 'timestamp' | 'timeObserved' | 'timeReceived' {
  return nearestTime(event).label;
}

function nearestTime({ occurredAt, body, receivedAt }: StoredEvent) {
  const isTime = (iso: string | null | undefined): iso is string =>
    !Number.isNaN(Date.parse(iso ?? ''));
  if (isTime(occurredAt)) return { iso: occurredAt, label: 'timestamp' } as const;
  if (isTime(body.observedAt)) return { iso: body.observedAt, label: 'timeObserved' } as const;
  return { iso: receivedAt, label: 'timeReceived' } as const;
}

export function deviceName({ device }: EventBody): string | undefined {
  return device?.name ?? (device?.id === undefined ? undefined : `#${device.id}`);
}

/** Whether the last action failed: the attack was PREVENTED, but the file is still there. */
export function hasFailed(lastAction: string | undefined): boolean {
  return lastAction !== undefined && /fail/i.test(lastAction);
}

/** With the trigger, which may say more than the type: RANSOMWARE behind STATIC_ANALYSIS. */
function typeOf({ event, body, max }: View): string | undefined {
  return each(' · ', [event.type, body.trigger === event.type ? undefined : body.trigger], max);
}

function severityOf({ event, body, max }: View): string {
  const name = severityNames[event.severity];
  const raw = body.severityRaw === name ? undefined : code(body.severityRaw, max);
  return raw === undefined ? name : `${name} (${raw})`;
}

function lastActionOf({ body, max }: View): string | undefined {
  const shown = code(body.lastAction, max);
  return shown !== undefined && hasFailed(body.lastAction) ? `⚠ ${shown}` : shown;
}

function ipOf({ body, wording, max }: View): string | undefined {
  const own = code(body.device?.ip, max / 2);
  const remote = code(body.remoteIp, max / 2);
  if (remote === undefined) return own;
  return `${own === undefined ? '' : `${own} · `}${wording.labels.remote} ${remote}`;
}

function tenantOf({ body, showTenant, max }: View): string | undefined {
  return showTenant ? each(' / ', [body.tenant?.name, body.tenant?.provider], max) : undefined;
}

function countOf(count: number | undefined): string | undefined {
  return count !== undefined && count > 1 ? String(count) : undefined;
}

const techniquesMax = 8;

function techniquesOf({ body, max }: View): string | undefined {
  const texts = (body.techniques ?? []).map(({ id, name }) =>
    name === undefined ? id : `${id} ${name}`,
  );
  const shown = each(', ', texts.slice(0, techniquesMax), max);
  const more = texts.length - techniquesMax;
  return more > 0 && shown !== undefined ? `${shown} +${more}` : shown;
}

/** In code, because a word in running text notifies readers who have it as a keyword. */
function descriptionOf({ body, max }: View): string | undefined {
  const parts = [
    code(body.description, Math.floor(max * 0.7)),
    code(body.comment, Math.floor(max * 0.3)),
  ];
  return parts.filter((part) => part !== undefined).join(' — ') || undefined;
}

function processOf(process: Process | undefined, max: number): string | undefined {
  if (process === undefined) return undefined;
  const { name, path, commandLine, user, id } = process;
  const main = commandLine ?? path ?? name;
  const isNamed = name === undefined || (main ?? '').slice(0, 5_000).includes(name);
  const parts = [
    isNamed ? undefined : code(name, Math.floor(max * 0.15)),
    code(main, Math.floor(max * 0.65)),
    code(user, Math.floor(max * 0.15)),
    id === undefined ? undefined : `PID ${Math.trunc(id)}`,
  ];
  const shown = parts.filter((part) => part !== undefined).join(' · ');
  return shown === '' ? undefined : shown;
}

/** All texts in one piece of inline code. */
function joined(
  between: string,
  texts: readonly (string | undefined)[],
  max: number,
): string | undefined {
  return code(texts.filter((text) => text !== undefined).join(between), max);
}

/** Each text in its own inline code, with an equal share of `max`. */
function each(
  between: string,
  texts: readonly (string | undefined)[],
  max: number,
): string | undefined {
  const share = Math.floor(max / Math.max(1, texts.length));
  const parts = texts.map((text) => code(text, share)).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(between);
}

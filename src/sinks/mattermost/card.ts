// One event -> one Mattermost post: a searchable line of text and one attachment. Pure. Bounded well under every limit of the server.
import type { EventBody, Severity, StoredEvent } from '../../core/event.ts';
import type { Message, MessageForm } from '../../core/sink.ts';
import { code, fence } from './escape.ts';
import type { Label, Words } from './locales/en.ts';

/** By severity number. */
const colours = ['#808080', '#0099FF', '#00FF00', '#FFD700', '#FF6600', '#FF0000'] as const;
const signs = ['⚪', '🔵', '🟢', '🟡', '🟠', '🔴'] as const;
const footer = 'Deep Instinct Security';

interface Field {
  readonly title: string;
  readonly value: string;
  readonly short: boolean;
}

export interface Post {
  text: string;
  channel?: string;
  attachments: {
    fallback: string;
    color: string;
    title?: string;
    title_link?: string;
    text?: string;
    fields?: Field[];
    footer?: string;
  }[];
  props: { tocsin: { delivery_id: string; event_id: number; source: string } };
}

/** Code points that one value may have, by form. */
const limits: Readonly<Record<MessageForm, { short: number; long: number; script: number }>> = {
  full: { short: 200, long: 1000, script: 3000 },
  short: { short: 60, long: 120, script: 200 },
  bare: { short: 0, long: 0, script: 0 },
};

export interface CardOptions {
  readonly words: Words;
  readonly timeZone: string;
  /** Configured text that may notify people, put before the line of a CRITICAL event. */
  readonly mention?: string | undefined;
}

/** The whole post for a message, in the form that it asks for. */
export function cardOf(message: Message, deliveryId: string, options: CardOptions): Post {
  const { event } = message;
  const { words } = options;
  const props = { tocsin: { delivery_id: deliveryId, event_id: event.id, source: event.source } };
  const color = colours[event.severity];
  const sign = signs[event.severity];
  if (event.body.notice) {
    const text = `${sign} ${noticeText(event, options)}`;
    return { text: '', attachments: [{ fallback: text, color, text }], props };
  }
  const title = event.stream === 'suspicious' ? words.titles.suspicious : words.titles.event;
  const delayed = message.delayed && words.delayed(Math.round(message.delayed.seconds / 60), message.delayed.reason);
  const link = safeLink(event.body.link);
  const line = lineOf(message, options);
  const attachment = {
    fallback: line,
    color,
    title: `${sign} ${title}`,
    ...(link && { title_link: link }),
    ...((delayed || message.form === 'bare') && {
      text: [delayed, message.form === 'bare' ? words.textLeftOut : undefined].filter(Boolean).join('\n'),
    }),
    fields: fieldsOf(message, options),
    footer,
  };
  return { text: line, attachments: [attachment], props };
}

function lineOf({ event, form }: Message, { words, mention }: CardOptions): string {
  const { body } = event;
  const max = limits[form].short;
  const parts =
    form === 'bare'
      ? []
      : [code(event.type, max), code(body.device?.name, max), code(body.file?.name, max), code(body.file?.hash, 130)];
  const alarm = event.severity === 5 && mention ? `${mention} ` : '';
  return `${alarm}${signs[event.severity]} **${words.severities[event.severity]}** ${parts.filter(Boolean).join(' · ')}`.trimEnd();
}

function noticeText(event: StoredEvent, { words, timeZone }: CardOptions): string {
  const { kind, values } = event.body.notice!;
  const safe = Object.entries(values).map(([key, value]) => {
    const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? timeText(value, timeZone) : undefined;
    return [key, code(time ?? value, 600) ?? '–'];
  });
  return words.notices[kind](Object.fromEntries(safe));
}

function fieldsOf(message: Message, options: CardOptions): Field[] {
  const { event, form } = message;
  const { body } = event;
  const { short, long, script } = limits[form];
  const { labels, severities } = options.words;
  const fields: Field[] = [];
  const add = (label: Label, value: string | undefined, isShort = true) => {
    if (value !== undefined) fields.push({ title: labels[label], value, short: isShort });
  };
  const severity = severities[event.severity];
  add('id', code(/^\d{1,20}$/.test(body.itemId ?? '') ? body.itemId : String(event.id), 20));
  add(
    'severity',
    form === 'bare' ? severity : [severity, rawSeverity(event.severity, body, short)].filter(Boolean).join(' '),
  );
  if (form !== 'bare') {
    add('type', code(event.type, short));
    add('status', code(event.status, short));
    add('action', code(event.action, short));
    add('lastAction', lastAction(body.lastAction, short));
    add('device', code(body.device?.name, short));
    add('ip', code(body.device?.ip, short));
    add('user', code(body.user, short));
    add('os', code([body.device?.os, body.device?.osVersion].filter(Boolean).join(' '), short));
    add('threatType', code(body.threatType, short));
    if (message.showTenant)
      add('tenant', code([body.tenant?.provider, body.tenant?.name].filter(Boolean).join(' / '), short));
    if ((body.recurrence ?? 1) > 1) add('recurrence', `${body.recurrence}×`);
    if ((body.affectedDevices ?? 1) > 1) add('affectedDevices', String(body.affectedDevices));
    add('remoteIp', code(body.remoteIp, short));
    add('fileName', code(body.file?.name, short));
    add('hash', code(body.file?.hash, 130), false);
    add('path', code(body.file?.path, long), false);
    add('script', fence(body.file?.script, script), false);
    add('description', code(body.description, long), false);
    add('process', processText(body.process, long), false);
    add('parentProcess', processText(body.parentProcess, long), false);
    add('target', code(body.target, long), false);
    add('techniques', techniques(body, short), false);
  }
  if (event.occurredAt) add('time', timeText(event.occurredAt, options.timeZone), form !== 'bare');
  return fields;
}

/** The vendor's own word, where it says something else than ours. */
function rawSeverity(severity: Severity, body: EventBody, max: number): string | undefined {
  const usual = ['', 'INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'][severity];
  return body.severityRaw === undefined || body.severityRaw === usual ? undefined : code(body.severityRaw, max);
}

/** PREVENTED and then QUARANTINE_FAILED is news. */
function lastAction(text: string | undefined, max: number): string | undefined {
  const shown = code(text, max);
  return shown && text?.endsWith('_FAILED') ? `⚠️ ${shown}` : shown;
}

function processText(process: EventBody['process'], max: number): string | undefined {
  if (!process) return undefined;
  const parts = [code(process.name ?? process.path, 200), code(process.commandLine, max), code(process.user, 100)];
  return parts.filter(Boolean).join(' · ') || undefined;
}

function techniques(body: EventBody, max: number): string | undefined {
  const shown = (body.techniques ?? [])
    .slice(0, 8)
    .map(({ id, name }) => code(name === undefined ? id : `${id} ${name}`, max));
  return shown.filter(Boolean).join(' ') || undefined;
}

/** Comes from configuration; looked at again all the same, because it is the only thing that people click. */
function safeLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  return url.protocol === 'https:' || url.protocol === 'http:'
    ? url.href.replace(/[()<>[\]`\s]/g, encodeURIComponent)
    : undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-02-03 08:19:32 +07:00` in the operator's zone. */
export function timeText(iso: string, timeZone: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '?';
  let format = formats.get(timeZone);
  if (!format) {
    const two = '2-digit';
    const parts = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const;
    format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone, hourCycle: 'h23', timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const offset = part.timeZoneName?.replace('GMT', '') || '+00:00';
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${offset}`;
}

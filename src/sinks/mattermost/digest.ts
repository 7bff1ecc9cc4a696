// Many events as one post: a line for the notification, shared values for the search, numbers in
// fields, and a table last. The table is a field, because clients fold an attachment's own text
// after some lines. The post stays within every limit, as tests check.
import {
  type Counted,
  type Digest,
  type DigestRow,
  type Severity,
  severityNames,
} from '../../kit/event.ts';
import type { MessageForm } from '../../kit/sink.ts';
import { cell, code, sealed } from './escape.ts';
import type { CardField } from './fields.ts';
import { linkOf } from './link.ts';
import type { Labels } from './locales/en.ts';
import { type Attachment, look } from './payload.ts';
import { filled, type Wording } from './wording.ts';

/** How many of each list are shown, and how many code points of each text. */
interface Room {
  readonly types: number;
  readonly devices: number;
  readonly files: number;
  readonly rows: number;
  readonly text: number;
  readonly hash: number;
}

const rooms: Readonly<Record<MessageForm, Room>> = {
  full: { types: 8, devices: 8, files: 5, rows: 12, text: 80, hash: 130 },
  short: { types: 3, devices: 3, files: 2, rows: 0, text: 24, hash: 70 },
  bare: { types: 0, devices: 0, files: 0, rows: 0, text: 0, hash: 0 },
};
/** The line is for a notification; the field names the other types. */
const typesInLineMax = 3;
const mostSevereFirst = [5, 4, 3, 2, 1, 0] as const satisfies readonly Severity[];

/**
 * The first line behind the severity: how many events in which time, their types, and on how many
 * devices.
 */
export function digestLine(digest: Digest, wording: Wording, form: MessageForm): string {
  const { text, types } = rooms[form];
  const shown = countedText(
    digest.types.slice(0, Math.min(types, typesInLineMax)),
    digest.typeCount,
    text,
  );
  const parts = [eventsText(digest, wording), shown, devicesText(digest.deviceCount, wording)];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function eventsText({ count, firstAt, lastAt }: Digest, { labels, span }: Wording): string {
  if (count === 1) return labels.eventOne;
  const events = filled(labels.eventCount, { count: String(count) });
  const seconds = (Date.parse(lastAt) - Date.parse(firstAt)) / 1000;
  // A span of under a minute is not shown.
  return seconds < 60 ? events : filled(labels.eventsWithin, { events, time: span(seconds) });
}

function devicesText(count: number, { labels }: Wording): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? labels.deviceOne : filled(labels.deviceCount, { count: String(count) });
}

/**
 * The lines below the first: why the events came together, and each file that was seen more than
 * once.
 */
export function digestLines(digest: Digest, wording: Wording, form: MessageForm): string[] {
  if (form === 'bare') return [];
  const room = rooms[form];
  const why =
    digest.kind === 'storm' ? stormLine(digest, wording) : routeLine(digest, wording, room);
  return [why, ...fileLines(digest, wording, room)];
}

/** Whether this is a group by hash: its one file has a line of its own. */
function isOfOneFile({ by, files }: Digest): boolean {
  return files.length === 1 && by.some(({ field }) => field === 'hash');
}

function stormLine({ before }: Digest, { labels }: Wording): string {
  return filled(labels.digestStorm, { before: before === 0 ? undefined : String(before) });
}

function routeLine(digest: Digest, { labels }: Wording, { text }: Room): string {
  const isOneFile = isOfOneFile(digest);
  const by = digest.by
    .filter(({ field }) => !(isOneFile && field === 'hash'))
    .map(({ field, value }) => [fieldLabel(field, labels), code(value, text)])
    .filter(([, value]) => value !== undefined);
  return filled(labels.digestRoute, {
    route: code(digest.route, text) ?? '–',
    by: by.length === 0 ? undefined : by.map((part) => part.join(' ')).join(', '),
    before: digest.before === 0 || isOneFile ? undefined : String(digest.before),
  });
}

const fieldLabels: Readonly<Record<string, keyof Labels>> = {
  device_group: 'deviceGroup',
  hash: 'fileHash',
};

function fieldLabel(field: string, labels: Labels): string {
  const key = Object.hasOwn(fieldLabels, field) ? fieldLabels[field]! : field;
  return Object.hasOwn(labels, key)
    ? labels[key as keyof Labels]
    : field.replace(/[^A-Za-z0-9]/g, ' ');
}

function fileLines(digest: Digest, wording: Wording, room: Room): string[] {
  const isOneFile = isOfOneFile(digest);
  const files = digest.files.filter(({ count }) => count > 1 || isOneFile).slice(0, room.files);
  const lines = files.map(({ hash, name, count, devices }) => {
    const file = [code(name, room.text), code(hash, room.hash)]
      .filter((part) => part !== undefined)
      .join(' ');
    const { eventOne, eventCount, digestFile } = wording.labels;
    const shown = filled(digestFile, {
      file,
      devices: devicesText(devices, wording),
      events: count === 1 ? eventOne : filled(eventCount, { count: String(count) }),
      before: isOneFile && digest.before > 0 ? String(digest.before) : undefined,
    });
    return `📄 ${shown}`;
  });
  const more = digest.fileCount - files.length;
  if (lines.length > 0 && more > 0)
    lines.push(filled(wording.labels.digestFiles, { count: String(more) }));
  return lines;
}

export function digestAttachment(
  severity: Severity,
  digest: Digest,
  wording: Wording,
  form: MessageForm,
): Attachment {
  const { labels } = wording;
  const { color, sign } = look(severity);
  const title = digest.kind === 'storm' ? labels.titleStorm : labels.titleDigest;
  return {
    fallback: `${title}: ${severityNames[severity]}, ${eventsText(digest, wording)}`,
    color,
    title: `${sign} ${title}`,
    ...(form === 'bare' && { text: labels.digestBare }),
    fields: fieldsOf(digest, wording, rooms[form]),
    footer: 'Tocsin',
  };
}

function fieldsOf(digest: Digest, wording: Wording, room: Room): CardField[] {
  const { types, typeCount, devices, deviceCount, tenants = [], tenantCount = 0 } = digest;
  const field = (label: keyof Labels, value: string | undefined, short: boolean): CardField[] =>
    value === undefined ? [] : [{ title: wording.labels[label], value: sealed(value), short }];
  return [
    ...field('severity', severitiesText(digest), true),
    ...field('type', countedText(types.slice(0, room.types), typeCount, room.text), true),
    ...field(
      'affectedDevices',
      countedText(devices.slice(0, room.devices), deviceCount, room.text),
      false,
    ),
    ...field('tenant', countedText(tenants.slice(0, room.devices), tenantCount, room.text), false),
    ...field('received', spanText(digest, wording), false),
    ...field('digestRows', tableOf(digest, wording, room), false),
  ];
}

function severitiesText({ severities }: Digest): string {
  const present = mostSevereFirst.filter((severity) => severities[severity]! > 0);
  return present
    .map((severity) => `${severityNames[severity]} ${severities[severity]}`)
    .join(' · ');
}

/** `` `DC01` / `Bakery` ``, because several tenants may have a device of the same name. */
function ofTenant(name: string | undefined, tenant: string | undefined): string | undefined {
  return name === undefined || tenant === undefined ? name : `${name} / ${tenant}`;
}

/** `` `RANSOMWARE` 300, `PUA` 112, +3 ``; undefined if none can be shown. */
function countedText(
  shown: readonly Counted[],
  all: number,
  codePointsMax: number,
): string | undefined {
  const parts = shown.flatMap(({ name, count, tenant }) => {
    const text = ofTenant(code(name, codePointsMax), code(tenant, codePointsMax));
    return text === undefined ? [] : [`${text} ${count}`];
  });
  const more = all - parts.length;
  return parts.length === 0 ? undefined : [...parts, ...(more > 0 ? [`+${more}`] : [])].join(', ');
}

function spanText({ firstAt, lastAt }: Digest, { time }: Wording): string {
  return firstAt === lastAt ? time(firstAt) : `${time(firstAt)} – ${time(lastAt)}`;
}

/** The rows and the number of further events; undefined if the form has no table. */
function tableOf(digest: Digest, wording: Wording, room: Room): string | undefined {
  const rows = digest.rows.slice(0, room.rows);
  if (rows.length === 0) return undefined;
  const { labels } = wording;
  const { severity, type, device, tenant, fileName, received, eventId } = labels;
  const isShortTime = isOneDay(digest, wording);
  const cells = rows.map((row) => cellsOf(row, isShortTime, wording, room));
  const heads = [severity, type, device, tenant, fileName, received, eventId];
  // An empty column takes a third of the width of a phone.
  const isKept = heads.map((_head, column) => cells.some((row) => row[column] !== ''));
  const line = (texts: readonly string[]) =>
    `| ${texts.filter((_text, column) => isKept[column]).join(' | ')} |`;
  const lines = [line(heads), line(heads.map(() => '---')), ...cells.map(line)];
  const more = digest.count - rows.length;
  // Without the blank line, this one would be another row.
  if (more > 0) lines.push('', filled(labels.digestMore, { count: String(more) }));
  return lines.join('\n');
}

function cellsOf(
  row: DigestRow,
  isShortTime: boolean,
  { time }: Wording,
  { text }: Room,
): string[] {
  const [day = '', clock = ''] = time(row.at).split(' ');
  return [
    `${look(row.severity).sign} ${severityNames[row.severity]}`,
    cell(row.type, text),
    cell(row.device, text),
    cell(row.tenant, text),
    cell(row.file, text),
    isShortTime ? clock : `${day} ${clock}`,
    idCell(row),
  ];
}

/** Whether all is on one day in the operator's zone: then the field above names the date. */
function isOneDay({ firstAt, lastAt }: Digest, { time }: Wording): boolean {
  return time(firstAt).split(' ')[0] === time(lastAt).split(' ')[0];
}

/** Twelve longer addresses would exceed the limit of a post. */
const hrefLengthMax = 500;

/** The vendor's number, or Tocsin's own if that is no number; linked to the console. */
function idCell({ id, itemId, link }: DigestRow): string {
  const shown = /^\d{1,20}$/.test(itemId ?? '') ? itemId! : `${id}`;
  const href = linkOf(link);
  return href === undefined || href.length > hrefLengthMax ? shown : `[${shown}](${href})`;
}

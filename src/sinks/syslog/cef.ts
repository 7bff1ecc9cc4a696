// An event in the Common Event Format, version 0, as far as its dictionary has a key for what the
// event says. Pure.
import { z } from 'zod';
import { plainText } from '../../kit/card.ts';
import type { EventBody } from '../../kit/event.ts';
import { shortEvent } from '../../kit/short-event.ts';
import type { Message } from '../../kit/sink.ts';
import { neutralText } from '../../kit/text.ts';

/** Index = severity number. An unknown severity counts as HIGH. */
const severities = [8, 1, 3, 5, 8, 10];

type Value = string | number | null | undefined;
type Pairs = readonly (readonly [key: string, value: Value])[];

export function cefOf(message: Message, deliveryId: string): string {
  const { card, event, form } = message;
  const header = [
    ...['CEF:0', 'Tocsin', 'Tocsin', '1'],
    headerValue(form === 'bare' ? card.kind : event.type),
    headerValue(plainText(card.headline)),
    String(severities[event.severity]),
  ];
  const pairs = [...commonPairs(message, deliveryId), ...(form === 'bare' ? [] : pairsOf(message))];
  const extension = pairs
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${extensionValue(String(value))}`);
  return `${header.join('|')}|${extension.join(' ')}`;
}

/** A header is one line; pipes and backslashes are escaped. */
function headerValue(text: string): string {
  return neutralText(text, { multiline: false }).replace(/[\\|]/g, '\\$&');
}

/** Line breaks have an escape here, and pipes need none. */
function extensionValue(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** What a bare message has as well: no text of others. */
function commonPairs({ card, event }: Message, deliveryId: string): Pairs {
  return [
    ['rt', Date.parse(event.receivedAt)],
    ['cn1', event.id],
    ['cn1Label', 'event'],
    ...custom('flexString1', 'delivery', deliveryId),
    ...custom('flexString2', 'remarks', joined(card.remarks.map(plainText), '\n')),
    ['request', card.link],
  ];
}

function pairsOf({ event: whole, form }: Message): Pairs {
  const event = form === 'full' ? whole : shortEvent(whole);
  const { externalId, type, status, action, occurredAt, body } = event;
  return [
    ['start', occurredAt === null ? undefined : Date.parse(occurredAt)],
    ...[['externalId', externalId] as const, ['cat', type] as const, ['act', action] as const],
    ['msg', body.description],
    ...placePairs(body),
    ...filePairs(body),
    ...custom('cs1', 'techniques', techniquesOf(body)),
    ...custom('cs2', 'threat type', body.threatType),
    ...custom('cs3', 'status', status),
    ...custom('cs4', 'last action', body.lastAction),
    ...custom('cs5', 'command line', body.process?.commandLine),
    ...custom('cs6', 'tenant', body.tenant?.name ?? body.tenant?.id),
  ];
}

/** A key of the customer, and what it is about. */
function custom(key: string, label: string, value: Value): Pairs {
  if (value === undefined || value === null) return [];
  return [
    [key, value],
    [`${key}Label`, label],
  ];
}

function placePairs({ device = {}, user, remoteIp }: EventBody): Pairs {
  return [
    ['dhost', device.name],
    ['deviceExternalId', device.id],
    ['dntdom', device.domain],
    ['dmac', macOf(device.mac)],
    ...addressPairs('dst', 'c6a3', 'Destination IPv6 Address', device.ip),
    ...addressPairs('src', 'c6a2', 'Source IPv6 Address', remoteIp),
    ['duser', user],
  ];
}

const [ipv4, ipv6] = [z.ipv4(), z.ipv6()];

/** What is no address has no key. */
function addressPairs(key: string, key6: string, label: string, address = ''): Pairs {
  if (ipv4.safeParse(address).success) return [[key, address]];
  return ipv6.safeParse(address).success ? custom(key6, label, address) : [];
}

function macOf(text = ''): string | undefined {
  return /^(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/.test(text) ? text : undefined;
}

function filePairs({ file = {}, process = {}, parentProcess = {} }: EventBody): Pairs {
  return [
    ['fname', file.name],
    ['filePath', file.path],
    ['fileHash', file.hash],
    ['fileType', file.type],
    ['fsize', file.size],
    ['dproc', process.name],
    ['dpid', process.id],
    ['sproc', parentProcess.name],
    ['spid', parentProcess.id],
  ];
}

function techniquesOf({ techniques = [] }: EventBody): string | undefined {
  const names = techniques.map(({ id, name }) => (name === undefined ? id : `${id} ${name}`));
  return joined(names, ', ');
}

function joined(texts: readonly string[], between: string): string | undefined {
  return texts.length === 0 ? undefined : texts.join(between);
}

// A message as RFC 5424 has it: a header, the ids of the event as structured data, and what is said.
// Pure.
import { type Card, type Part, quoted, type Text } from '../../kit/card.ts';
import { linesBelow, linesOfCard } from '../../kit/card-lines.ts';
import { defanged } from '../../kit/defang.ts';
import { severityNames } from '../../kit/event.ts';
import { recordOf, timeOf } from '../../kit/event-data.ts';
import type { Message } from '../../kit/sink.ts';
import { cutMiddle, neutralText } from '../../kit/text.ts';
import { harmlessJson } from '../../kit/unseen.ts';
import { cefOf } from './cef.ts';

export const formats = ['plain', 'json', 'ocsf', 'cef'] as const;

export interface LineOptions {
  readonly format: (typeof formats)[number];
  /** Number of the facility: 16 for local0. */
  readonly facility: number;
  /** Printable ASCII without blanks, as the next ones. */
  readonly hostname: string;
  readonly appName: string;
  /** The name of the structured data. */
  readonly dataId: string;
}

/** Index = severity number; of syslog 2 is critical and 6 informational. Unknown counts as HIGH. */
const severities = [3, 6, 5, 4, 3, 2] as const;

export function lineOf(message: Message, deliveryId: string, options: LineOptions): string {
  const { facility, hostname, appName, dataId } = options;
  const { card, event } = message;
  const priority = facility * 8 + severities[event.severity];
  const at = new Date(timeOf(message)).toISOString();
  const head = `<${priority}>1 ${at} ${hostname} ${appName} - ${card.kind}`;
  return `${head} ${dataOf(message, deliveryId, dataId)} ${said(message, deliveryId, options)}`;
}

function said(message: Message, deliveryId: string, { format }: LineOptions): string {
  if (format === 'plain') return plainLine(message.card);
  if (format === 'cef') return cefOf(message, deliveryId);
  return harmlessJson(JSON.stringify(recordOf(format, message, deliveryId)));
}

/** What is said has the whole of it. */
const typeMax = 100;

function dataOf({ event, form }: Message, deliveryId: string, dataId: string): string {
  const params = {
    delivery: deliveryId,
    event: String(event.id),
    source: event.source,
    severity: severityNames[event.severity],
    ...(form !== 'bare' && { type: cutMiddle(event.type, typeMax) }),
  };
  const pairs = Object.entries(params).map(([name, value]) => `${name}="${paramValue(value)}"`);
  return `[${[dataId, ...pairs].join(' ')}]`;
}

/** RFC 5424, section 6.3.3. Many receivers write what they get into a file of lines. */
function paramValue(text: string): string {
  return neutralText(text, { multiline: false }).replace(/["\\\]]/g, '\\$&');
}

/** The whole card in one line. A value that could pass for our words stands in quotation marks. */
function plainLine(card: Card): string {
  const lines = linesOfCard(card);
  return [lines.headline, ...linesBelow(lines)].map(lineText).filter(Boolean).join(' · ');
}

function lineText(text: Text): string {
  const urls = text.flatMap((part) => (part.kind === 'link' ? [part.url] : []));
  return [defanged(text.map(partText).join('')), ...urls].join(' ');
}

function partText(part: Part): string {
  if (part.kind !== 'block') return quoted(part);
  return quoted({ kind: 'code', text: part.text.replaceAll('\n', ' ⏎ ') });
}

/** Bytes of a part in plain text. */
export function weightOfPart(part: Part): number {
  return Buffer.byteLength(lineText([part]));
}

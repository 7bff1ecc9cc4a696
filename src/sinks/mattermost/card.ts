// One event, or a digest of many, as one post: a line that can be searched and one attachment.
// Pure. Never longer than the server accepts in one post.
import { type SeverityName, type StoredEvent, severityNames } from '../../kit/event.ts';
import { type ProductOf, streamWords } from '../../kit/product.ts';
import type { Message, RenderedField } from '../../kit/sink.ts';
import { digestAttachment, digestLine, digestLines } from './digest.ts';
import { code, plain, sealed, withoutHashtags } from './escape.ts';
import { type CardField, deviceName, fieldsOf, hasFailed, timeLabel, timeOf } from './fields.ts';
import { linkOf } from './link.ts';
import { noticeAttachment, noticeLine } from './notice.ts';
import { type Attachment, look, type Payload } from './payload.ts';
import { filled, type Wording } from './wording.ts';

/** The footer of a card whose product is not known. */
const ownFooter = 'Tocsin';

export interface CardOptions {
  readonly wording: Wording;
  /** Finds the product of an event; absent: no product is known. */
  readonly productOf?: ProductOf | undefined;
  /** Configured text that pings, such as `@soc`. */
  readonly mention?: string | undefined;
  /** The lowest severity that pings; absent: CRITICAL. */
  readonly mentionFrom?: SeverityName | undefined;
  readonly username?: string | undefined;
  readonly iconUrl?: string | undefined;
  /** Marks CRITICAL posts as urgent. */
  readonly hasPriority: boolean;
  /** Where to post instead of the webhook's own channel. */
  readonly channel?: string | undefined;
  /** The configured channel, if it was refused and the webhook's own is used. */
  readonly refusedChannel?: string | undefined;
}

export function cardOf(message: Message, deliveryId: string, options: CardOptions): Payload {
  const { event } = message;
  const { username, iconUrl, channel } = options;
  return {
    text: textOf(message, options),
    username,
    icon_url: iconUrl,
    channel,
    priority: isUrgent(message, options) ? { priority: 'urgent' } : undefined,
    attachments: [attachmentOf(message, options)],
    props: { tocsin: { delivery_id: deliveryId, event_id: event.id, source: event.source } },
  };
}

/** A bare post is never urgent: it must get through, and some servers refuse every priority. */
export function isUrgent({ event, form }: Message, { hasPriority }: CardOptions): boolean {
  return hasPriority && event.severity === 5 && form !== 'bare';
}

function textOf(message: Message, options: CardOptions): string {
  const { event, template } = message;
  const mention =
    options.mention !== undefined && isPinging(event, options) ? ` ${options.mention}` : '';
  const head = headOf(event);
  const held = heldUpLines(message, options);
  if (template?.text !== undefined)
    return templateText(`${head}${mention}`, template.text, held.map(withoutHashtags));
  const lines = [`${head} · ${summaryOf(message, options)}${mention}`, ...held];
  const { digest } = event.body;
  if (digest !== undefined) lines.push(...digestLines(digest, options.wording, message.form));
  return withoutHashtags(sealed(lines.join('\n')));
}

/** An unknown severity counts as HIGH. Notices never ping. */
function isPinging(
  { severity, body }: StoredEvent,
  { mentionFrom = 'CRITICAL' }: CardOptions,
): boolean {
  return (
    body.notice === undefined &&
    (severity === 0 ? 4 : severity) >= severityNames.indexOf(mentionFrom)
  );
}

/**
 * Our own text comes first, so that markup which a template opens and does not close cannot affect
 * it.
 */
function templateText(head: string, text: string, held: readonly string[]): string {
  const lines = text.includes('\n') ? [head, ...held, text] : [`${head} · ${text}`, ...held];
  return sealed(lines.join('\n'));
}

function heldUpLines({ delayed, mayBeRepeated = false }: Message, options: CardOptions): string[] {
  const { labels, span } = options.wording;
  const lines: string[] = [];
  if (delayed !== undefined) {
    const template = delayed.reason === 'sink' ? labels.delayedBySink : labels.delayedByBacklog;
    lines.push(`⏳ ${filled(template, { time: span(delayed.seconds) })}`);
  }
  if (mayBeRepeated) lines.push(`🔁 ${labels.mayBeRepeated}`);
  if (options.refusedChannel !== undefined) {
    lines.push(`⚠ ${filled(labels.channelRefused, { channel: code(options.refusedChannel, 80) })}`);
  }
  return lines;
}

function headOf({ severity }: StoredEvent): string {
  return `${look(severity).sign} **${severityNames[severity]}**`;
}

/**
 * The values that people search for later, because not every server's search finds the fields of an
 * attachment.
 */
function summaryOf({ event, form }: Message, options: CardOptions): string {
  const { body } = event;
  const { wording } = options;
  if (body.digest !== undefined) return digestLine(body.digest, wording, form);
  if (form === 'bare') return bareName(event, options);
  if (body.notice !== undefined) return noticeLine(body.notice, wording, form);
  const share = form === 'short' ? 0.25 : 1;
  const indicators = [
    code(event.type, 100 * share),
    code(deviceName(body), 120 * share),
    code(body.file?.name, 160 * share),
    // A SHA-256 has 64.
    code(body.file?.hash, form === 'short' ? 70 : 130),
    hasFailed(body.lastAction) ? failureOf(event, 80 * share) : undefined,
  ];
  return indicators.filter((text) => text !== undefined).join(' · ');
}

function failureOf({ action, body }: StoredEvent, codePointsMax: number): string {
  const parts = [code(action, codePointsMax), code(body.lastAction, codePointsMax)];
  return `⚠ ${parts.filter((part) => part !== undefined).join(' → ')}`;
}

function attachmentOf(message: Message, options: CardOptions): Attachment {
  const { event, form, template } = message;
  const { wording } = options;
  const { digest } = event.body;
  if (digest !== undefined) return digestAttachment(event.severity, digest, wording, form);
  if (form === 'bare') return bareAttachment(event, options);
  if (event.body.notice !== undefined)
    return noticeAttachment(event, event.body.notice, wording, form);
  const { color, sign } = look(event.severity);
  const { title, footer } = wordsFor(event, options);
  return {
    fallback: `${title}: ${fallbackOf(event, form === 'short' ? 20 : 120)}`,
    color,
    title: `${sign} ${template?.title === undefined ? title : sealed(template.title)}`,
    title_link: linkOf(event.body.link),
    fields:
      template?.fields?.map(templateField) ??
      fieldsOf(event, wording, message.showTenant, form === 'short'),
    footer,
  };
}

function templateField({ title, value, isShort }: RenderedField): CardField {
  return { title: sealed(title), value: sealed(value), short: isShort };
}

function fallbackOf({ severity, type, body }: StoredEvent, codePointsMax: number): string {
  const texts = [severityNames[severity], type, deviceName(body), body.file?.name];
  return texts
    .map((text) => plain(text, codePointsMax))
    .filter((text) => text !== undefined)
    .join(', ');
}

/** The event's number and none of its text, which may be the reason of the refusal. */
function bareAttachment(event: StoredEvent, options: CardOptions): Attachment {
  const { wording } = options;
  const { labels } = wording;
  const { color, sign } = look(event.severity);
  const name = bareName(event, options);
  return {
    fallback: `${severityNames[event.severity]}, ${name}`,
    color,
    title: `${sign} ${name}`,
    title_link: linkOf(event.body.link),
    text: labels.bare,
    fields: [{ title: labels[timeLabel(event)], value: wording.time(timeOf(event)), short: true }],
    footer: wordsFor(event, options).footer,
  };
}

/** The number with the name of its stream, because each stream has its own numbers. */
function bareName(event: StoredEvent, options: CardOptions): string {
  return `${wordsFor(event, options).number} ${bareId(event)}`;
}

/** The product's words, or else words that fit any event. */
function wordsFor(event: StoredEvent, { wording, productOf }: CardOptions) {
  const product = productOf?.(event);
  const { titleEvent: title, eventId: number } = wording.labels;
  const words = streamWords(product, event.stream, wording.locale) ?? { title, number };
  return { ...words, footer: product?.name ?? ownFooter };
}

/** The vendor's number, or Tocsin's own if that is no number. */
function bareId({ id, body }: StoredEvent): string {
  return /^\d{1,20}$/.test(body.itemId ?? '') ? body.itemId! : `${id}`;
}

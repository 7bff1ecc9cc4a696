// An event as data, for sinks whose reader is a program: one form for all of them. Pure.
import { z } from 'zod';
import { plainText } from './card.ts';
import { findingOf } from './ocsf.ts';
import { shortEvent } from './short-event.ts';
import type { Message } from './sink.ts';
import { templateData } from './template-data.ts';

/** The setting of a sink that passes on {@link recordOf}. */
export const recordFormat = z
  .enum(['json', 'ocsf'])
  .default('json')
  .describe('json, or Detection Finding of OCSF 1.8.');
export type RecordFormat = z.output<typeof recordFormat>;

/**
 * The event as one object, for a product that keeps objects. `json` is {@link eventData} with the
 * delivery's id, what kind of card it is (`event`, `digest`) and {@link timeOf}; `ocsf` has the id
 * as `metadata.uid`. Undefined values are left out of the JSON.
 */
export function recordOf(format: RecordFormat, message: Message, deliveryId: string): object {
  if (format === 'ocsf') return findingOf(message, deliveryId);
  const head = { delivery_id: deliveryId, kind: message.card.kind, time: timeOf(message) };
  return { ...head, ...eventData(message) };
}

/** Writes {@link recordOf} as JSON: what a broker is sent, and what is shown of it before. */
export function recordWriter(format: RecordFormat) {
  return (message: Message, deliveryId: string): string =>
    JSON.stringify(recordOf(format, message, deliveryId));
}

/** When it happened, else when it arrived: ISO 8601 in UTC. */
export function timeOf({ event }: Message): string {
  return event.occurredAt ?? event.receivedAt;
}

/** What the event says, with its card's headline and remarks; a bare one has no text of others. */
export function eventData(message: Message): object {
  const { card, event, form, delayed, mayBeRepeated, template } = message;
  const { id, source, severity, receivedAt } = event;
  const common = {
    ...{ id, source, severity, severity_name: card.level, received_at: receivedAt, delayed },
    ...{ may_be_repeated: mayBeRepeated, headline: plainText(card.headline) },
    remarks: card.remarks.map(plainText),
  };
  if (form === 'bare') return { ...common, link: card.link };
  const shown = form === 'full' ? event : shortEvent(event);
  const { externalId, subject, stream, type, status, action, occurredAt, body } = shown;
  const ids = { external_id: externalId, subject, stream, type, status, action };
  const worded = template && { template: templateData(template) };
  return { ...common, ...ids, occurred_at: occurredAt, body, ...worded };
}

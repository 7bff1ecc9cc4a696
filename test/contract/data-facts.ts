// What of an event a program does not find in what a sink of data passed on: each fact must be there
// as the event has it, whatever its characters.
import { plainText } from '../../src/kit/card.ts';
import { severityNames } from '../../src/kit/event.ts';
import { shortEvent } from '../../src/kit/short-event.ts';
import type { Message } from '../../src/kit/sink.ts';
import type { Marks } from './marks.ts';

export interface Facts {
  readonly type: string;
  readonly message: Message;
  /** As it was read. */
  readonly data: unknown;
  readonly marks?: Marks;
  /** See DataReading. */
  readonly holds?: readonly string[] | undefined;
}

export function factsLacking({ type, message, data, marks, holds }: Facts): string[] {
  const found = new Set(Object.values(leavesOf(data)));
  const isLacking = (value: unknown) => !found.has(value);
  const { event, card, form } = message;
  const wanted: (readonly [string, unknown])[] = [];
  if (form === 'bare') wanted.push(['the number', event.id]);
  else if (holds === undefined) wanted.push(...factsOf(message));
  else {
    wanted.push(['the headline', plainText(card.headline)]);
    if (card.kind === 'event')
      wanted.push(...factsOf(message).filter(([name]) => holds.includes(name)));
  }
  const { link } = event.body;
  if (link !== undefined) wanted.push(['the link', link]);
  const faults = wanted
    // A number may be written as a text. Stored texts are valid Unicode, which UTF-8 can write.
    .filter(([, value]) => [value, String(value), asUtf8(String(value))].every(isLacking))
    .map(([name, value]) => `${type} does not pass on ${marks?.named(String(value)) ?? name}`);
  if (!found.has(event.severity) && !found.has(severityNames[event.severity]))
    faults.push(`${type} does not pass on the severity`);
  return [...new Set(faults)];
}

function asUtf8(text: string): string {
  return Buffer.from(text).toString();
}

/** Every fact of the event that has a value, by its name. */
function factsOf({ event, form }: Message): (readonly [string, unknown])[] {
  const { externalId, stream, type, status, action, occurredAt, receivedAt, body } =
    form === 'full' ? event : shortEvent(event);
  const facts = { externalId, stream, type, status, action, occurredAt, receivedAt };
  return Object.entries({ ...leavesOf(facts), ...leavesOf(body) }).filter(
    ([, value]) => value !== null,
  );
}

/** Values that hold no others, by their path: `device.name`. */
function leavesOf(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return { [path]: value };
  const leaves: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value))
    Object.assign(leaves, leavesOf(inner, path === '' ? name : `${path}.${name}`));
  return leaves;
}

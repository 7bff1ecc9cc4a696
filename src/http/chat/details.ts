// "Show details": what the card of an event leaves to whoever asks.
import { strong, type Text, word } from '../../kit/card.ts';
import { type StoredEvent, severityNames } from '../../kit/event.ts';
import { event } from '../../operations/index.ts';
import type { Said, Visit } from './visit.ts';

export async function details(visit: Visit, eventId: string): Promise<Said> {
  const { event: item, body } = await visit.operate(event.show, { event: eventId });
  const stored: StoredEvent = {
    ...item,
    id: Number(item.id),
    severity: severityNames.indexOf(item.severity) as StoredEvent['severity'],
    body,
  };
  const { fields, details: rest, table } = visit.end.cardOf(stored);
  const lines = [...fields, ...rest].map(
    ({ name, value }): Text => [strong(name.map(({ text }) => text).join('')), word(' '), ...value],
  );
  const rows = table?.rows.map((cells): Text => cells.flatMap((cell) => [...cell, word(' ')]));
  const all = [...lines, ...(rows ?? []), ...(table?.more === undefined ? [] : [table.more])];
  return all.length === 0 ? [visit.say('noDetails')] : all;
}

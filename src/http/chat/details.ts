// "Show details": what the card of an event leaves to whoever asks; and its headline.
import { type Card, plainText, strong, type Text, word } from '../../kit/card.ts';
import { severityNames } from '../../kit/event.ts';
import { event, shownByCard } from '../../operations/index.ts';
import type { Said, Visit } from './visit.ts';

export async function details(visit: Visit, eventId: string): Promise<Said> {
  const { fields, details: rest, table } = await cardOf(visit, eventId);
  const lines = [...fields, ...rest].map(
    ({ name, value }): Text => [strong(plainText(name)), word(' '), ...value],
  );
  const rows = table?.rows.map((cells): Text => cells.flatMap((cell) => [...cell, word(' ')]));
  const all = [...lines, ...(rows ?? []), ...(table?.more === undefined ? [] : [table.more])];
  return all.length === 0 ? [visit.say('noDetails')] : all;
}

/** The line of the card that says what happened. */
export async function headline(visit: Visit, eventId: string): Promise<Text> {
  const card = await cardOf(visit, eventId);
  return [strong(card.level), word(' · '), ...card.headline];
}

async function cardOf(visit: Visit, eventId: string): Promise<Card> {
  const { event: item, body } = await visit.operate(event.show, { event: eventId });
  const stored = {
    ...item,
    id: Number(item.id),
    severity: severityNames.indexOf(item.severity) as Card['severity'],
    body,
  };
  return visit.end.cardOf(stored, await shownByCard(visit.context.db, stored.id));
}

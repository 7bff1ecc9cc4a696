// "Why this card?": the route that sent the event here, and what the routes and silences as they are
// now would do with it. What came later has no card of its own: the card is explained first.
import { code } from '../../core/chat/index.ts';
import type { Text } from '../../kit/card.ts';
import { ConflictError, event } from '../../operations/index.ts';
import { reasonText } from '../page/parts/reason.ts';
import { words } from '../page/words/index.ts';
import { type Said, type Visit, valueMax } from './visit.ts';

export async function why(visit: Visit, eventId: string): Promise<Said> {
  const shown = await visit.operate(event.show, { event: eventId });
  const root = shown.incident?.event ?? eventId;
  if (root === eventId) return ofOne(visit, eventId, shown);
  const named = { event: code(`#${eventId}`, valueMax), root: code(`#${root}`, valueMax) };
  const card = await ofOne(visit, root, await visit.operate(event.show, { event: root }));
  return [
    visit.say('whyLater', named),
    ...card,
    visit.say('whyItself', named),
    ...(await ofOne(visit, eventId, shown)),
  ];
}

type Shown = Awaited<ReturnType<typeof event.show.run>>;

async function ofOne(
  visit: Visit,
  eventId: string,
  { routes, deliveries }: Pick<Shown, 'routes' | 'deliveries'>,
): Promise<Said> {
  const { sink } = visit.end;
  const delivery = deliveries.find((one) => one.sink === sink);
  const then: Text[] = [];
  if (delivery?.route) then.push(visit.say('whyRoute', { route: code(delivery.route, valueMax) }));
  if (delivery?.digestId) then.push(visit.say('whyDigest'));
  if (routes.length > 0)
    then.push(visit.say('whyRoutes', { routes: code(routes.join(', '), valueMax) }));
  try {
    return [...then, ...(await today(visit, eventId))];
  } catch (error) {
    // Routes take nothing of Tocsin itself.
    if (error instanceof ConflictError) return [...then, visit.say('whyNoRoute')];
    throw error;
  }
}

async function today(visit: Visit, eventId: string): Promise<Said> {
  const { sinks, routes } = await visit.operate(event.decide, { event: eventId });
  const { locale } = visit.end.words.language;
  const reason = (name: string): Text => [{ kind: 'word', text: reasonText(name, words[locale]) }];
  const here = sinks.find(({ id }) => id === visit.end.sink);
  const takers = routes.flatMap(({ name, reason }) => (reason === null ? [name] : []));
  const misses = routes.flatMap((one) =>
    one.reason === null
      ? []
      : [visit.say('whyMiss', { route: code(one.name, valueMax), reason: reason(one.reason) })],
  );
  if (here?.state === 'pending')
    return [visit.say('whyNow', { routes: code(takers.join(', '), valueMax) }), ...misses];
  if (here?.silence) {
    const { id, owner } = here.silence;
    return [
      visit.say('whySilenced', { silence: code(id, valueMax), owner: code(owner, valueMax) }),
      ...misses,
    ];
  }
  const text = here?.reason ? reason(here.reason) : undefined;
  return [visit.say('whyNotNow', { reason: text }), ...misses];
}

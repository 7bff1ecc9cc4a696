// Events as `tocsin event` prints them for people. Attackers choose names, and lines go to a
// terminal.
import { row } from '../../cli/lines.ts';
import { cutMiddle } from '../../kit/text.ts';
import type { EventItem, event } from '../../operations/index.ts';

/** What a row shows of a text that somebody else chose. */
const textLengthMax = 80;

export function eventLine(item: EventItem): string {
  const { id, receivedAt, severity, type, status, deliveries } = item;
  const names = [item.device, item.user, item.file].map((name) =>
    cutMiddle(name ?? '-', textLengthMax),
  );
  const sent = deliveries.map(({ sink, state }) => `${sink}: ${state}`).join(', ');
  return row(id, receivedAt, severity, type, status, ...names, sent || 'no sink');
}

type Shown = Awaited<ReturnType<typeof event.show.run>>;

export function shownText({ event: item, routes, deliveries, changes, ...shown }: Shown): string {
  const facts = [
    ['item', item.itemId ?? item.externalId],
    ['source', `${item.source}, stream ${item.stream}`],
    ['occurred', item.occurredAt],
    ['tenant', item.tenant],
    ['address', item.ip],
    ['hash', item.hash],
    ['threat', item.threat],
    ['console', item.link],
    ['routes', routes.join(', ') || 'none took it'],
    ['same device', neighboursText(shown.sameDevice)],
    ['same hash', neighboursText(shown.sameHash)],
  ] as const;
  return [
    eventLine(item),
    ...facts.filter(([, value]) => value !== null).map((fact) => `  ${row(...fact)}`),
    ...(deliveries.length === 0 ? ['It went to no sink.\n'] : ['Deliveries:\n']),
    ...deliveries.map(deliveryText),
    ...(changes.length === 0 ? [] : ['Other events of the same item:\n']),
    ...changes.map((change) => `  ${eventLine(change)}`),
  ].join('');
}

function neighboursText(found: Shown['sameDevice']): string | null {
  if (found === null) return null;
  return `${found.count}${found.hasMore ? ' or more' : ''} other events`;
}

function deliveryText(one: Shown['deliveries'][number]): string {
  const { sink, state, reason, attempts, route, finalizedAt, scheduledAt, silence, tried } = one;
  const why = reason === null ? '' : `, ${reason}`;
  const by = silence && `silence ${silence.id} of ${silence.owner}: ${silence.reason}`;
  const held = one.heldBy && `held by ${one.heldBy} until ${one.heldUntil}`;
  const notes = [by, held, one.digestId && `in digest ${one.digestId}`].filter(Boolean);
  const when = finalizedAt === null ? `due ${scheduledAt}` : `since ${finalizedAt}`;
  const head = row(sink, `${state}${why}`, when, `route ${route ?? '-'}`, `${attempts} failed`);
  const lines = tried.map(({ at, outcome, reason: word, status, durationMs, answer }) => {
    const code = status === null ? null : `HTTP ${status}`;
    const said = answer && cutMiddle(answer, 300);
    const facts = [outcome, word, code, `${durationMs} ms`, said].filter(Boolean);
    return `    ${row(at, ...facts)}`;
  });
  return [`  ${head}`, ...notes.map((note) => `    ${row(note)}`), ...lines].join('');
}

type Decided = Awaited<ReturnType<typeof event.decide.run>>;

export function decidedText({ at, event: item, routes, sinks }: Decided): string {
  return [
    eventLine(item),
    row(`Routes and silences of ${at}:`),
    ...routes.map(({ name, words }) => `  ${row(`route ${name}`, words)}`),
    ...sinks.map((sink) => `  ${row(`sink ${sink.id}`, fateOf(sink))}`),
  ].join('');
}

function fateOf({ state, reason, route, heldBy, silence }: Decided['sinks'][number]): string {
  if (state === 'none') return 'no route names it';
  const by = silence === null ? '' : ` by silence ${silence.id} of ${silence.owner}`;
  const why = reason === null ? '' : ` (${reason}${by})`;
  const waits = heldBy === null ? '' : `, held by ${heldBy}`;
  return `${state === 'pending' ? 'gets it' : 'does not get it'}${why}${waits}, route ${route}`;
}

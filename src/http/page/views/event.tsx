// One event: what is known, what became of it and why, what would become of it today, and its raw
// object.
import { ConflictError, event, route } from '../../../operations/index.ts';
import { DeliveryMark, EventTable, severityOf } from '../parts/event-rows.tsx';
import { laidOutJson } from '../parts/json.ts';
import { SeverityMark, TheirBlock, Theirs, Time } from '../parts/text.tsx';
import { refusalIn } from '../refused.ts';
import type { View, Visit } from '../visit.ts';
import { Facts } from './event/facts.tsx';
import { IncidentPanel } from './event/incident.tsx';
import { today } from './event/today.tsx';
import { Travels } from './event/travels.tsx';

type Shown = Awaited<ReturnType<typeof event.show.run>>;

/** What a page shows of the vendor's object; the API has all of it. */
const rawMax = 16_000;

export const oneEvent: View = async (visit, { event: id = '' }) => {
  const { words, operate } = visit;
  const own = words.event;
  const [shown, decided, { routes }] = await Promise.all([
    operate(event.show, { event: id }),
    operate(event.decide, { event: id }).catch((error) => refusedIn(visit, error)),
    operate(route.show, {}),
  ]);
  const { event: one, changes } = shown;
  const hasSteps = routes.some(
    ({ name, escalate }) => escalate.length > 0 && shown.routes.includes(name),
  );
  // Of the item itself, the card shows the highest that was seen.
  const { severity } = shown.incident?.event === one.id ? shown.incident : one;
  const laidOut = laidOutJson(shown.raw);
  return {
    title: `${own.one} ${id}`,
    body: (
      <>
        <h1 class="row">
          <SeverityMark severity={severityOf(severity)} words={words} />
          <Theirs text={one.type} />
          <span class="quiet">
            {own.one} {id}
          </span>
        </h1>
        <p class="row quiet">
          {one.device && <Theirs text={one.device} />}{' '}
          <Time at={one.occurredAt ?? one.receivedAt} />
          {toConsole(shown, visit)}
          {one.deliveries.map((delivery) => (
            <DeliveryMark {...delivery} words={words} />
          ))}
        </p>
        <IncidentPanel of={shown.incident} hasSteps={hasSteps} visit={visit} />
        <div class="halves">
          <div>
            <h2>{own.facts}</h2>
            <Facts shown={shown} words={words} />
            {neighbours(shown, visit)}
          </div>
          <div>
            <h2>{own.became}</h2>
            <Travels shown={shown} words={words} />
            <h2>{own.today}</h2>
            {'refused' in decided ? <p class="quiet">{decided.refused}</p> : today(decided, visit)}
          </div>
        </div>
        <h2>{own.changes}</h2>
        <EventTable caption={own.changes} events={changes} words={words} />
        <details id="raw">
          <summary>{own.raw}</summary>
          <TheirBlock text={laidOut.slice(0, rawMax)} />
          <p>
            {laidOut.length > rawMax && own.rawIsCut}{' '}
            <a href={`/api/v1/events/${one.id}`}>{own.wholeRaw}</a>
          </p>
        </details>
      </>
    ),
  };
};

/** The routes take no event of Tocsin itself, and the operation says so. */
function refusedIn({ locale }: Visit, error: unknown): { readonly refused: string } {
  if (!(error instanceof ConflictError)) throw error;
  return { refused: refusalIn(locale, error, error.message) };
}

function toConsole({ event: { link } }: Shown, { words }: Visit) {
  if (link === null || !/^https?:\/\//i.test(link)) return null;
  return (
    <a href={link} rel="noreferrer">
      {words.event.console}
    </a>
  );
}

function neighbours({ sameDevice, sameHash }: Shown, { words }: Visit) {
  const own = words.event;
  const all = [
    [own.sameDevice, sameDevice],
    [own.sameHash, sameHash],
  ] as const;
  return (
    <ul class="links">
      {all.map(
        ([text, found]) =>
          found !== null && (
            <li>
              <a href={`/events?${new URLSearchParams(found.filter)}`}>
                {text}: {found.count}
                {found.hasMore ? '+' : ''}
              </a>
            </li>
          ),
      )}
    </ul>
  );
}

// What became of an event: for each sink its delivery, why, and each attempt with its answer.
import type { Child } from 'hono/jsx';
import type { event } from '../../../../operations/index.ts';
import { DeliveryMark } from '../../parts/event-rows.tsx';
import { reasonText } from '../../parts/reason.ts';
import { Table } from '../../parts/table.tsx';
import { Theirs, Time } from '../../parts/text.tsx';
import type { Words } from '../../words/index.ts';

type Shown = Awaited<ReturnType<typeof event.show.run>>;
type Delivery = Shown['deliveries'][number];

export function Travels({ shown, words }: { readonly shown: Shown; readonly words: Words }) {
  const { deliveries, routes } = shown;
  const own = words.event;
  return (
    <>
      <p class="quiet">
        {own.routesTook}: {routes.length === 0 ? words.shell.none : routes.join(', ')}
      </p>
      {deliveries.length === 0 && <p class="empty">{own.nobody}</p>}
      {deliveries.map((one) => (
        <section class="panel delivery" aria-label={one.sink}>
          {headOf(one, words)}
          {factsOf(one, words)}
          {one.tried.length > 0 && attempts(one, words)}
        </section>
      ))}
    </>
  );
}

function headOf({ sink, state, finalizedAt, scheduledAt }: Delivery, words: Words) {
  return (
    <p class="row">
      <DeliveryMark sink={sink} state={state} words={words} />
      <span>{words.states[state]}</span>
      <Time at={finalizedAt ?? scheduledAt} />
    </p>
  );
}

function factsOf(one: Delivery, words: Words) {
  const own = words.event;
  const { silence, digestId, heldUntil, remoteId, reason, route } = one;
  const facts: [string, Child][] = [];
  if (reason !== null) facts.push([own.reason, reasonText(reason, words)]);
  if (silence !== null)
    facts.push([
      own.silence,
      <>
        <a href="/silences?all=yes">{silence.id}</a> <bdi>{silence.owner}</bdi>:{' '}
        <bdi>{silence.reason}</bdi>
      </>,
    ]);
  if (route !== null) facts.push([own.route, route]);
  if (digestId !== null) facts.push([own.digest, <a href={`/events/${digestId}`}>{digestId}</a>]);
  if (heldUntil !== null) facts.push([own.heldUntil, <Time at={heldUntil} />]);
  if (remoteId !== null) facts.push([own.remoteId, <Theirs text={remoteId} />]);
  if (facts.length === 0) return null;
  return (
    <dl>
      {facts.map(([name, fact]) => (
        <>
          <dt>{name}</dt>
          <dd>{fact}</dd>
        </>
      ))}
    </dl>
  );
}

function attempts({ tried, sink }: Delivery, words: Words) {
  const own = words.event.attempt;
  return (
    <Table
      caption={`${own.all}: ${sink}`}
      words={words}
      rows={tried.map((one, index) => ({ ...one, index }))}
      keyOf={({ index }) => `${sink} ${index}`}
      columns={[
        { name: own.at, cell: ({ at }) => <Time at={at} /> },
        { name: own.outcome, cell: ({ outcome, status }) => joined(outcome, status) },
        { name: own.took, isNumber: true, cell: ({ durationMs }) => `${durationMs} ms` },
        {
          name: own.answer,
          cell: ({ answer, reason, isOfDigest }) => (
            <>
              {reason !== null && reasonText(reason, words)} {answer && <Theirs text={answer} />}{' '}
              {isOfDigest && <span class="quiet">{own.ofDigest}</span>}
            </>
          ),
        },
      ]}
    />
  );
}

function joined(outcome: string, status: number | null): string {
  return status === null ? outcome : `${outcome} ${status}`;
}

// What the routes and silences of today would do with an event.
import type { event } from '../../../../operations/index.ts';
import { reasonText } from '../../parts/reason.ts';
import { Table } from '../../parts/table.tsx';
import type { Visit } from '../../visit.ts';

type Decided = Pick<Awaited<ReturnType<typeof event.decide.run>>, 'routes' | 'sinks'>;
type SinkDecided = Decided['sinks'][number];

export function today({ routes, sinks }: Decided, { words }: Visit) {
  const own = words.event;
  return (
    <>
      <Table
        caption={own.routes}
        words={words}
        rows={routes}
        keyOf={({ name }) => `route ${name}`}
        columns={[
          { name: own.route, cell: ({ name }) => name },
          {
            name: own.takes,
            cell: ({ reason }) =>
              reason === null ? (
                <span class="state good">✓ {own.yes}</span>
              ) : (
                <>
                  <span class="state plain">✕ {own.no}</span> {reasonText(reason, words)}
                </>
              ),
          },
        ]}
      />
      <h3>{own.sinks}</h3>
      <Table
        caption={own.sinks}
        words={words}
        rows={sinks}
        keyOf={({ id }) => `sink ${id}`}
        columns={[
          { name: own.sink, cell: ({ id }) => id },
          { name: own.gets, cell: (sink) => outcomeOf(sink, words) },
          { name: own.route, cell: ({ route }) => route ?? words.shell.none },
        ]}
      />
    </>
  );
}

function outcomeOf({ state, reason, silence, heldBy }: SinkDecided, words: Visit['words']) {
  const own = words.event;
  if (state === 'none') return own.noRoute;
  if (state === 'pending')
    return (
      <>
        <span class="state good">✓ {own.yes}</span> {heldBy === null ? '' : own.held[heldBy]}
      </>
    );
  return (
    <>
      <span class="state plain">✕ {own.no}</span> {reason === null ? '' : reasonText(reason, words)}
      {silence !== null && (
        <>
          {' '}
          <bdi>{silence.owner}</bdi>: <bdi>{silence.reason}</bdi>
        </>
      )}
    </>
  );
}

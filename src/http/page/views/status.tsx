// Status: the release, its configuration and database, and which process works what.
import { duty, status as state } from '../../../operations/index.ts';
import { ActLink } from '../parts/form.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';
import { ProcessName } from './sinks.tsx';

type Status = Awaited<ReturnType<typeof state.show.run>>;

export const status: View = async (visit) => {
  const { words, operate } = visit;
  const own = words.statusView;
  const now = await operate(state.show, {});
  const watch = await operate(duty.shown, {});
  return {
    title: words.status.title,
    refreshSeconds: 10,
    body: (
      <>
        <h1>{words.status.title}</h1>
        {facts(now, visit)}
        {dutyLine(watch, visit)}
        {calendarLine(watch, visit)}
        <p class="row">
          <a href="/numbers">{words.numbers.title}</a>
          <ActLink visit={visit} href="/tokens" text={own.tokens} needs="admin" />
        </p>
        <h2>{words.status.replicas}</h2>
        <Table
          caption={words.status.replicas}
          words={words}
          rows={now.replicas}
          keyOf={({ id }) => id}
          columns={[
            {
              name: own.process,
              cell: ({ id, isThis }) => (
                <>
                  <ProcessName id={id} /> {isThis ? <span class="quiet">{own.isThis}</span> : ''}
                </>
              ),
            },
            { name: words.status.roles, cell: ({ roles }) => roles.join(', ') },
            { name: own.aliveUntil, cell: ({ aliveUntil }) => <Time at={aliveUntil} /> },
          ]}
        />
        <h2>{own.warnings}</h2>
        {now.warnings.length === 0 ? <p class="quiet">{own.noWarnings}</p> : ''}
        {now.warnings.map((warning) => (
          <p class="notice">
            <bdi>{warning}</bdi>
          </p>
        ))}
      </>
    ),
  };
};

type Watch = Awaited<ReturnType<typeof duty.shown.run>>;

function dutyLine({ isConfigured, now, next, fallback }: Watch, { words: { duty: own } }: Visit) {
  if (!isConfigured) return '';
  return (
    <p>
      {now === null ? own.nobody : own.now} <bdi>{now === null ? fallback : now.who}</bdi>
      {now === null ? '' : ' '}
      {now === null ? '' : <Time at={now.until} />}
      {next === null ? '' : ` · ${own.next} `}
      {next === null ? '' : <bdi>{next.who}</bdi>} {next === null ? '' : <Time at={next.from} />}
    </p>
  );
}

/** What went wrong stands first: an old calendar still says who is on duty. */
function calendarLine({ calendar }: Watch, { words: { duty: own } }: Visit) {
  if (calendar === null) return '';
  const { error, readAt, last, unread } = calendar;
  return (
    <>
      {error === null ? (
        ''
      ) : (
        <p class="notice">
          {own.failed} <bdi>{error}</bdi>
        </p>
      )}
      {readAt === null ? (
        error === null && <p class="quiet">{own.neverRead}</p>
      ) : (
        <p class="quiet">
          {own.read} <Time at={readAt} /> · {last === null ? own.noShift : `${own.lastShift} `}
          {last === null ? '' : <Time at={last} />}
        </p>
      )}
      {unread.map((one) => (
        <p class="notice">
          <bdi>{one}</bdi>
        </p>
      ))}
    </>
  );
}

function facts({ counts, database, clockLeap, storms, ...now }: Status, visit: Visit) {
  const { words, version } = visit;
  const own = words.statusView;
  return (
    <dl class="panel facts">
      <dt>{words.status.version}</dt>
      <dd>{now.version ?? version}</dd>
      <dt>{own.configHash}</dt>
      <dd>
        <span class="theirs">{now.configHash}</span>{' '}
        {own.counts
          .replace('{sources}', String(counts.sources))
          .replace('{sinks}', String(counts.sinks))
          .replace('{routes}', String(counts.routes))}
      </dd>
      <dt>{own.database}</dt>
      <dd>
        {own.kinds[database.kind]} {database.version}: {own.schemas[database.schema]}
      </dd>
      {clockLeap === null ? '' : <dt>{own.clockLeap.replace('{n}', String(clockLeap.seconds))}</dt>}
      {clockLeap === null ? (
        ''
      ) : (
        <dd>
          <Time at={clockLeap.at} />
        </dd>
      )}
      <dt>{own.storms}</dt>
      <dd>{storms.length === 0 ? words.shell.none : storms.join(', ')}</dd>
    </dl>
  );
}

// Now: sources, sinks and what waits on one screen, the worst first.
import { hours, incident, silence, states, status } from '../../../operations/index.ts';
import { HourChart } from '../parts/chart.tsx';
import { reasonText } from '../parts/reason.ts';
import { Table } from '../parts/table.tsx';
import { StateMark, span, Theirs, Time } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';

type SinkItem = Awaited<ReturnType<typeof states.sinks.run>>['items'][number];
type SourceItem = Awaited<ReturnType<typeof states.sources.run>>['items'][number];

export const now: View = async (visit) => {
  const { words, operate } = visit;
  const own = words.now;
  const [sinks, sources, counts, { replicas }, active, incidents] = await Promise.all([
    operate(states.sinks, {}),
    operate(states.sources, {}),
    operate(hours.counted, {}),
    operate(status.show, {}),
    operate(silence.list, { states: ['active'], limit: 200 }),
    operate(incident.counted, { minSeverity: 'HIGH' }),
  ]);
  const known = {
    ...{ sinks: sinks.items, replicas: replicas.length, silences: silencesOf(active) },
    open: openOf(incidents.counts),
  };
  return {
    title: words.nav.now,
    refreshSeconds: 10,
    body: (
      <>
        <h1 class="unseen">{words.nav.now}</h1>
        {search(visit)}
        {tiles(known, visit)}
        <div class="halves">
          <section>
            <h2>{own.sinks}</h2>
            {sinkTable(sinks.items, visit)}
          </section>
          <section>
            <h2>{own.sources}</h2>
            {sourceTable(sources.items, visit)}
          </section>
        </div>
        <section class="panel">
          <h2>{own.hours}</h2>
          <HourChart hours={counts.hours} words={words} />
          {counts.isCut && (
            <p class="quiet">{own.hoursCut.replace('{n}', String(counts.countedMax))}</p>
          )}
        </section>
      </>
    ),
  };
};

/** There may be more than one page of them. */
function silencesOf({
  items,
  next,
}: {
  readonly items: readonly unknown[];
  readonly next: unknown;
}) {
  return next === null ? String(items.length) : `${items.length}+`;
}

type Counts = Awaited<ReturnType<typeof incident.counted.run>>['counts'];

/** Of what nobody has. */
function openOf(counts: Counts): Known['open'] {
  const open = counts.filter(({ state }) => state === 'open');
  const agesMs = open.map(({ oldest }) => Date.now() - Date.parse(oldest.since));
  return {
    count: open.reduce((sum, { count }) => sum + count, 0),
    oldestSeconds: Math.max(0, ...agesMs) / 1000,
  };
}

function search({ words }: Visit) {
  const { fields, search: button } = words.events;
  return (
    <search>
      <form method="get" action="/events" class="filters wide">
        <label class="unseen" for="field-q">
          {fields.text}
        </label>
        <input id="field-q" type="search" name="q" placeholder={words.now.searchHint} />
        <button type="submit">{button}</button>
      </form>
    </search>
  );
}

interface Known {
  readonly sinks: readonly SinkItem[];
  readonly replicas: number;
  readonly silences: string;
  readonly open: { readonly count: number; readonly oldestSeconds: number };
}

function tiles({ sinks, replicas, silences, open }: Known, { words }: Visit) {
  const own = words.now;
  const sum = (of: (sink: SinkItem) => number) => sinks.reduce((all, one) => all + of(one), 0);
  const oldest = Math.max(0, ...sinks.map(({ oldestPendingSeconds }) => oldestPendingSeconds));
  const storms = sinks.filter(({ storm }) => storm !== null).length;
  const dead = sum((one) => one.dead);
  const waiting = sum(({ pending }) => pending);
  return (
    <ul class="tiles">
      {tile({
        ...{ name: words.incidents.open, value: String(open.count), href: '/incidents?state=open' },
        more:
          open.count > 0
            ? words.incidents.oldestIs.replace('{t}', span(open.oldestSeconds))
            : undefined,
      })}
      {tile({ name: own.dead, value: String(dead), href: '/dead', isBad: dead > 0 })}
      {tile({
        ...{ name: own.waiting, value: String(waiting), href: '/deliveries?state=pending' },
        more: oldest > 0 ? own.oldestIs.replace('{t}', span(oldest)) : undefined,
      })}
      {tile({ name: own.storms, value: String(storms), href: '/sinks', isBad: storms > 0 })}
      {tile({ name: own.silences, value: silences, href: '/silences' })}
      {tile({
        name: own.replicas,
        value: String(replicas),
        href: '/status',
        isBad: replicas === 0,
      })}
    </ul>
  );
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly href: string;
  readonly more?: string | undefined;
  readonly isBad?: boolean;
}

function tile({ name, value, href, more, isBad }: Tile) {
  return (
    <li>
      <a href={href} class={isBad ? 'tile bad' : 'tile'}>
        <span>
          {isBad && <span aria-hidden="true">▲ </span>}
          {name}
        </span>
        <strong>{value}</strong>
        <span class="quiet">{more ?? ''}</span>
      </a>
    </li>
  );
}

/** The worst first. What is equally bad stands by name, so that a refresh moves nothing. */
const sinkRanks = { paused: 3, backing_off: 2, paused_by_operator: 1, ok: 0 } as const;
const sourceRanks = { failing: 3, unread: 2, paused_by_operator: 1, ok: 0 } as const;

function worstFirst<Row>(
  rows: readonly Row[],
  rank: (row: Row) => number,
  name: (row: Row) => string,
) {
  return rows.toSorted((a, b) => rank(b) - rank(a) || name(a).localeCompare(name(b), 'en'));
}

/** States before dead letters, and those before a backlog of whatever size. */
function rankOf({ state, dead, storm, pending }: SinkItem): number {
  return sinkRanks[state] * 8 + (dead > 0 ? 4 : 0) + (storm ? 2 : 0) + (pending > 0 ? 1 : 0);
}

function sinkTable(items: readonly SinkItem[], { words }: Visit) {
  const own = words.now;
  return (
    <Table
      caption={own.sinks}
      words={words}
      rows={worstFirst(items, rankOf, ({ sink }) => sink)}
      keyOf={({ sink }) => `sink ${sink}`}
      columns={[
        {
          name: own.sink,
          cell: ({ sink }) => (
            <a href={`/sinks/${encodeURIComponent(sink)}`}>
              <Theirs text={sink} />
            </a>
          ),
        },
        {
          name: own.state,
          cell: ({ state, reason, nextProbeAt }) => (
            <>
              <StateMark state={state} words={words} />{' '}
              {reason !== null && reasonText(reason, words)}
              {nextProbeAt !== null && (
                <span class="quiet">
                  {' '}
                  {own.probe} <Time at={nextProbeAt} />
                </span>
              )}
            </>
          ),
        },
        { name: own.waiting, isNumber: true, cell: ({ pending }) => pending },
        { name: own.dead, isNumber: true, cell: ({ dead }) => dead },
        {
          name: own.oldest,
          isNumber: true,
          cell: ({ oldestPendingSeconds: age }) => (age > 0 ? span(age) : words.shell.none),
        },
        {
          name: own.delivered,
          isNumber: true,
          cell: ({ delivered: { lastHour, lastDay, isCut } }) =>
            `${lastHour} / ${lastDay}${isCut ? '+' : ''}`,
        },
      ]}
    />
  );
}

function sourceTable(items: readonly SourceItem[], { words }: Visit) {
  const own = words.now;
  return (
    <Table
      caption={own.sources}
      words={words}
      rows={worstFirst(
        items,
        ({ state }) => sourceRanks[state],
        ({ source }) => source,
      )}
      keyOf={({ source }) => `source ${source}`}
      columns={[
        {
          name: own.source,
          cell: ({ source }) => (
            <a href={`/sources/${encodeURIComponent(source)}`}>
              <Theirs text={source} />
            </a>
          ),
        },
        {
          name: own.state,
          cell: ({ state, lastError }) => (
            <>
              <StateMark state={state} words={words} />{' '}
              {state === 'failing' && lastError !== null && <Theirs text={lastError.message} />}
            </>
          ),
        },
        { name: own.lastSuccess, cell: ({ lastSuccessAt }) => <Time at={lastSuccessAt} /> },
        {
          name: own.newest,
          cell: ({ newestEvent }) => <Time at={newestEvent?.receivedAt} />,
        },
      ]}
    />
  );
}

// Sinks and sources: how each stands, and the way to each one.
import { states } from '../../../operations/index.ts';
import { PauseSays } from '../parts/pause.tsx';
import { reasonText } from '../parts/reason.ts';
import { type Column, Table } from '../parts/table.tsx';
import { StateMark, span, Theirs, Time } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';

export type SinkItem = Awaited<ReturnType<typeof states.sinks.run>>['items'][number];
export type SourceItem = Awaited<ReturnType<typeof states.sources.run>>['items'][number];

export const sinks: View = async (visit) => {
  const { words, operate } = visit;
  const own = words.sinks;
  const [ofSinks, ofSources] = await Promise.all([
    operate(states.sinks, {}),
    operate(states.sources, {}),
  ]);
  return {
    title: words.nav.sinks,
    refreshSeconds: 10,
    body: (
      <>
        <h1>{words.nav.sinks}</h1>
        <h2>{own.sinks}</h2>
        <Table
          caption={own.sinks}
          words={words}
          rows={ofSinks.items}
          keyOf={({ sink }) => `sink ${sink}`}
          columns={sinkColumns(visit)}
        />
        <h2>{own.sources}</h2>
        <Table
          caption={own.sources}
          words={words}
          rows={ofSources.items}
          keyOf={({ source }) => `source ${source}`}
          columns={sourceColumns(visit)}
        />
      </>
    ),
  };
};

function sinkColumns(visit: Visit): readonly Column<SinkItem>[] {
  const own = visit.words.sinks;
  return [
    {
      name: own.sink,
      cell: ({ sink, type }) => (
        <Named {...{ visit, path: sinkPath(sink) }} {...{ name: sink, type }} />
      ),
    },
    { name: own.state, cell: (one) => <SinkState one={one} visit={visit} /> },
    { name: own.pending, isNumber: true, cell: ({ pending }) => pending },
    { name: own.oldest, isNumber: true, cell: (one) => ageOf(one) },
    { name: own.dead, isNumber: true, cell: (one) => <DeadLink one={one} /> },
    { name: own.lastHour, isNumber: true, cell: ({ delivered }) => delivered.lastHour },
    {
      name: own.lastDay,
      isNumber: true,
      cell: ({ delivered: { lastDay, isCut } }) => (isCut ? `${lastDay}+` : lastDay),
    },
    { name: own.nextTry, cell: ({ nextProbeAt }) => <Time at={nextProbeAt} /> },
    { name: own.holder, cell: ({ holder }) => <ProcessName id={holder} /> },
  ];
}

function sourceColumns(visit: Visit): readonly Column<SourceItem>[] {
  const own = visit.words.sinks;
  return [
    {
      name: own.source,
      cell: ({ source, type }) => (
        <Named visit={visit} path={sourcePath(source)} name={source} type={type} />
      ),
    },
    { name: own.state, cell: (one) => <SourceState one={one} visit={visit} /> },
    { name: own.newest, cell: ({ newestEvent }) => <Time at={newestEvent?.receivedAt} /> },
    { name: own.lag, isNumber: true, cell: ({ newestEvent }) => lagOf(newestEvent) },
    { name: own.lastRead, cell: ({ lastSuccessAt }) => <Time at={lastSuccessAt} /> },
    { name: own.nextRead, cell: ({ nextPollAt }) => <Time at={nextPollAt} /> },
    { name: own.holder, cell: ({ holder }) => <ProcessName id={holder} /> },
  ];
}

/** Of one sink. */
export function sinkPath(id: string): string {
  return `/sinks/${encodeURIComponent(id)}`;
}

/** Of one source. */
export function sourcePath(id: string): string {
  return `/sources/${encodeURIComponent(id)}`;
}

function Named({
  visit,
  path,
  name,
  type,
}: {
  readonly visit: Visit;
  readonly path: string;
  readonly name: string;
  readonly type: string | null;
}) {
  return (
    <>
      <a href={path}>
        <bdi>{name}</bdi>
      </a>{' '}
      {type === name ? '' : <span class="quiet">{type ?? visit.words.sinks.notConfigured}</span>}
    </>
  );
}

/** The state of a sink with its cause. */
export function SinkState({ one, visit }: { readonly one: SinkItem; readonly visit: Visit }) {
  const { words } = visit;
  return (
    <>
      <StateMark state={one.state} words={words} />{' '}
      {one.pause === null ? (
        <Cause
          text={one.reason === null ? null : reasonText(one.reason, words)}
          since={one.state === 'ok' ? null : one.since}
          visit={visit}
        />
      ) : (
        <PauseSays pause={one.pause} visit={visit} />
      )}
      {one.storm === null ? '' : <span class="state bad">{words.sinks.storm}</span>}
    </>
  );
}

/** The state of a source with its cause. */
export function SourceState({ one, visit }: { readonly one: SourceItem; readonly visit: Visit }) {
  const { words } = visit;
  return (
    <>
      <StateMark state={one.state} words={words} />{' '}
      {one.pause === null ? (
        <Cause
          text={one.state === 'failing' ? (one.lastError?.message ?? null) : null}
          since={one.failingSince}
          visit={visit}
        />
      ) : (
        <PauseSays pause={one.pause} visit={visit} />
      )}
    </>
  );
}

function Cause({
  text,
  since,
  visit,
}: {
  readonly text: string | null;
  readonly since: string | null;
  readonly visit: Visit;
}) {
  return (
    <>
      {text === null ? '' : <Theirs text={text} />}{' '}
      {since === null ? (
        ''
      ) : (
        <span class="quiet">
          {visit.words.sinks.since} <Time at={since} />
        </span>
      )}
    </>
  );
}

/** Its dead letters, if it has any. */
export function DeadLink({ one: { sink, dead } }: { readonly one: SinkItem }) {
  if (dead === 0) return <>0</>;
  return <a href={`/dead?${new URLSearchParams({ sink }).toString()}`}>{dead}</a>;
}

/** The beginning of its id, which tells processes apart; all of it as the title. */
export function ProcessName({ id }: { readonly id: string | null }) {
  if (id === null) return <span class="none">–</span>;
  return (
    <span class="theirs" title={id}>
      {id.slice(0, 8)}
    </span>
  );
}

/** Age of the oldest delivery that waits; a dash if none does. */
export function ageOf({ oldestPendingSeconds: age }: SinkItem): string {
  return age > 0 ? span(age) : '–';
}

/** From the occurrence of the newest event to its arrival; a dash if it is not known. */
export function lagOf(newest: SourceItem['newestEvent']): string {
  const seconds = newest?.lagSeconds ?? null;
  return seconds === null ? '–' : span(seconds);
}

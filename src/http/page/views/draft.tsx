// A draft of the routes beside those in use: what it would have changed, and who would hear nothing.
import { routeDiff } from '../../../operations/index.ts';
import { severityOf } from '../parts/event-rows.tsx';
import { Area } from '../parts/form.tsx';
import { reasonText } from '../parts/reason.ts';
import { Table } from '../parts/table.tsx';
import { SeverityMark, Theirs, Time } from '../parts/text.tsx';
import type { Act, Shown, View, Visit } from '../visit.ts';

type Diff = Awaited<ReturnType<typeof routeDiff.diff.run>>;

const daysDefault = '30';

export const draft: View = async (visit) => shown(visit, { draft: '', days: daysDefault });

/** Changes nothing: a draft would not fit into an address. */
export const compareDraft: Act = async (visit, _fields, form) => {
  const { draft: written = '', days = daysDefault } = form;
  // The operation refuses what is no number of days.
  const diff = await visit.operate(routeDiff.diff, { draft: written, days: Number(days) });
  return shown(visit, { draft: written, days, diff });
};

function shown(
  { words }: Visit,
  tried: { readonly draft: string; readonly days: string; readonly diff?: Diff },
): Shown {
  const own = words.routes;
  const { diff } = tried;
  return {
    title: own.draft,
    body: (
      <>
        <h1>{own.draft}</h1>
        {diff === undefined ? '' : result(diff, words)}
        <form method="post" action="/routes/draft">
          <p class="quiet">{own.draftMeans}</p>
          <Area name="draft" label={own.draftText} value={tried.draft} rows={18} required />
          <p class="row">
            <label for="days">{own.days}</label>
            <input id="days" type="number" name="days" min={1} max={90} value={tried.days} />
            <button type="submit" class="primary">
              {own.compare}
            </button>
            <a href="/routes">{words.problems.back}</a>
          </p>
        </form>
      </>
    ),
  };
}

function result(diff: Diff, words: Visit['words']) {
  const own = words.routes;
  const lost = total(diff.lost);
  const gained = total(diff.gained);
  const count = (text: string, n: number) => text.replace('{n}', String(n));
  return (
    <section class="panel group" id="result">
      <h2>
        {own.result.replace('{before}', String(diff.before)).replace('{after}', String(diff.after))}
      </h2>
      {lost === 0 ? (
        <p class="notice">{own.noneLost}</p>
      ) : (
        <p class={diff.graveLost > 0 ? 'notice bad' : 'notice'}>
          {count(own.lostSays, lost)}{' '}
          {diff.graveLost > 0 ? count(own.graveSays, diff.graveLost) : ''}
        </p>
      )}
      {gained > 0 ? <p>{count(own.gainedSays, gained)}</p> : ''}
      <p class="quiet">
        {count(own.looked, diff.looked)} {words.shell.searchedTo} <Time at={diff.searchedTo} />
      </p>
      {warnings(diff, words)}
      {diff.lostSample.length > 0 ? (
        <>
          <h3>{own.lost}</h3>
          {sample(diff.lostSample, words, own.lost)}
        </>
      ) : (
        ''
      )}
      {diff.gainedSample.length > 0 ? (
        <>
          <h3>{own.gained}</h3>
          {sample(diff.gainedSample, words, own.gained)}
        </>
      ) : (
        ''
      )}
      <h3>{words.sinks.sinks}</h3>
      <Table
        caption={words.sinks.sinks}
        words={words}
        rows={diff.sinks}
        keyOf={({ sink }) => sink}
        columns={[
          { name: own.sink, cell: ({ sink }) => <Theirs text={sink} /> },
          { name: own.before, isNumber: true, cell: ({ before }) => before ?? '–' },
          { name: own.after, isNumber: true, cell: ({ after }) => after ?? '–' },
          { name: own.added, isNumber: true, cell: ({ added }) => `+${added}` },
          { name: own.removed, isNumber: true, cell: ({ removed }) => `−${removed}` },
          { name: own.recorded, isNumber: true, cell: ({ recorded }) => recorded },
        ]}
      />
    </section>
  );
}

function warnings({ warnings: texts, renamedSources }: Diff, words: Visit['words']) {
  const own = words.routes;
  return (
    <>
      {texts.length > 0 ? (
        <>
          <h3>{own.warnings}</h3>
          <ul>
            {texts.map((text) => (
              <li>
                <bdi>{text}</bdi>
              </li>
            ))}
          </ul>
        </>
      ) : (
        ''
      )}
      {renamedSources.length > 0 ? (
        <p>
          {own.renamed}: {renamedSources.map(({ from, to }) => `${from} → ${to}`).join(', ')}
        </p>
      ) : (
        ''
      )}
    </>
  );
}

function sample(rows: Diff['lostSample'], words: Visit['words'], caption: string) {
  const own = words.routes;
  return (
    <Table
      caption={caption}
      words={words}
      rows={rows}
      keyOf={({ event }) => `${caption} ${event}`}
      columns={[
        {
          name: own.severity,
          cell: ({ severity }) => <SeverityMark severity={severityOf(severity)} words={words} />,
        },
        { name: own.event, cell: ({ event }) => <a href={`/events/${event}`}>{event}</a> },
        { name: own.type, cell: ({ type }) => <Theirs text={type} /> },
        { name: own.device, cell: ({ device }) => <Theirs text={device} /> },
        {
          name: own.gets,
          cell: ({ losses }) =>
            losses
              .map(({ sink, reason }) => {
                const why = reason === null ? own.noRoute : reasonText(reason, words);
                return `${sink}: ${why}`;
              })
              .join('; '),
        },
        { name: own.received, cell: ({ receivedAt }) => <Time at={receivedAt} /> },
      ]}
    />
  );
}

function total(counts: Diff['lost']): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

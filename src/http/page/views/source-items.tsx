// What the console of a source holds now: a search, and one item beside what was stored of it.
import { sourceSearch } from '../../../operations/index.ts';
import { severityOf } from '../parts/event-rows.tsx';
import { Field } from '../parts/form.tsx';
import { Pager, Table } from '../parts/table.tsx';
import { SeverityMark, TheirBlock, Theirs } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';
import { sourcePath } from './sinks.tsx';

type Found = Awaited<ReturnType<typeof sourceSearch.search.run>>;
type Item = Awaited<ReturnType<typeof sourceSearch.item.run>>;
type Facts = NonNullable<Item['stored'] | Item['now']>;

const fields = ['hash', 'path', 'device', 'types', 'since'] as const;

export const sourceItems: View = async (visit, { source = '' }) => {
  const { words, url } = visit;
  const own = words.sourceItems;
  const number = url.searchParams.get('item')?.trim();
  if (number) return sourceItem(visit, { source, item: number });
  const title = own.title.replace('{source}', source);
  const isAsked = fields.some((name) => url.searchParams.has(name));
  return {
    title,
    body: (
      <>
        <h1>{title}</h1>
        <form method="get" class="filters">
          {fields.map((name) => (
            <Field visit={visit} name={name} label={own[name]} hint={hints[name]} />
          ))}
          <button type="submit">{own.search}</button>
        </form>
        <form method="get" class="filters">
          <Field visit={visit} name="item" label={own.itemNumber} />
          <button type="submit">{own.show}</button>
        </form>
        {isAsked ? results(visit, source, await found(visit, source)) : ''}
        <p>
          <a href={sourcePath(source)}>{words.problems.back}</a>
        </p>
      </>
    ),
  };
};

const hints: Readonly<Record<(typeof fields)[number], string>> = {
  hash: 'SHA-256',
  path: 'C:\\…',
  device: '1234',
  types: 'STATIC_ANALYSIS, …',
  since: '2026-01-31T00:00:00Z',
};

function found({ url, operate }: Visit, source: string): Promise<Found> {
  const given = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const types = given('types')
    ?.split(',')
    .map((type) => type.trim());
  return operate(sourceSearch.search, {
    source,
    ...{ hash: given('hash'), path: given('path'), device: given('device') },
    ...{ types, since: given('since'), cursor: given('cursor') },
  });
}

function results({ words, url }: Visit, source: string, { items, next, problem }: Found) {
  const own = words.sourceItems;
  if (problem !== null)
    return (
      <p class="notice bad">
        {own.problem} <Theirs text={problem} />
      </p>
    );
  return (
    <>
      <Table
        caption={own.search}
        words={words}
        rows={items}
        keyOf={({ externalId }) => externalId}
        columns={[
          {
            name: own.item,
            cell: ({ externalId }) => (
              <a href={`${sourcePath(source)}/items/${encodeURIComponent(externalId)}`}>
                <bdi>{externalId}</bdi>
              </a>
            ),
          },
          {
            name: own.severity,
            cell: ({ severity }) => <SeverityMark severity={severityOf(severity)} words={words} />,
          },
          { name: own.type, cell: ({ type }) => <Theirs text={type} /> },
          { name: own.status, cell: ({ status }) => <Theirs text={status} /> },
          { name: own.deviceName, cell: ({ body }) => <Theirs text={body.device?.name} /> },
          { name: own.occurred, cell: ({ occurredAt }) => <Theirs text={occurredAt} /> },
          {
            name: own.event,
            cell: ({ event }) =>
              event === null ? own.notStored : <a href={`/events/${event}`}>{event}</a>,
          },
        ]}
      />
      <Pager url={url} next={next} words={words} />
    </>
  );
}

export const sourceItem: View = async (visit, { source = '', item = '' }) => {
  const { words } = visit;
  const own = words.sourceItems;
  const shown = await visit.operate(sourceSearch.item, { source, item });
  const { now, stored, problem, differences } = shown;
  const title = `${own.title.replace('{source}', source)}: ${item}`;
  return {
    title,
    body: (
      <>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {problem === null ? (
          ''
        ) : (
          <p class="notice bad">
            {own.problem} <Theirs text={problem} />
          </p>
        )}
        {now === null && problem === null ? <p class="notice bad">{own.notThere}</p> : ''}
        {now && stored ? changes(visit, differences) : ''}
        <div class="halves">
          {side(visit, { title: own.now, facts: now })}
          {side(visit, { title: own.stored, facts: stored, event: stored?.event ?? null })}
        </div>
        {now?.raw ? (
          <details id="raw">
            <summary>{own.raw}</summary>
            <TheirBlock text={now.raw} />
          </details>
        ) : (
          ''
        )}
        <p>
          <a href={`${sourcePath(source)}/search`}>{words.problems.back}</a>
        </p>
      </>
    ),
  };
};

function changes({ words }: Visit, differences: Item['differences']) {
  const own = words.sourceItems;
  if (differences.length === 0) return <p class="notice">{own.same}</p>;
  return (
    <>
      <h2>{own.differences}</h2>
      <Table
        caption={own.differences}
        words={words}
        rows={differences}
        keyOf={({ field }) => field}
        columns={[
          { name: own.field, cell: ({ field }) => <Theirs text={field} /> },
          { name: own.stored, cell: ({ stored }) => <Theirs text={stored} /> },
          { name: own.now, cell: ({ now }) => <Theirs text={now} /> },
        ]}
      />
    </>
  );
}

/** One of the two that stand beside each other. */
function side(
  { words }: Visit,
  part: {
    readonly title: string;
    readonly facts: Facts | null;
    /** Tocsin's number of it; null: none. */
    readonly event?: string | null;
  },
) {
  const own = words.sourceItems;
  const { title, facts, event } = part;
  if (facts === null)
    return (
      <section>
        <h2>{title}</h2>
        <p class="empty">{event === undefined ? words.shell.none : own.notStored}</p>
      </section>
    );
  return (
    <section>
      <h2>
        {title} {event ? <a href={`/events/${event}`}>{event}</a> : ''}
      </h2>
      <dl class="panel facts">
        <dt>{own.severity}</dt>
        <dd>
          <SeverityMark severity={severityOf(facts.severity)} words={words} />
        </dd>
        <dt>{own.type}</dt>
        <dd>
          <Theirs text={facts.type} />
        </dd>
        <dt>{own.status}</dt>
        <dd>
          <Theirs text={facts.status} />
        </dd>
        <dt>{own.deviceName}</dt>
        <dd>
          <Theirs text={facts.body.device?.name} />
        </dd>
        <dt>{own.hash}</dt>
        <dd>
          <Theirs text={facts.body.file?.hash} />
        </dd>
        <dt>{own.occurred}</dt>
        <dd>
          <Theirs text={facts.occurredAt} />
        </dd>
      </dl>
    </section>
  );
}

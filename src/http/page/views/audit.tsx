// Audit: who did what through which door, before and after, and whether the log is as it was written.
import { audit as log } from '../../../operations/index.ts';
import { Field } from '../parts/form.tsx';
import { laidOutJson } from '../parts/json.ts';
import { Pager, Table } from '../parts/table.tsx';
import { TheirBlock, Theirs, Time } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';

type Entry = Awaited<ReturnType<typeof log.list.run>>['items'][number];

export const audit: View = async (visit) => {
  const { words, url, operate } = visit;
  const own = words.audit;
  const given = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const filters = Object.fromEntries(
    ['actor', 'operation', 'target', 'since'].flatMap((name) => {
      const value = given(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const { items, next } = await operate(log.list, { ...filters, cursor: given('cursor') });
  return {
    title: words.nav.audit,
    body: (
      <>
        <h1>{words.nav.audit}</h1>
        <form method="get" class="filters">
          <Field visit={visit} name="actor" label={own.actor} />
          <Field visit={visit} name="operation" label={own.operation} hint="sink-pause" />
          <Field visit={visit} name="target" label={own.target} hint="sink:soc" />
          <Field visit={visit} name="since" label={own.since} hint="2026-01-31T00:00:00Z" />
          <button type="submit">{own.show}</button>
        </form>
        <p class="row">
          <a href="/audit/verify">{own.verify}</a>
          <span class="apart">
            <a href={`/api/v1/audit/export?${new URLSearchParams(filters)}`}>NDJSON</a>
          </span>
        </p>
        <Table
          caption={words.nav.audit}
          words={words}
          rows={items}
          keyOf={({ id }) => id}
          columns={[
            { name: own.at, cell: ({ at }) => <Time at={at} /> },
            { name: own.actor, cell: ({ actor }) => <Theirs text={actor} /> },
            { name: own.via, cell: ({ via }) => via },
            { name: own.operation, cell: ({ operation }) => <Theirs text={operation} /> },
            { name: own.target, cell: ({ target }) => <Theirs text={target} /> },
            { name: own.details, cell: (one) => details(one, visit) },
          ]}
        />
        <Pager url={url} next={next} words={words} />
      </>
    ),
  };
};

function details({ id, address, input, before, after }: Entry, { words }: Visit) {
  const own = words.audit;
  return (
    <details id={`entry-${id}`}>
      <summary>{own.details}</summary>
      <dl>
        <dt>{own.address}</dt>
        <dd>
          <Theirs text={address} />
        </dd>
        <dt>{own.input}</dt>
        <dd>
          <TheirBlock text={laidOutJson(input)} />
        </dd>
        <dt>{own.before}</dt>
        <dd>{before === null ? words.shell.none : <TheirBlock text={laidOutJson(before)} />}</dd>
        <dt>{own.after}</dt>
        <dd>{after === null ? own.notEnded : <TheirBlock text={laidOutJson(after)} />}</dd>
      </dl>
    </details>
  );
}

export const verifyAudit: View = async (visit) => {
  const { words, url, operate } = visit;
  const own = words.audit;
  const cursor = url.searchParams.get('cursor') ?? undefined;
  const { checked, firstBreak, lastHash, next } = await operate(log.verify, { cursor });
  const sound = next === null ? own.verified : own.verifiedPart;
  return {
    title: own.verify,
    body: (
      <>
        <h1>{own.verify}</h1>
        {firstBreak === null ? (
          <p class="notice">{sound.replace('{n}', String(checked))}</p>
        ) : (
          <p class="notice bad">{own.broken.replace('{id}', firstBreak)}</p>
        )}
        <p>
          {own.lastHash} <Theirs text={lastHash} />
        </p>
        <p class="row">
          {next === null ? (
            ''
          ) : (
            <a href={`/audit/verify?${new URLSearchParams({ cursor: next })}`}>{own.verifyOn}</a>
          )}
          <a href="/audit">{words.problems.back}</a>
        </p>
      </>
    ),
  };
};

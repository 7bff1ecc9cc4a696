// Silences: what is silenced, a new one with what it would have hidden, extending, ending.

import type { Severity, SeverityName } from '../../../kit/event.ts';
import { severityNames } from '../../../kit/event.ts';
import { refusal } from '../../../kit/refusals.ts';
import { InputError, silence } from '../../../operations/index.ts';
import { ActButton, ActLink, Field, severityChoices } from '../parts/form.tsx';
import { Pager, Table } from '../parts/table.tsx';
import { SeverityMark, StateMark, TheirBlock, Theirs, Time } from '../parts/text.tsx';
import { type Act, doneAt, type Shown, type View, type Visit } from '../visit.ts';

type Matcher = Readonly<Record<string, unknown>>;
type Listed = Awaited<ReturnType<typeof listed>>['items'][number];

const listed = (visit: Visit, more: object = {}) =>
  visit.operate(silence.list, { cursor: cursorOf(visit), ...more });

function cursorOf({ url }: Visit): string | undefined {
  return url.searchParams.get('cursor') ?? undefined;
}

export const silences: View = async (visit) => {
  const { words, url } = visit;
  const isAll = url.searchParams.get('all') === 'yes';
  const { items, next } = await listed(visit, {
    states: isAll ? ['active', 'pending', 'over'] : undefined,
  });
  const own = words.silences;
  return {
    title: words.nav.silences,
    refreshSeconds: 30,
    body: (
      <>
        <h1>{words.nav.silences}</h1>
        <p class="row">
          <a class="button" href="/silences/new">
            {own.add}
          </a>
          {isAll ? (
            <a href="/silences">{own.onlyCurrent}</a>
          ) : (
            <a href="/silences?all=yes">{own.all}</a>
          )}
        </p>
        <Table
          caption={words.nav.silences}
          words={words}
          rows={items}
          keyOf={({ id }) => id}
          columns={[
            { name: own.state, cell: ({ state }) => <StateMark state={state} words={words} /> },
            { name: own.matcher, cell: (one) => <Theirs text={JSON.stringify(one.matcher)} /> },
            { name: own.reason, cell: ({ reason }) => <bdi>{reason}</bdi> },
            { name: own.owner, cell: ({ owner }) => <bdi>{owner}</bdi> },
            { name: own.endsAt, cell: ({ endsAt }) => <Time at={endsAt} /> },
            {
              name: own.hidden,
              isNumber: true,
              cell: ({ hidden, id }) =>
                hidden === 0 ? '0' : <a href={`/deliveries?silence=${id}`}>{hidden}</a>,
            },
            { name: own.act, cell: (one) => links(one, visit) },
          ]}
        />
        <Pager url={url} next={next} words={words} />
      </>
    ),
  };
};

function links({ id, state }: Listed, visit: Visit) {
  const own = visit.words.silences;
  if (state === 'over') return '';
  return (
    <span class="row">
      <ActLink visit={visit} href={`/silences/${id}/extend`} text={own.extend} />
      <ActLink visit={visit} href={`/silences/${id}/end`} text={own.end} />
    </span>
  );
}

/** The fields of the form that become keys of the matcher, each a list with commas. */
const listFields = [
  'types',
  'devices',
  'groups',
  'sources',
  'sinks',
  'tenants',
  'networks',
] as const;

/** From the fields of a form; `matcher` is written by hand and comes before them. */
function matcherOf(form: Readonly<Record<string, string | undefined>>): Matcher {
  if (form.matcher?.trim()) return writtenMatcher(form.matcher);
  const lists = listFields.flatMap((name) => {
    const values = (form[name] ?? '').split(',').map((text) => text.trim());
    const given = values.filter((text) => text !== '');
    return given.length > 0 ? [[name, given] as const] : [];
  });
  return {
    ...Object.fromEntries(lists),
    ...(form.min_severity && { min_severity: form.min_severity }),
  };
}

function writtenMatcher(text: string): Matcher {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Matcher;
  } catch {
    // Said below.
  }
  throw new InputError([refusal('matcherForm', { example: '{"types": ["RANSOM*"]}' })]);
}

export const newSilence: View = async (visit) => {
  const { words, url } = visit;
  const own = words.silences;
  const given = Object.fromEntries(url.searchParams);
  const isTried = url.searchParams.has('for');
  return {
    title: own.add,
    body: (
      <>
        <h1>{own.add}</h1>
        <form method="get" class="filters panel">
          {listFields.map((name) => (
            <Field visit={visit} name={name} label={own.fields[name]} hint={own.hints[name]} />
          ))}
          <Field
            visit={visit}
            name="min_severity"
            label={own.fields.min_severity}
            choices={severityChoices(words)}
          />
          <Field visit={visit} name="matcher" label={own.fields.matcher} hint={own.hints.matcher} />
          <Field visit={visit} name="for" label={own.length} hint="2h" required />
          <Field visit={visit} name="reason" label={own.reason} required />
          <button type="submit">{own.try}</button>
        </form>
        {isTried ? await preview(visit, given) : ''}
      </>
    ),
  };
};

async function preview(visit: Visit, given: Readonly<Record<string, string>>) {
  const { words } = visit;
  const own = words.silences;
  const matcher = matcherOf(given);
  const tried = await visit.operate(silence.preview, { matcher });
  const urgent = severityNames.flatMap((name, severity) => {
    const count = tried.bySeverity[name];
    return count > 0 ? [{ severity: severity as Severity, count }] : [];
  });
  const text = own.addNow.replace('{for}', given.for ?? '');
  return (
    <section class="panel" aria-label={own.preview}>
      <h2>{own.preview}</h2>
      <p>
        {own.wouldHaveHidden.replace('{n}', String(tried.hidden))}{' '}
        {urgent.toReversed().map(({ severity, count }) => (
          <>
            <SeverityMark severity={severity} words={words} /> {count}{' '}
          </>
        ))}
      </p>
      {tried.hidesCritical ? <p class="notice bad">{own.hidesCritical}</p> : ''}
      {tried.coversEverything ? <p class="notice bad">{own.coversEverything}</p> : ''}
      {tried.isCut ? (
        <p class="quiet">
          {words.shell.searchedTo} <Time at={tried.searchedTo} />
        </p>
      ) : (
        ''
      )}
      <TheirBlock text={JSON.stringify(matcher, null, 2)} />
      <ActButton
        visit={visit}
        action="/silences/new"
        text={text}
        hidden={{
          matcher: JSON.stringify(matcher),
          for: given.for ?? '',
          reason: given.reason ?? '',
          ...(tried.coversEverything && { everything: 'yes' }),
        }}
        isDangerous={tried.hidesCritical || tried.coversEverything}
      />
      {tried.sample.length > 0 ? sample(tried.sample, visit) : ''}
    </section>
  );
}

function sample(
  rows: readonly {
    readonly event: string;
    readonly receivedAt: string;
    readonly severity: SeverityName;
    readonly type: string;
    readonly device: string | null;
  }[],
  { words }: Visit,
) {
  const own = words.silences;
  return (
    <Table
      caption={own.sample}
      words={words}
      rows={rows}
      keyOf={({ event }) => event}
      columns={[
        { name: own.event, cell: ({ event }) => <a href={`/events/${event}`}>{event}</a> },
        {
          name: words.deliveries.severity,
          cell: ({ severity }) => (
            <SeverityMark severity={severityNames.indexOf(severity) as Severity} words={words} />
          ),
        },
        { name: own.fields.types, cell: ({ type }) => <Theirs text={type} /> },
        { name: own.fields.devices, cell: ({ device }) => <Theirs text={device} /> },
        { name: own.at, cell: ({ receivedAt }) => <Time at={receivedAt} /> },
      ]}
    />
  );
}

export const addSilence: Act = async ({ operate }, _fields, form) => {
  const { for: length = '', reason = '' } = form;
  const silences = [{ matcher: matcherOf(form), reason, for: length }];
  const isEverythingMeant = form.everything === 'yes';
  await operate(silence.add, { silences, isEverythingMeant });
  return doneAt('/silences', 'silenceAdded');
};

export const extendSilence: View = (visit, { silence: id = '' }) =>
  change(visit, id, ({ words: { silences: own } }, { version }) => (
    <ActButton
      visit={visit}
      action={`/silences/${id}/extend`}
      text={own.extend}
      hidden={{ version }}
    >
      <Field visit={visit} name="for" label={own.lengthFromNow} hint="2h" required />
    </ActButton>
  ));

export const endSilence: View = (visit, { silence: id = '' }) =>
  change(visit, id, ({ words: { silences: own } }, { version }) => (
    <ActButton
      visit={visit}
      action={`/silences/${id}/end`}
      text={own.endNow}
      hidden={{ version }}
      isDangerous
    />
  ));

async function change(
  visit: Visit,
  id: string,
  form: (visit: Visit, one: Listed) => ReturnType<typeof ActButton>,
): Promise<Shown> {
  const own = visit.words.silences;
  const one = await visit.operate(silence.show, { silence: id });
  const title = `${own.one} ${id}`;
  return {
    title,
    body: (
      <>
        <h1>{title}</h1>
        <dl class="panel">
          <dt>{own.matcher}</dt>
          <dd>
            <Theirs text={JSON.stringify(one.matcher)} />
          </dd>
          <dt>{own.reason}</dt>
          <dd>
            <bdi>{one.reason}</bdi>
          </dd>
          <dt>{own.owner}</dt>
          <dd>
            <bdi>{one.owner}</bdi>
          </dd>
          <dt>{own.endsAt}</dt>
          <dd>
            <Time at={one.endsAt} />
          </dd>
          <dt>{own.hidden}</dt>
          <dd>{one.hidden}</dd>
        </dl>
        <h2>{own.act}</h2>
        {form(visit, one)}
      </>
    ),
  };
}

export const extendSilenceNow: Act = async ({ operate }, { silence: id = '' }, form) => {
  await operate(silence.extend, { silence: id, for: form.for, version: form.version });
  return doneAt('/silences', 'silenceExtended');
};

export const endSilenceNow: Act = async ({ operate }, { silence: id = '' }, form) => {
  await operate(silence.end, { silence: id, version: form.version });
  return doneAt('/silences', 'silenceEnded');
};

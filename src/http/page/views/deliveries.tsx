// Deliveries: how each stands, by sink, state and reason.
import { type Severity, severityNames } from '../../../kit/event.ts';
import { delivery } from '../../../operations/index.ts';
import { Field, sinkChoices } from '../parts/form.tsx';
import { reasonChoices, reasonText } from '../parts/reason.ts';
import { type Column, Pager, Table } from '../parts/table.tsx';
import { SeverityMark, StateMark, Theirs, Time } from '../parts/text.tsx';
import type { View, Visit } from '../visit.ts';

type Input = Parameters<typeof delivery.list.run>[1];
export type Item = Awaited<ReturnType<typeof delivery.list.run>>['items'][number];

const states = ['pending', 'delivered', 'suppressed', 'dead'] as const;

export const deliveries: View = async (visit) => {
  const { words, url, operate } = visit;
  const own = words.deliveries;
  const { items, next, searchedTo } = await operate(delivery.list, inputOf(url));
  return {
    title: words.nav.deliveries,
    body: (
      <>
        <h1>{words.nav.deliveries}</h1>
        <form method="get" class="filters">
          <Field visit={visit} name="sink" label={own.sink} choices={sinkChoices(visit)} />
          <Field
            visit={visit}
            name="state"
            label={own.state}
            choices={[
              { value: '', text: own.any },
              ...states.map((value) => ({ value, text: words.states[value] })),
            ]}
          />
          <Field {...{ visit, name: 'reason', label: own.reason }} choices={reasonChoices(words)} />
          <Field
            visit={visit}
            name="severity"
            label={own.severity}
            choices={[
              { value: '', text: own.any },
              ...severityNames.map((value, at) => ({ value, text: words.severities[at]! })),
            ]}
          />
          <button type="submit">{own.show}</button>
        </form>
        <Table
          caption={words.nav.deliveries}
          words={words}
          rows={items}
          keyOf={({ eventId, sink }) => `${eventId} ${sink}`}
          columns={columnsOf(visit)}
        />
        {searchedTo === null ? (
          ''
        ) : (
          <p class="quiet">
            {words.shell.searchedTo} <Time at={searchedTo} />
          </p>
        )}
        <Pager
          url={url}
          next={next}
          words={words}
          {...(searchedTo !== null && { label: words.shell.goOn })}
        />
      </>
    ),
  };
};

/** Fields that were left empty are none. */
function inputOf({ searchParams }: URL): Input {
  const given = (name: string) => searchParams.get(name) || undefined;
  const [state, severity] = [given('state'), given('severity')];
  return {
    ...{ sink: given('sink'), reason: given('reason'), cursor: given('cursor') },
    ...{ event: given('event'), silence: given('silence') },
    // The operation refuses what is none of its words.
    state: state === undefined ? undefined : ([state] as Input['state']),
    severity: severity === undefined ? undefined : ([severity] as Input['severity']),
  };
}

/** Of a table of deliveries, wherever it stands. */
export function columnsOf({ words }: Visit): readonly Column<Item>[] {
  const own = words.deliveries;
  return [
    {
      name: own.severity,
      cell: ({ severity }) => (
        <SeverityMark severity={severityNames.indexOf(severity) as Severity} words={words} />
      ),
    },
    {
      name: own.event,
      cell: ({ eventId, type }) => (
        <>
          <a href={`/events/${eventId}`}>{eventId}</a> <Theirs text={type} />
        </>
      ),
    },
    { name: own.device, cell: ({ device }) => <Theirs text={device} /> },
    { name: own.sink, cell: ({ sink }) => <Theirs text={sink} /> },
    { name: own.state, cell: ({ state }) => <StateMark state={state} words={words} /> },
    { name: own.reason, cell: (item) => reasonOf(item, words) },
    { name: own.attempts, isNumber: true, cell: ({ attempts }) => attempts },
    {
      name: own.at,
      cell: ({ finalizedAt, scheduledAt }) => <Time at={finalizedAt ?? scheduledAt} />,
    },
  ];
}

function reasonOf({ reason, lastStatus, lastAnswer, silenceId }: Item, words: Visit['words']) {
  const text = reason === null ? null : reasonText(reason, words);
  return (
    <>
      {silenceId === null ? text : <a href={`/silences/${silenceId}/extend`}>{text}</a>}{' '}
      {lastStatus === null ? '' : <span class="quiet">{lastStatus}</span>}{' '}
      {lastAnswer === null ? '' : <Theirs text={lastAnswer} />}
    </>
  );
}

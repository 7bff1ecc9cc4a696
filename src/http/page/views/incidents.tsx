// Incidents: what is open, who has the rest; and what people do about one on the page of its event.
import { type Severity, severityNames } from '../../../kit/event.ts';
import { incidentStates } from '../../../kit/incident.ts';
import { incident } from '../../../operations/index.ts';
import { Field, severityChoices } from '../parts/form.tsx';
import { Pager, Table } from '../parts/table.tsx';
import { SeverityMark, StateMark, Theirs, Time } from '../parts/text.tsx';
import { type Act, type DoneName, doneAt, type View, type Visit } from '../visit.ts';

type Input = Parameters<typeof incident.list.run>[1];
type Item = Awaited<ReturnType<typeof incident.list.run>>['items'][number];

export const incidents: View = async (visit) => {
  const { words, url, operate } = visit;
  const own = words.incidents;
  const { items, next } = await operate(incident.list, inputOf(url));
  const [, ...severities] = severityChoices(words);
  return {
    title: words.nav.incidents,
    refreshSeconds: 10,
    body: (
      <>
        <h1>{words.nav.incidents}</h1>
        <form method="get" class="filters">
          <Field
            visit={visit}
            name="state"
            label={own.state}
            choices={[
              { value: '', text: own.unresolved },
              ...incidentStates.map((value) => ({ value, text: words.states[value] })),
            ]}
          />
          <Field
            visit={visit}
            name="severity"
            label={own.minSeverity}
            choices={[{ value: '', text: words.severities[4]! }, ...severities]}
          />
          <button type="submit">{own.show}</button>
        </form>
        <Table
          caption={words.nav.incidents}
          words={words}
          rows={items}
          keyOf={({ event }) => event}
          columns={columnsOf(visit)}
        />
        <Pager {...{ url, next, words }} />
      </>
    ),
  };
};

/** Fields that were left empty are none. */
function inputOf({ searchParams }: URL): Input {
  const given = (name: string) => searchParams.get(name) || undefined;
  const state = given('state');
  return {
    // The operation refuses what is none of its words.
    ...(state !== undefined && { state: [state] as NonNullable<Input['state']> }),
    minSeverity: given('severity') as Input['minSeverity'],
    ...{ by: given('by'), cursor: given('cursor') },
  };
}

function columnsOf({ words }: Visit) {
  const own = words.incidents;
  return [
    {
      name: own.severity,
      cell: ({ severity }: Item) => (
        <SeverityMark severity={severityNames.indexOf(severity) as Severity} words={words} />
      ),
    },
    {
      name: own.event,
      cell: ({ event, type }: Item) => (
        <>
          <a href={`/events/${event}`}>{event}</a> <Theirs text={type} />
        </>
      ),
    },
    { name: own.device, cell: ({ device }: Item) => <Theirs text={device} /> },
    { name: own.state, cell: ({ state }: Item) => <StateMark state={state} words={words} /> },
    { name: own.who, cell: ({ by }: Item) => <Theirs text={by} /> },
    { name: own.since, cell: ({ changedAt }: Item) => <Time at={changedAt} /> },
    { name: own.ends, cell: ({ until }: Item) => <Time at={until} /> },
    { name: own.times, isNumber: true, cell: ({ occurrences }: Item) => occurrences },
  ];
}

type Answer = Awaited<ReturnType<typeof incident.resolve.run>>;

const done: Readonly<Record<string, DoneName>> = {
  acknowledge: 'incidentAcknowledged',
  renew: 'incidentAcknowledged',
  snooze: 'incidentSnoozed',
  resolve: 'incidentResolved',
  reopen: 'incidentReopened',
  escalate: 'incidentEscalated',
};

function doneBy(act: string): DoneName {
  return Object.hasOwn(done, act) ? done[act]! : 'incidentNoted';
}

const undone: Readonly<Record<Exclude<Answer['outcome'], 'changed'>, DoneName>> = {
  same: 'incidentSame',
  taken: 'incidentTaken',
  resolved: 'incidentIsResolved',
};

/** The button that was pressed says what is meant. */
export const actOnIncident: Act = async (visit, { event = '' }, form) => {
  const { act = '' } = form;
  const { outcome } = await performed(visit, event, { ...form, act });
  return doneAt(`/events/${event}`, outcome === 'changed' ? doneBy(act) : undone[outcome]);
};

/** A form that names no button of ours is a note. */
function performed(
  { operate }: Visit,
  event: string,
  { act, note = '', for: length = '', version = '' }: Readonly<Record<string, string>>,
): Promise<Answer> {
  const input = { event, ...(note.trim() !== '' && { note }) };
  switch (act) {
    case 'acknowledge':
    case 'renew':
      return operate(incident.acknowledge, input);
    case 'snooze':
      return operate(incident.snooze, { ...input, for: length });
    case 'resolve':
      return operate(incident.resolve, input);
    case 'reopen':
      return operate(incident.reopen, input);
    case 'escalate':
      // Two who press the same button of one card make one step.
      return operate(incident.escalate, {
        ...input,
        ...(/^\d{1,9}$/.test(version) && { version: Number(version) }),
      });
    default:
      return operate(incident.remark, { event, note });
  }
}

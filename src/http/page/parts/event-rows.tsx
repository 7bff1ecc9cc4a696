// A table of events, as the search and the history of an item show it.
import { type Severity, severityNames } from '../../../kit/event.ts';
import type { EventItem } from '../../../operations/index.ts';
import type { Words } from '../words/index.ts';
import { type Column, Table } from './table.tsx';
import { SeverityMark, Theirs, Time } from './text.tsx';

export function EventTable({
  caption,
  events,
  words,
}: {
  readonly caption: string;
  readonly events: readonly EventItem[];
  readonly words: Words;
}) {
  return (
    <Table
      {...{ caption, words, rows: events }}
      keyOf={({ id }) => id}
      columns={columnsOf(words)}
    />
  );
}

function columnsOf(words: Words): Column<EventItem>[] {
  const { columns } = words.events;
  return [
    {
      name: columns.receivedAt,
      cell: ({ id, receivedAt }) => (
        <a href={`/events/${id}`}>
          <Time at={receivedAt} />
        </a>
      ),
    },
    {
      name: columns.severity,
      cell: ({ severity }) => <SeverityMark severity={severityOf(severity)} words={words} />,
    },
    { name: columns.type, cell: ({ type }) => <Theirs text={type} /> },
    { name: columns.device, cell: ({ device }) => <Theirs text={cut(device)} /> },
    { name: columns.user, cell: ({ user }) => <Theirs text={cut(user)} /> },
    { name: columns.file, cell: ({ file }) => <Theirs text={cut(file)} /> },
    { name: columns.status, cell: ({ status }) => <Theirs text={cut(status)} /> },
    {
      name: columns.deliveries,
      cell: ({ deliveries }) => (
        <span class="row">
          {deliveries.map((one) => (
            <DeliveryMark {...one} words={words} />
          ))}
        </span>
      ),
    },
  ];
}

export function severityOf(name: (typeof severityNames)[number]): Severity {
  return severityNames.indexOf(name) as Severity;
}

/** A list stays a list, whatever somebody called a file. */
const lengthMax = 120;

function cut(text: string | null): string | null {
  return text !== null && text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

type DeliveryState = EventItem['deliveries'][number]['state'];

/** In the order of a delivery's life. */
export const deliveryStates: readonly DeliveryState[] = [
  'pending',
  'delivered',
  'suppressed',
  'dead',
];

const tones = { delivered: 'good', dead: 'bad', pending: 'plain', suppressed: 'plain' } as const;
/** They tell states apart without colour. */
const signs = { delivered: '✓', dead: '✕', pending: '…', suppressed: '⊘' } as const;

/** A sink, and what became of the event there. */
export function DeliveryMark({
  sink,
  state,
  words,
}: {
  readonly sink: string;
  readonly state: DeliveryState;
  readonly words: Words;
}) {
  return (
    <span class={`state ${tones[state]}`}>
      <span aria-hidden="true">{signs[state]}</span> {sink}
      <span class="unseen"> {words.states[state]}</span>
    </span>
  );
}

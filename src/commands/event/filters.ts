// The options that say which events are meant, for the commands that find some.
import type { Command, CommandArguments } from '../../cli/command.ts';
import { momentOf, oneOf, severitiesOf, sinceOf, wordsOf } from '../../cli/option-values.ts';
import { severityNames } from '../../kit/event.ts';
import { deliveryStates } from '../../kit/records/delivery.ts';
import type { EventFilters } from '../../operations/index.ts';

const one = (value: string, help: string) => ({ type: 'string', value, help }) as const;

export const filterOptions = {
  text: one('<text>', 'In any text of the event, or in its type'),
  id: one('<id>', 'The vendor’s number or name of the item'),
  subject: one('<text>', 'The item, as its later changes name it too'),
  hash: one('<hash>', 'The hash of the file, whole'),
  device: one('<name>', 'Name or number of the device, whole'),
  user: one('<name>', 'The user, with or without the domain'),
  ip: one('<address>', 'An address of the device, or the remote one'),
  severity: one('<name,...>', 'Of these severities'),
  'min-severity': one('<name>', 'Of this severity or a higher one, or UNKNOWN'),
  type: one('<type,...>', 'Of these types, as the vendor writes them'),
  stream: one('<stream,...>', 'Of these streams'),
  source: one('<id,...>', 'Of these sources; default: all but Tocsin itself'),
  status: one('<status,...>', 'With one of these statuses of the vendor'),
  since: one('<time>', 'Received since then: 7d, 12h or a date'),
  until: one('<time>', 'Received before, such as 2026-03-02T22:00:00+07:00'),
  sink: one('<id>', 'With a delivery to this sink'),
  state: one('<state,...>', `With a delivery that is ${deliveryStates.join(', ')}`),
} as const satisfies Command['options'];

/** @throws {UsageError} */
export function filtersOf(values: CommandArguments['values']): EventFilters {
  const { text, id, subject, hash, device, user, ip, sink } = values as Readonly<
    Record<string, string | undefined>
  >;
  const states = wordsOf(values.state)?.map((word) => oneOf('state', word, deliveryStates)!);
  const given = {
    ...{ text, id, subject, hash, device, user, ip, sink },
    severity: severitiesOf('severity', values.severity),
    minSeverity: oneOf('min-severity', upper(values['min-severity']), severityNames),
    type: wordsOf(values.type),
    stream: wordsOf(values.stream),
    source: wordsOf(values.source),
    status: wordsOf(values.status),
    since: sinceOf(values.since),
    until: momentOf('until', values.until),
    state: states,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function upper(given: CommandArguments['values'][string]): string | undefined {
  return given === undefined ? undefined : String(given).toUpperCase();
}

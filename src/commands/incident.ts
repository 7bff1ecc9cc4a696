// `tocsin incident list|show|ack|resolve|snooze|escalate|reopen|note`: who works on what,
// and what became of it.
import {
  type Command,
  type CommandArguments,
  type CommandGroup,
  entry,
  UsageError,
} from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { limitOf, limitOption, oneOf, severitiesOf, wordsOf } from '../cli/option-values.ts';
import { readPages } from '../cli/pages.ts';
import { incidentStates } from '../kit/incident.ts';
import { cutMiddle } from '../kit/text.ts';
import { incident } from '../operations/index.ts';
import type { Operate } from '../service/operate.ts';

const list: Command = {
  details: [
    'Without --state all that is not resolved, without --min-severity what is HIGH, CRITICAL or UNKNOWN.',
    'An event that was announced is open until somebody does something about it, for 7 days.',
  ].join('\n'),
  options: {
    state: { type: 'string', value: '<state,...>', help: `Of ${incidentStates.join(', ')}` },
    'min-severity': { type: 'string', value: '<name>', help: 'This severity or a higher one' },
    by: { type: 'string', value: '<who>', help: 'Only what this person has, or resolved' },
    ...limitOption,
    ...jsonOption,
  },
  run({ values }, io) {
    const limit = limitOf(values.limit);
    const filter = {
      state: wordsOf(values.state)?.map((word) => oneOf('state', word, incidentStates)!),
      minSeverity: severitiesOf('min-severity', values['min-severity'])?.[0],
      by: values.by === undefined ? undefined : String(values.by),
    };
    return operating(io, async (run) => {
      const found = await readPages((page) => run(incident.list, { ...filter, ...page }), limit);
      const text = found.map(lineOf).join('') || 'nothing is open\n';
      io.stdout(values.json ? jsonText(found, 2) : text);
      if (found.length === limit) io.stderr(`these are the newest ${limit}; --limit shows more\n`);
    });
  },
};

type Shown = Awaited<ReturnType<typeof incident.show.run>>;
type Item = Shown['incident'];

/** What a row shows of a text that somebody else chose. */
const textLengthMax = 80;

function lineOf(item: Item): string {
  const { event, severity, type, device, changedAt, occurrences } = item;
  const times = occurrences > 1 ? `${occurrences} times` : null;
  const name = cutMiddle(device ?? '-', textLengthMax);
  return row(event, stateOf(item), changedAt, severity, type, name, ...(times ? [times] : []));
}

/** `acknowledged by ana until 2026-…`. */
function stateOf({ state, by, until }: Item): string {
  const whose = by === null ? '' : ` by ${cutMiddle(by, textLengthMax)}`;
  return `${state}${whose}${until === null ? '' : ` until ${until}`}`;
}

const one = {
  name: '<event>',
  help: 'the number of the event, as "tocsin incident list" shows it',
};

const show: Command = {
  arguments: [one],
  options: jsonOption,
  run({ values, positionals: [event = ''] }, io) {
    return operating(io, async (run) => {
      const shown = await run(incident.show, { event });
      io.stdout(values.json ? jsonText(shown, 2) : shownText(shown));
    });
  },
};

function shownText({ incident: item, changes, messages }: Shown): string {
  const facts = [
    ['item', item.itemId],
    ['note', item.note],
    ['seen last', item.lastSeenAt],
    ['escalated to', item.escalatedTo],
    ['console', item.link],
  ] as const;
  return [
    lineOf(item),
    ...facts.filter(([, value]) => value !== null).map((fact) => `  ${row(...fact)}`),
    ...(changes.length === 0 ? ['Nothing has happened to it.\n'] : ['What happened:\n']),
    ...changes.map(({ at, kind, to, actor, via, note }) => {
      const why = note === null ? [] : [note];
      return `  ${row(at, kind, `by ${actor} (${via})`, `now ${to}`, ...why)}`;
    }),
    ...messages.map(({ sink, wanted, shown, state, reason }) => {
      const words = shown === wanted ? 'shows it' : `shows version ${shown} of ${wanted}`;
      const why = reason === null ? '' : `, ${reason}`;
      return `  ${row(`message in ${sink}`, state === 'current' ? words : `${state}${why}`)}`;
    }),
  ].join('');
}

const noteOption = { note: { type: 'string', value: '<text>', help: 'Why' } } as const;

type Answer = Awaited<ReturnType<typeof incident.resolve.run>>;

/** What an act came to; nobody reads it as done who did not do it. */
const said: Readonly<Record<Answer['outcome'], string>> = {
  changed: '',
  same: 'nothing changed; it is so already: ',
  taken: 'nothing changed; somebody has it: ',
  resolved: 'nothing changed; reopen it first, it is ',
};

function acting(
  options: Command['options'],
  act: (run: Operate, event: string, values: CommandArguments['values']) => Promise<Answer>,
): Command {
  return {
    arguments: [one],
    options: { ...options, ...jsonOption },
    run({ values, positionals: [event = ''] }, io) {
      return operating(io, async (run) => {
        const answer = await act(run, event, values);
        const { outcome, incident: item } = answer;
        const text = row(`${said[outcome]}${stateOf(item)}`, `event ${item.event}`);
        io.stdout(values.json ? jsonText(answer, 2) : text);
      });
    },
  };
}

function noteOf({ note }: CommandArguments['values']) {
  return note === undefined ? {} : { note: String(note) };
}

const lengthOption = {
  for: { type: 'string', value: '<time>', help: 'How long: 30m, 4h, 1d' },
} as const;

export const command: CommandGroup = {
  subcommands: {
    list: entry('List what is open, acknowledged or snoozed', list),
    show: entry('Show the incident of an event, and what happened to it', show),
    ack: entry(
      'Say that you work on it',
      acting({ ...lengthOption, ...noteOption }, (run, event, values) =>
        run(incident.acknowledge, {
          ...{ event, ...noteOf(values) },
          ...(values.for !== undefined && { for: String(values.for) }),
        }),
      ),
    ),
    resolve: entry(
      'Say that it is done',
      acting(noteOption, (run, event, values) =>
        run(incident.resolve, { event, ...noteOf(values) }),
      ),
    ),
    escalate: entry(
      'Tell those at once whom the next step of its route tells',
      acting(noteOption, (run, event, values) =>
        run(incident.escalate, { event, ...noteOf(values) }),
      ),
    ),
    snooze: entry(
      'Put it off for a while',
      acting({ ...lengthOption, ...noteOption }, (run, event, values) => {
        if (values.for === undefined) throw new UsageError('How long? Say it by --for <time>.');
        return run(incident.snooze, { event, for: String(values.for), ...noteOf(values) });
      }),
    ),
    reopen: entry(
      'Open again what is acknowledged, snoozed or resolved',
      acting(noteOption, (run, event, values) =>
        run(incident.reopen, { event, ...noteOf(values) }),
      ),
    ),
    note: entry(
      'Note something, and leave it as it is',
      acting(
        { text: { type: 'string', value: '<text>', help: 'What to note' } },
        (run, event, values) => {
          if (values.text === undefined) throw new UsageError('What? Say it by --text <text>.');
          return run(incident.remark, { event, note: String(values.text) });
        },
      ),
    ),
  },
};

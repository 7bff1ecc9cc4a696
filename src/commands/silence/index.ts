// `tocsin silence add|preview|list|extend|end`: what must not be announced, until when, by whom
// and why.

import {
  type Command,
  type CommandArguments,
  type CommandGroup,
  type CommandIo,
  entry,
  UsageError,
} from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine, remarkIfCut } from '../../cli/lines.ts';
import { readPages } from '../../cli/pages.ts';
import { instant } from '../../config/index.ts';
import type { SilenceRequest } from '../../core/silences/add.ts';
import { duration, durationForms, durationText } from '../../kit/duration.ts';
import { silenceStates } from '../../kit/records/silence.ts';
import { ConflictError, listMax, NotFoundError, silence } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, operate, withOperations } from '../../service/operate.ts';
import { preview } from './preview.ts';
import { matcherOptions, readRequests, refuse, untilOption } from './request.ts';
import { criticalText, hiddenText, timeText } from './text.ts';

const add: Command = {
  details: [
    'It needs an owner, a reason and an end, and says what to silence: --match, --when, --sink; all that is given must hold.',
    'The keys of --match are those of a route: min_severity, sources, streams, types, actions, statuses, tenants, ' +
      'devices, groups, networks; of a key that is given more than once, one value must fit.',
    '--file takes a YAML list of silences with the keys owner, reason, from, for, until, match, when, sinks.',
    'What is hidden is kept, and summed up at the end.',
  ].join('\n'),
  options: {
    owner: { type: 'string', value: '<who>', help: 'Who silences it' },
    reason: { type: 'string', value: '<why>', help: 'Why' },
    for: { type: 'string', value: '<time>', help: 'How long: 30m, 2h, 1d' },
    until: untilOption,
    from: { type: 'string', value: '<time>', help: 'From when on; default: now' },
    ...matcherOptions,
    file: {
      type: 'string',
      value: '<file>',
      help: 'Silences as YAML, in place of all of these; - for stdin',
    },
    'all-events': { type: 'boolean', help: 'Yes, everything is meant' },
    ...jsonOption,
  },
  async run({ values }, io) {
    const { silenceMaxMs: maxMs, ...config } = loadForDatabase(io);
    const sources = config.sources.map(({ id }) => id);
    const requests = readRequests(
      values,
      { sources, sinks: config.sinks.map(({ id }) => id), maxMs },
      io,
    );
    const input = {
      silences: requests.map(writtenOf),
      isEverythingMeant: values['all-events'] === true,
    };
    const { added } = await operate(io, silence.add, input).catch(refuse);
    for (const one of added)
      if (one.hidesCritical)
        io.stderr(`warning: silence ${one.silence.id} hides CRITICAL events, too\n`);
    io.stdout(values.json ? jsonText(added.map(shownAdded), 2) : added.map(addedText).join(''));
    return exitCodes.done;
  },
};

function writtenOf(request: SilenceRequest) {
  const { matcher, owner, reason, startsAtMs, endsAtMs, forMs } = request;
  return {
    ...{ matcher, owner, reason },
    ...(startsAtMs !== null && { startsAt: new Date(startsAtMs).toISOString() }),
    ...(endsAtMs !== null && { endsAt: new Date(endsAtMs).toISOString() }),
    ...(forMs !== null && { for: durationText(forMs) }),
  };
}

type Added = Awaited<ReturnType<typeof silence.add.run>>['added'][number];

function shownAdded({ silence: { id, startsAt, endsAt }, hidesCritical, wouldHaveHidden }: Added) {
  const { looked, isCut, bySeverity } = wouldHaveHidden;
  return {
    id: Number(id),
    from: timeText(startsAt),
    until: timeText(endsAt),
    hidesCritical,
    wouldHaveHidden: { looked, isCut, bySeverity: Object.values(bySeverity) },
  };
}

function addedText({ silence: { id, startsAt, endsAt }, hidesCritical, wouldHaveHidden }: Added) {
  const times = `from ${timeText(startsAt)} until ${timeText(endsAt)}`;
  const hidden = hiddenText(wouldHaveHidden, 'last 24 hours');
  return `silence ${id} ${times}\n  It ${hidden}\n${hidesCritical ? criticalText : ''}`;
}

const list: Command = {
  options: { all: { type: 'boolean', help: 'Also those that are over' }, ...jsonOption },
  async run({ values }, io) {
    const states = values.all ? silenceStates : (['active', 'pending'] as const);
    const silences = await withOperations(loadForDatabase(io), io, (run) =>
      readPages((page) => run(silence.list, { states, ...page }), listMax),
    );
    remarkIfCut(silences, io);
    const none = values.all ? 'nothing was silenced yet\n' : 'nothing is silenced\n';
    io.stdout(
      values.json ? jsonText(silences.map(shown), 2) : silences.map(lineOf).join('') || none,
    );
    return exitCodes.done;
  },
};

type Listed = Awaited<ReturnType<typeof silence.list.run>>['items'][number];

/** The word that scripts know. */
const stateWords: Readonly<Record<Listed['state'], string>> = {
  active: 'active',
  pending: 'waiting',
  over: 'over',
};

function shown({ id, state, startsAt, endsAt, ...silence }: Listed) {
  return {
    id: Number(id),
    ...silence,
    state: stateWords[state],
    from: timeText(startsAt),
    until: timeText(endsAt),
  };
}

function lineOf({ id, state, startsAt, endsAt, owner, reason, matcher, hidden }: Listed): string {
  const times = `${timeText(startsAt)} to ${timeText(endsAt)}`;
  const what = Object.keys(matcher).length === 0 ? 'all events' : JSON.stringify(matcher);
  const text = `${id}  ${stateWords[state]}  ${times}  ${owner}: ${reason}  ${what}  hid ${hidden}`;
  return `${onOneLine(text)}\n`;
}

const one = { name: '<id>', help: 'the number of the silence, as "tocsin silence list" shows it' };

/** @throws {UsageError} */
function idOf(text: string): string {
  if (/^[1-9]\d{0,14}$/.test(text)) return text;
  throw new UsageError('Which silence? Give its number, as "tocsin silence list" shows it.');
}

/** Prints why a silence was not changed. Any other error is thrown on. */
function printRefusal(error: unknown, io: CommandIo): number {
  if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
  io.stderr(`${onOneLine(error.message)}\n`);
  return exitCodes.failed;
}

const extend: Command = {
  arguments: [one],
  details: 'A silence that is over stays over, and one that recurs ends as tocsin.yaml says.',
  options: {
    for: { type: 'string', value: '<time>', help: 'How long from now on: 30m, 2h, 1d' },
    until: untilOption,
    ...jsonOption,
  },
  async run({ values, positionals: [text = ''] }, io) {
    const id = idOf(text);
    const end = endOf(values);
    try {
      const { endsAt } = await operate(io, silence.extend, { silence: id, ...end }).catch(refuse);
      const until = timeText(endsAt);
      io.stdout(
        values.json ? jsonText({ id: Number(id), until }) : `silence ${id} lasts until ${until}\n`,
      );
      return exitCodes.done;
    } catch (error) {
      return printRefusal(error, io);
    }
  },
};

/** @throws {UsageError} */
function endOf({ for: length, until }: CommandArguments['values']) {
  if ((length === undefined) === (until === undefined))
    throw new UsageError('Until when? Say it by --for <time> or by --until <time>.');
  if (length !== undefined) {
    if (duration(String(length)) === undefined)
      throw new UsageError(`--for "${length}" is not a duration. ${durationForms}.`);
    return { for: String(length) };
  }
  const parsed = instant(String(until));
  if ('problem' in parsed) throw new UsageError(`--until ${parsed.problem}. ${parsed.remedy}.`);
  return { endsAt: new Date(parsed.value).toISOString() };
}

const end: Command = {
  arguments: [one],
  options: { owner: { type: 'string', value: '<who>', help: 'Whose it is' }, ...jsonOption },
  async run({ values, positionals: [text = ''] }, io) {
    const id = idOf(text);
    if (typeof values.owner !== 'string')
      throw new UsageError('Whose silence is it? --owner <who>.');
    try {
      await operate(io, silence.end, { silence: id, owner: values.owner.trim() });
    } catch (error) {
      return printRefusal(error, io);
    }
    io.stdout(
      values.json
        ? jsonText({ ended: Number(id) })
        : `silence ${id} is over; whoever it kept something from hears what\n`,
    );
    return exitCodes.done;
  },
};

export const command: CommandGroup = {
  subcommands: {
    add: entry('Keep events from being announced for a while', add),
    preview: entry('Show what a silence would have hidden', preview),
    list: entry('List what is silenced', list),
    extend: entry('Let a silence last longer', extend),
    end: entry('End a silence', end),
  },
};

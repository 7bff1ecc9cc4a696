// `tocsin silence add|list|end`: what must not be announced, until when, by whom and why.

import { type Command, type CommandGroup, entry, UsageError } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine, remarkIfCut } from '../../cli/lines.ts';
import type { AddedSilence } from '../../core/silences/add.ts';
import { severitiesText } from '../../core/silences/summary.ts';
import type { EndedSilence, ListedSilence } from '../../kit/records/silence.ts';
import { listMax, silence } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, operate } from '../../service/operate.ts';
import { readRequests } from './request.ts';

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
    until: {
      type: 'string',
      value: '<time>',
      help: 'Until when, such as 2026-03-02T22:00:00+07:00',
    },
    from: { type: 'string', value: '<time>', help: 'From when on; default: now' },
    match: {
      type: 'string',
      multiple: true,
      value: '<key=value>',
      help: 'What it is about, such as types=RANSOM*',
    },
    when: {
      type: 'string',
      value: '<expression>',
      help: "A condition in CEL, such as 'event.severity < 4'",
    },
    sink: {
      type: 'string',
      multiple: true,
      value: '<id>',
      help: 'Only for this sink; default: all',
    },
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
    const rules = { maxMs, sources, isEverythingAllowed: values['all-events'] === true };
    const result = await operate(io, silence.add, { silencing: { requests, rules } });
    if ('refused' in result) throw refusalOf(result.refused, requests.length);
    for (const { id, mayCoverCritical } of result.added)
      if (mayCoverCritical) io.stderr(`warning: silence ${id} hides CRITICAL events, too\n`);
    io.stdout(
      values.json
        ? jsonText(result.added.map(shownAdded), 2)
        : result.added.map(addedText).join(''),
    );
    return exitCodes.done;
  },
};

function refusalOf(
  refused: readonly { index: number; problem: string }[],
  asked: number,
): UsageError {
  const name = (index: number) => (asked > 1 ? `silence ${index + 1}` : 'the silence');
  const lines = refused.map(({ index, problem }) => `${name(index)} ${problem}.`);
  const isAboutAll = lines.some((line) => /every event/.test(line));
  const hint = '--all-events says that all events are meant.';
  return new UsageError([...lines, ...(isAboutAll ? [hint] : [])].join('\n'));
}

function shownAdded({ id, startsAtMs, endsAtMs, mayCoverCritical, preview }: AddedSilence) {
  const wouldHaveHidden = {
    looked: preview.looked,
    isCut: preview.isCut,
    bySeverity: preview.severities,
  };
  return {
    id,
    from: timeText(startsAtMs),
    until: timeText(endsAtMs),
    hidesCritical: mayCoverCritical,
    wouldHaveHidden,
  };
}

function addedText({ id, startsAtMs, endsAtMs, mayCoverCritical, preview }: AddedSilence): string {
  const hidden = preview.severities.reduce((sum, count) => sum + count, 0);
  const events = `${preview.isCut ? 'newest ' : ''}${preview.looked} events of the last 24 hours`;
  const list = hidden === 0 ? '' : `: ${severitiesText(preview.severities)}`;
  const critical = mayCoverCritical
    ? "  It hides CRITICAL events, too; 'event.severity < 5' as a condition spares them.\n"
    : '';
  return `silence ${id} from ${timeText(startsAtMs)} until ${timeText(endsAtMs)}\n  It would have hidden ${hidden} of the ${events}${list}.\n${critical}`;
}

const list: Command = {
  options: { all: { type: 'boolean', help: 'Also those that are over' }, ...jsonOption },
  async run({ values }, io) {
    const silences = await operate(io, silence.list, { all: values.all === true, limit: listMax });
    remarkIfCut(silences, io);
    const none = values.all ? 'nothing was silenced yet\n' : 'nothing is silenced\n';
    io.stdout(
      values.json ? jsonText(silences.map(shown), 2) : silences.map(lineOf).join('') || none,
    );
    return exitCodes.done;
  },
};

function shown({ startsAtMs, endsAtMs, ...silence }: ListedSilence) {
  return { ...silence, from: timeText(startsAtMs), until: timeText(endsAtMs) };
}

function lineOf({
  id,
  state,
  startsAtMs,
  endsAtMs,
  owner,
  reason,
  matcher,
  hidden,
}: ListedSilence): string {
  const times = `${timeText(startsAtMs)} to ${timeText(endsAtMs)}`;
  const what = Object.keys(matcher).length === 0 ? 'all events' : JSON.stringify(matcher);
  const text = `${id}  ${state}  ${times}  ${owner}: ${reason}  ${what}  hid ${hidden}`;
  return `${onOneLine(text)}\n`;
}

const failures: Readonly<Record<Exclude<EndedSilence, 'ended'>, string>> = {
  unknown: 'there is no such silence; "tocsin silence list" shows them',
  over: 'it is over already',
  other_owner: 'it is not of this owner; "tocsin silence list" says whose it is',
};

const end: Command = {
  arguments: [
    { name: '<id>', help: 'the number of the silence, as "tocsin silence list" shows it' },
  ],
  options: { owner: { type: 'string', value: '<who>', help: 'Whose it is' }, ...jsonOption },
  async run({ values, positionals: [text = ''] }, io) {
    const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
    if (id === undefined)
      throw new UsageError('Which silence? Give its number, as "tocsin silence list" shows it.');
    if (typeof values.owner !== 'string')
      throw new UsageError('Whose silence is it? --owner <who>.');
    const result = await operate(io, silence.end, { silence: id, owner: values.owner.trim() });
    if (result !== 'ended') {
      io.stderr(`silence ${id}: ${failures[result]}\n`);
      return exitCodes.failed;
    }
    io.stdout(
      values.json
        ? jsonText({ ended: id })
        : `silence ${id} is over; whoever it kept something from hears what\n`,
    );
    return exitCodes.done;
  },
};

export const command: CommandGroup = {
  subcommands: {
    add: entry('Keep events from being announced for a while', add),
    list: entry('List what is silenced', list),
    end: entry('End a silence', end),
  },
};

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

// `tocsin silence add|list|end`: what must not be announced, until when, by whom and why.

import { type Command, type CommandArguments, type CommandIo, UsageError } from '../../cli/command.ts';
import { jsonText } from '../../cli/json.ts';
import type { AddedSilence } from '../../core/silences/add.ts';
import { severitiesText } from '../../core/silences/summary.ts';
import type { EndedSilence, ListedSilence } from '../../kit/records/silence.ts';
import { neutralText } from '../../kit/text.ts';
import { silence } from '../../operations/index.ts';
import { exitCodes } from '../../service/exit-codes.ts';
import { loadForDatabase, operate } from '../../service/operate.ts';
import { readRequests } from './request.ts';

const listMax = 1000;

export const command: Command = {
  summary: 'Keep events from being announced for a while, list what is silenced, or end it',
  usage: 'silence add|list|end [<id>] [options]',
  details: [
    'add needs an owner, a reason and an end, and says what to silence: --match, --when, --sink; all that is given must hold.',
    'The keys of --match are those of a route: min_severity, sources, streams, types, actions, statuses, tenants, devices,',
    'groups, networks; of a key that is given more than once, one value must fit. --file takes a YAML list of silences',
    'with the keys owner, reason, from, for, until, match, when, sinks. What is hidden is kept, and summed up at the end.',
  ].join('\n'),
  positionals: { min: 1, max: 2 },
  options: {
    owner: { type: 'string', value: '<who>', help: 'Who silences it; with end: whose it is' },
    reason: { type: 'string', value: '<why>', help: 'Why' },
    for: { type: 'string', value: '<time>', help: 'How long: 30m, 2h, 1d' },
    until: { type: 'string', value: '<time>', help: 'Until when, such as 2026-03-02T22:00:00+07:00' },
    from: { type: 'string', value: '<time>', help: 'From when on; default: now' },
    match: { type: 'string', multiple: true, value: '<key=value>', help: 'What it is about, such as types=RANSOM*' },
    when: { type: 'string', value: '<expression>', help: "A condition in CEL, such as 'event.severity < 4'" },
    sink: { type: 'string', multiple: true, value: '<id>', help: 'Only for this sink; default: all' },
    file: { type: 'string', value: '<file>', help: 'Silences as YAML, in place of all of these; - for stdin' },
    'all-events': { type: 'boolean', help: 'With add: yes, everything is meant' },
    all: { type: 'boolean', help: 'With list: also those that are over' },
    json: { type: 'boolean', help: 'Print JSON' },
  },
  async run(args, io) {
    const [action, id] = args.positionals;
    if (action !== 'end' && id !== undefined) throw new UsageError(`"${id}" is too much: only end takes an id.`);
    if (action === 'add') return add(args, io);
    if (action === 'list') return list(args, io);
    if (action === 'end') return end(args, io);
    throw new UsageError(`"${action}" is none of add, list, end.`);
  },
};

async function add({ values }: CommandArguments, io: CommandIo): Promise<number> {
  allowOnly(values, ['owner', 'reason', 'for', 'until', 'from', 'match', 'when', 'sink', 'file', 'all-events', 'json']);
  const { silenceMaxMs: maxMs, ...config } = loadForDatabase(io);
  const sources = config.sources.map(({ id }) => id);
  const requests = readRequests(values, { sources, sinks: config.sinks.map(({ id }) => id), maxMs }, io);
  const rules = { maxMs, sources, isEverythingAllowed: values['all-events'] === true };
  const result = await operate(io, silence.add, { silencing: { requests, rules } });
  if ('refused' in result) {
    const name = (index: number) => (requests.length > 1 ? `silence ${index + 1}` : 'the silence');
    const hint = '--all-events says that all events are meant.';
    const lines = result.refused.map(({ index, problem }) => `${name(index)} ${problem}.`);
    throw new UsageError([...lines, ...(lines.some((line) => /every event/.test(line)) ? [hint] : [])].join('\n'));
  }
  for (const { id, mayCoverCritical } of result.added)
    if (mayCoverCritical) io.stderr(`warning: silence ${id} hides CRITICAL events, too\n`);
  io.stdout(values.json ? jsonText(result.added.map(shownAdded), 2) : result.added.map(addedText).join(''));
  return exitCodes.done;
}

function shownAdded({ id, startsAtMs, endsAtMs, mayCoverCritical, preview }: AddedSilence) {
  const wouldHaveHidden = { looked: preview.looked, isCut: preview.isCut, bySeverity: preview.severities };
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

async function list({ values }: CommandArguments, io: CommandIo): Promise<number> {
  allowOnly(values, ['all', 'json']);
  const silences = await operate(io, silence.list, { all: values.all === true, limit: listMax });
  if (silences.length === listMax) io.stderr(`these are the newest ${listMax}; there may be more\n`);
  const none = values.all ? 'nothing was silenced yet\n' : 'nothing is silenced\n';
  io.stdout(values.json ? jsonText(silences.map(shown), 2) : silences.map(lineOf).join('') || none);
  return exitCodes.done;
}

function shown({ startsAtMs, endsAtMs, ...silence }: ListedSilence) {
  return { ...silence, from: timeText(startsAtMs), until: timeText(endsAtMs) };
}

function lineOf({ id, state, startsAtMs, endsAtMs, owner, reason, matcher, hidden }: ListedSilence): string {
  const times = `${timeText(startsAtMs)} to ${timeText(endsAtMs)}`;
  const what = Object.keys(matcher).length === 0 ? 'all events' : JSON.stringify(matcher);
  const text = `${id}  ${state}  ${times}  ${owner}: ${reason}  ${what}  hid ${hidden}`;
  return `${neutralText(text, { multiline: false })}\n`;
}

const failures: Readonly<Record<Exclude<EndedSilence, 'ended'>, string>> = {
  unknown: 'there is no such silence; "tocsin silence list" shows them',
  over: 'it is over already',
  other_owner: 'it is not of this owner; "tocsin silence list" says whose it is',
};

async function end({ values, positionals }: CommandArguments, io: CommandIo): Promise<number> {
  allowOnly(values, ['owner', 'json']);
  const [, text = ''] = positionals;
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  if (id === undefined) throw new UsageError('Which silence? Give its number, as "tocsin silence list" shows it.');
  if (typeof values.owner !== 'string') throw new UsageError('Whose silence is it? --owner <who>.');
  const result = await operate(io, silence.end, { silence: id, owner: values.owner.trim() });
  if (result !== 'ended') {
    io.stderr(`silence ${id}: ${failures[result]}\n`);
    return exitCodes.failed;
  }
  io.stdout(
    values.json ? jsonText({ ended: id }) : `silence ${id} is over; whoever it kept something from hears what\n`,
  );
  return exitCodes.done;
}

function allowOnly(values: CommandArguments['values'], allowed: readonly string[]): void {
  const other = Object.keys(values).find((name) => !allowed.includes(name));
  if (other !== undefined) throw new UsageError(`--${other} does not belong here.`);
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

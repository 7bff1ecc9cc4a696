// `tocsin duty`: who is on duty now, and who is next.
import { type Command, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine, row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { duty } from '../operations/index.ts';

export const command: Command = {
  details: 'The steps of an escalation that mention "duty" tell whoever is on duty.',
  options: {
    at: { type: 'string', value: '<time>', help: 'Then, such as 2026-12-24T20:00Z; default: now' },
    ...jsonOption,
  },
  run({ values }, io) {
    const at = timeOf(values.at);
    return operating(io, async (run) => {
      const shown = await run(duty.shown, at === undefined ? {} : { at });
      io.stdout(values.json ? jsonText(shown, 2) : textOf(shown));
    });
  },
};

/** ISO 8601 in UTC; undefined: now. @throws {UsageError} */
function timeOf(written: unknown): string | undefined {
  if (written === undefined) return undefined;
  const hasZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/.test(String(written));
  const ms = Date.parse(String(written));
  if (hasZone && !Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new UsageError('--at is no time. Write it with its zone, such as 2026-12-24T20:00+07:00.');
}

type Shown = Awaited<ReturnType<typeof duty.shown.run>>;

function textOf(shown: Shown): string {
  const { isConfigured, now, next, fallback, calendar } = shown;
  if (!isConfigured) return 'nobody is ever on duty: tocsin.yaml has no duty\n';
  const by = (one: NonNullable<typeof now>) => (calendar === null ? [] : [`by the ${one.by}`]);
  const end = calendar === null ? 'the table ends' : 'nothing is planned';
  return [
    now === null
      ? row('now', `nobody: ${fallback} is told`)
      : row('now', now.who, `until ${now.until}`, ...by(now)),
    next === null
      ? row('next', `nobody: ${end}`)
      : row('next', next.who, `from ${next.from}`, ...by(next)),
    ...(calendar === null ? [] : calendarRows(calendar)),
  ].join('');
}

function calendarRows(calendar: NonNullable<Shown['calendar']>): string[] {
  const { readAt, error, last, unread } = calendar;
  const ends = last === null ? 'has no event ahead' : `known until ${last}`;
  return [
    row('calendar', ...(readAt === null ? ['was never read'] : [`read ${readAt}`, ends])),
    ...(error === null ? [] : [row('error', onOneLine(error))]),
    ...unread.map((text) => row('not read', onOneLine(text))),
  ];
}

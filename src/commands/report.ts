// `tocsin report`: what the weekly report says of a week; --send sends it.
import type { Command } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { spreadText } from '../cli/spread.ts';
import { report } from '../operations/index.ts';

export const command: Command = {
  details: [
    'Without "report" in tocsin.yaml weeks begin on Monday, and --send has nobody to send to.',
    'Each time beside that of the week before: half took no longer, nine of ten took no longer.',
  ].join('\n'),
  options: {
    week: { type: 'string', value: '<day>', help: 'A day in it; default: the last whole week' },
    send: { type: 'boolean', help: 'Send it to its sinks now, whether or not it was told' },
    ...jsonOption,
  },
  run({ values }, io) {
    const input = values.week === undefined ? {} : { week: String(values.week) };
    return operating(io, async (run) => {
      if (values.send !== true) {
        const found = await run(report.show, input);
        return io.stdout(values.json ? jsonText(found, 2) : textOf(found));
      }
      const sent = await run(report.send, input);
      const to = row('sent to', sent.to.join(', '));
      io.stdout(values.json ? jsonText(sent, 2) : textOf(sent) + to);
    });
  },
};

type Shown = Awaited<ReturnType<typeof report.show.run>>;

function textOf({ from, until, week, before, device, route, dead }: Shown): string {
  if (week.events === 0 && dead === 0)
    return row(`${from} to ${until}`, 'nothing was to be announced');
  const times = (['screen', 'acknowledge', 'resolve'] as const).map((name) =>
    row(name, spreadText(week[name]), `before ${spreadText(before[name])}`),
  );
  const noises = [
    ...(device === null ? [] : [['device', device, 'a silence after the first'] as const]),
    ...(route === null ? [] : [['route', route, 'one message an hour'] as const]),
  ];
  return [
    row(`${from} to ${until}`, ...(week.isCut ? ['of the newest events alone'] : [])),
    row('events', String(week.events), `before ${before.events}`),
    ...week.severities.map((one) => row(one.severity, `${one.events}`, `open ${one.open}`)),
    ...times,
    row('open', String(week.open), `before ${before.open}`),
    ...noises.map(([what, { name, messages, saved }, how]) =>
      row(`noisiest ${what}`, name, `messages ${messages}`, `saved by ${how} ${saved}`),
    ),
    row('given up', String(dead)),
  ].join('');
}

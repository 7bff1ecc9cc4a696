// `tocsin numbers`: how long events took to the screen, to an acknowledgement and to the end.
import { type Command, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { spreadText } from '../cli/spread.ts';
import { wholeNumber } from '../config/index.ts';
import { numbers } from '../operations/index.ts';

export const command: Command = {
  details: [
    'Medians, and what nine of ten did not exceed, with their counts. What nobody acknowledged has no',
    'time: it counts as open. Times begin with the first delivered message.',
  ].join('\n'),
  options: {
    days: { type: 'string', value: '<count>', help: 'Of how many days back; default: 7' },
    ...jsonOption,
  },
  run({ values }, io) {
    const days = wholeNumber(1, 366, '')(String(values.days ?? '7'));
    if ('problem' in days) throw new UsageError(`--days ${days.problem}. ${days.remedy}.`);
    return operating(io, async (run) => {
      const found = await run(numbers.shown, { days: days.value });
      io.stdout(values.json ? jsonText(found, 2) : textOf(found));
    });
  },
};

type Found = Awaited<ReturnType<typeof numbers.shown.run>>;

function textOf({ since, until, isCut, all, rows }: Found): string {
  const head = row(`${since} to ${until}`, ...(isCut ? ['of the newest events alone'] : []));
  const lines = rows.map((one) =>
    row(one.severity, one.hours === 'business' ? 'business hours' : 'other hours', ...cells(one)),
  );
  return [head, ...lines, row('all', ...cells(all))].join('');
}

function cells({ events, open, closedByVendor, ...times }: Found['all']): string[] {
  return [
    `events ${events}`,
    `open ${open}`,
    ...(closedByVendor > 0 ? [`closed by the vendor ${closedByVendor}`] : []),
    `screen ${spreadText(times.screen)}`,
    `acknowledge ${spreadText(times.acknowledge)}`,
    `resolve ${spreadText(times.resolve)}`,
  ];
}

// `tocsin event search|show|decide|export`: what is stored, what became of it, and what the routes
// would do with it now.
import { type Command, type CommandGroup, entry } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine } from '../../cli/lines.ts';
import { operating } from '../../cli/operating.ts';
import { limitOf, limitOption, momentOf, oneOf } from '../../cli/option-values.ts';
import { readPages } from '../../cli/pages.ts';
import {
  csvHead,
  csvOf,
  type EventFilters,
  type EventItem,
  event,
} from '../../operations/index.ts';
import type { Operate } from '../../service/operate.ts';
import { filterOptions, filtersOf } from './filters.ts';
import { decidedText, eventLine, shownText } from './print.ts';

const search: Command = {
  details: 'All that is given must hold. The newest come first.',
  options: { ...filterOptions, ...limitOption, ...jsonOption },
  run({ values }, io) {
    const [filters, limit] = [filtersOf(values), limitOf(values.limit)];
    return operating(io, async (run) => {
      const found = await readPages((page) => run(event.search, { ...filters, ...page }), limit);
      const text = found.map(eventLine).join('') || 'nothing was found\n';
      io.stdout(values.json ? jsonText(found, 2) : text);
      if (found.length === limit)
        io.stderr(`these are the newest ${limit}; --limit and --until show others\n`);
    });
  },
};

const one = { name: '<id>', help: 'the number of the event, as "tocsin event search" shows it' };

const show: Command = {
  arguments: [one],
  details: '--json shows all that is known, with the vendor’s object as it came.',
  options: jsonOption,
  run({ values, positionals: [id = ''] }, io) {
    return operating(io, async (run) => {
      const shown = await run(event.show, { event: id });
      io.stdout(values.json ? jsonText(shown, 2) : shownText(shown));
    });
  },
};

const decide: Command = {
  arguments: [one],
  details: 'Nothing is sent. "tocsin routes test" tries an event that is not stored.',
  options: {
    at: { type: 'string', value: '<time>', help: 'As if it arrived then; default: now' },
    ...jsonOption,
  },
  run({ values, positionals: [id = ''] }, io) {
    const at = momentOf('at', values.at);
    return operating(io, async (run) => {
      const decided = await run(event.decide, { event: id, at });
      io.stdout(values.json ? jsonText(decided, 2) : decidedText(decided));
    });
  },
};

const formats = ['csv', 'ndjson'] as const;

const exporting: Command = {
  details:
    'Every event that fits, the newest first: "tocsin event export --since 7d > week.csv".\n' +
    'A spreadsheet runs no cell of the CSV. NDJSON is one JSON object a line.',
  options: {
    ...filterOptions,
    format: { type: 'string', value: '<format>', help: 'csv or ndjson; default: csv' },
    json: { type: 'boolean', help: 'The same as --format ndjson' },
  },
  run({ values }, io) {
    const given = oneOf('format', values.format, formats);
    const format = given ?? (values.json === true ? 'ndjson' : 'csv');
    const filters = filtersOf(values);
    return operating(io, async (run) => {
      if (format === 'csv') io.stdout(csvHead);
      for await (const items of pagesOf(run, filters))
        io.stdout(items.map(format === 'csv' ? csvLine : (item) => jsonText(item)).join(''));
    });
  },
};

/** Page by page: nothing is kept of those before. */
async function* pagesOf(run: Operate, filters: EventFilters): AsyncGenerator<readonly EventItem[]> {
  let cursor: string | undefined;
  do {
    const page = await run(event.search, { ...filters, cursor, limit: 200 });
    yield page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

/** Without what a terminal obeys, or breaks lines at. */
function csvLine(item: EventItem): string {
  return `${onOneLine(csvOf([item]).trimEnd())}\r\n`;
}

export const command: CommandGroup = {
  subcommands: {
    search: entry('Find stored events', search),
    show: entry('Show an event, its deliveries, each attempt, and its later changes', show),
    decide: entry('Show what the routes and silences of now would do with an event', decide),
    export: entry('Print all events that fit, as CSV or as a JSON object a line', exporting),
  },
};

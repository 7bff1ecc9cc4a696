// `tocsin audit list|export|verify`: who did what, and the proof that nobody changed the log.
import { type Command, type CommandArguments, type CommandGroup, entry } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { onOneLine, row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { limitOf, limitOption, sinceOf } from '../cli/option-values.ts';
import { readPages } from '../cli/pages.ts';
import { audit } from '../operations/index.ts';
import { exitCodes } from '../service/exit-codes.ts';

const filterOptions = {
  actor: { type: 'string', value: '<who>', help: 'What this person or token did' },
  operation: { type: 'string', value: '<name>', help: 'Such as sink-pause' },
  target: { type: 'string', value: '<what>', help: 'Such as sink:soc' },
  since: { type: 'string', value: '<time>', help: 'Since then: 7d, or a date' },
} as const satisfies Command['options'];

/** @throws {UsageError} */
function filterOf(values: CommandArguments['values']) {
  const { actor, operation, target } = values as Readonly<Record<string, string | undefined>>;
  return { actor, operation, target, since: sinceOf(values.since) };
}

const list: Command = {
  details: 'The newest first. --json shows what was asked, and what was before and after.',
  options: { ...filterOptions, ...limitOption, ...jsonOption },
  run({ values }, io) {
    const [filter, limit] = [filterOf(values), limitOf(values.limit)];
    return operating(io, async (run) => {
      const found = await readPages((page) => run(audit.list, { ...filter, ...page }), limit);
      const text = found.map(lineOf).join('') || 'nothing was done\n';
      io.stdout(values.json ? jsonText(found, 2) : text);
      if (found.length === limit)
        io.stderr(`these are the newest ${limit}; "tocsin audit export" prints all\n`);
    });
  },
};

type Entry = Awaited<ReturnType<typeof audit.list.run>>['items'][number];

function lineOf({ id, at, actor, via, address, operation, target, after }: Entry): string {
  const door = address === null ? via : `${via} from ${address}`;
  const open = after === null ? ['not ended, or failed'] : [];
  return row(id, at, actor, door, operation, target, ...open);
}

const exporting: Command = {
  details: 'A JSON object a line, the newest first, with the hashes that chain the rows.',
  options: { ...filterOptions, json: { type: 'boolean', help: 'As it prints anyway' } },
  run({ values }, io) {
    const filter = filterOf(values);
    return operating(io, async (run) => {
      let cursor: string | undefined;
      do {
        const page = await run(audit.list, { ...filter, cursor, limit: 200 });
        io.stdout(page.items.map((item) => jsonText(item)).join(''));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
    });
  },
};

const verify: Command = {
  details:
    'Fails if a row was changed, added or removed. Keep the last hash elsewhere: rows that were ' +
    'cut off at the end show only by it.',
  options: jsonOption,
  async run({ values }, io) {
    let broken: string | null = null;
    const code = await operating(io, async (run) => {
      let [checked, cursor, lastHash] = [0, undefined as string | undefined, ''];
      do {
        const step = await run(audit.verify, { cursor });
        checked += step.checked;
        broken = step.firstBreak;
        lastHash = step.lastHash;
        cursor = step.next ?? undefined;
      } while (cursor !== undefined);
      if (values.json) io.stdout(jsonText({ checked, firstBreak: broken, lastHash }, 2));
      else if (broken === null) io.stdout(row(`${checked} rows follow from each other`, lastHash));
      if (broken !== null)
        io.stderr(`${onOneLine(`row ${broken}, or one before it, was changed or removed`)}\n`);
    });
    return code === exitCodes.done && broken !== null ? exitCodes.failed : code;
  },
};

export const command: CommandGroup = {
  subcommands: {
    list: entry('List what people did', list),
    export: entry('Print the whole log, a JSON object a line', exporting),
    verify: entry('Check that nobody changed the log', verify),
  },
};

// `tocsin source list|reset`: how far each source was read, and a new start after its tenant was rebuilt.
import { type Command, UsageError } from './command.ts';
import { exitCodes } from './dispatch.ts';
import { jsonText } from './json.ts';
import { operate } from './operate.ts';

export const command: Command = {
  summary: 'Show how far each source was read, or start one anew after its tenant was rebuilt',
  usage: 'source list|reset [<id>] [--json]',
  details:
    'reset forgets how far the source was read and starts a new generation: it begins again at START_FROM, and item numbers seen before count as new.',
  positionals: { min: 1, max: 2 },
  options: { json: { type: 'boolean', help: 'Print JSON' } },
  async run({ values, positionals }, io) {
    const [action, source] = positionals;
    if (action !== 'list' && action !== 'reset') throw new UsageError(`"${action}" is neither list nor reset.`);
    if (action === 'list' && source !== undefined) throw new UsageError('list takes no id: it shows every source.');
    if (action === 'reset' && !source) throw new UsageError('Say which source: "tocsin source list" shows them.');
    if (action === 'reset') {
      const generation = await operate(io, 'source-reset', { source });
      if (generation === null) {
        io.stderr(`source ${source} was never read; "tocsin source list" shows those that were\n`);
        return exitCodes.failed;
      }
      io.stdout(values.json ? jsonText({ source, generation }) : `${source} starts anew, generation ${generation}\n`);
      return exitCodes.done;
    }
    const rows = await operate(io, 'source-list', {});
    const lines = rows.map(
      (row) => `${row.source}  ${row.cursor ?? 'from the start'}  generation ${row.generation}  ${row.updatedAt}\n`,
    );
    io.stdout(values.json ? jsonText(rows, 2) : lines.join('') || 'no source was read yet\n');
    return exitCodes.done;
  },
};

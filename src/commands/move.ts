// `tocsin move`: from the embedded database to Postgres, with all that waits; and the way back.
import { resolve } from 'node:path';
import { type Command, UsageError } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { exitCodes } from '../service/exit-codes.ts';
import { type Moved, moveEmbedded, moveEmbeddedBack } from '../service/move.ts';

export const command: Command = {
  details: [
    'Copies the embedded database of DATA_DIR to an empty Postgres: events, deliveries with all that waits, ' +
      'incidents, silences, positions, tokens and the audit log, under the numbers that they have. Stop Tocsin first.',
    'DATA_DIR is marked then, so that Tocsin starts on it no more and sends nothing twice. Interrupted at any ' +
      'moment, run it again.',
    '--back lets DATA_DIR be used again, as it was then. What was sent since is sent again.',
  ].join('\n'),
  options: {
    to: {
      type: 'string',
      value: '<url>',
      help: 'The Postgres; default: DATABASE_URL, which other users of the machine do not see',
    },
    'dry-run': { type: 'boolean', help: 'Look at both and say what would be moved' },
    back: { type: 'boolean', help: 'Take a move back' },
    ...jsonOption,
  },
  async run({ values }, io) {
    const { to } = values as { readonly to?: string };
    const isTrial = values['dry-run'] === true;
    if (values.back === true && isTrial) throw new UsageError('--back has no --dry-run.');
    if (values.back === true) {
      const { address, at } = await moveEmbeddedBack(io, to);
      if (values.json) io.stdout(jsonText({ state: 'taken back', to: address, at }, 2));
      else io.stdout(row(`DATA_DIR may be used again, as it was at ${at}`));
      io.stderr(row(`tocsin: unset DATABASE_URL; let nothing run on ${address} any more`));
      return exitCodes.done;
    }
    const moved = await moveEmbedded(io, { to, isTrial });
    if (moved === undefined)
      throw new UsageError('Say where to: --to <url>, or set DATABASE_URL, which hides it better.');
    const place = `DATA_DIR (${resolve(moved.from)}) to Postgres (${moved.to})`;
    io.stderr(row(`tocsin: from the embedded database in ${place}`));
    io.stdout(values.json ? jsonText(moved, 2) : textOf(moved));
    if (!isTrial) io.stderr(row('tocsin: set DATABASE_URL for the service, and start it'));
    return exitCodes.done;
  },
};

const verbs = { moved: 'moved', finished: 'had been moved', tried: 'would be moved' } as const;

function textOf({ state, rows, pending, dead }: Moved): string {
  const lines = Object.entries(rows).filter(([, count]) => count > 0);
  const total = lines.reduce((sum, [, count]) => sum + count, 0);
  const end = `${total} rows ${verbs[state]}; ${pending} deliveries wait, ${dead} are dead`;
  return [...lines.map(([table, count]) => row(table, count)), row(end)].join('');
}

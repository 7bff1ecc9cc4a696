// `tocsin status`: version, configuration and database, and which process works what.
import type { Command } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { status } from '../operations/index.ts';

export const command: Command = {
  details: '"tocsin sink list" and "tocsin source list" say how each of them stands.',
  options: jsonOption,
  run({ values }, io) {
    return operating(io, async (run) => {
      const shown = await run(status.show, {});
      const { version = io.version } = shown;
      io.stdout(values.json ? jsonText(shown, 2) : textOf(shown, version ?? io.version));
    });
  },
};

type Shown = Awaited<ReturnType<typeof status.show.run>>;

function textOf(shown: Shown, version: string): string {
  const { counts, database, clockLeap, warnings, replicas, storms } = shown;
  const { sources, sinks, routes } = counts;
  return [
    row('version', version),
    row('configuration', shown.configHash, `sources ${sources}, sinks ${sinks}, routes ${routes}`),
    row('database', `${database.kind} ${database.version}`, `schema ${database.schema}`),
    ...(clockLeap === null ? [] : [row('clock', `leapt ${clockLeap.seconds} s`, clockLeap.at)]),
    ...storms.map((sink) => row('storm', sink)),
    ...warnings.map((warning) => row('warning', warning)),
    ...(replicas.length === 0 ? [row('process', 'none is running')] : []),
    ...replicas.map(({ id, aliveUntil, roles }) =>
      row('process', id, `alive until ${aliveUntil}`, roles.join(', ') || 'no role'),
    ),
  ].join('');
}

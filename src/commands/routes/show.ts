// `tocsin routes show`: the routes of the running configuration, in their order.
import type { Command } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { row } from '../../cli/lines.ts';
import { operating } from '../../cli/operating.ts';
import { route } from '../../operations/index.ts';

export const show: Command = {
  details: '--json shows them as they are written as well.',
  options: jsonOption,
  run({ values }, io) {
    return operating(io, async (run) => {
      const { routes } = await run(route.show, {});
      const lines = routes.flatMap(({ name, to, minSeverity, escalate }) => [
        row(name, `to ${to.join(', ')}`, `from ${minSeverity}`),
        ...escalate.map(stepLine),
      ]);
      io.stdout(values.json ? jsonText(routes, 2) : lines.join('') || 'there is no route\n');
    });
  },
};

type Step = Awaited<ReturnType<typeof route.show.run>>['routes'][number]['escalate'][number];

function stepLine({ after, to, mention, repeat, minSeverity }: Step): string {
  return row(
    `  after ${after}`,
    `to ${to.join(', ')}`,
    ...(mention.length > 0 ? [`mentions ${mention.join(' ')}`] : []),
    ...(repeat > 0 ? [`${repeat} times more`] : []),
    ...(minSeverity === 'UNKNOWN' ? [] : [`from ${minSeverity}`]),
  );
}

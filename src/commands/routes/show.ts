// `tocsin routes show`: the routes of the running configuration, in their order.
import type { Command } from '../../cli/command.ts';
import { jsonOption, jsonText } from '../../cli/json.ts';
import { onOneLine } from '../../cli/lines.ts';
import { operating } from '../../cli/operating.ts';
import { route } from '../../operations/index.ts';

export const show: Command = {
  details: '--json shows them as they are written as well.',
  options: jsonOption,
  run({ values }, io) {
    return operating(io, async (run) => {
      const { routes } = await run(route.show, {});
      const texts = routes.map(({ name, sentences }) =>
        [name, ...sentences.map((one) => `  ${one}`)]
          .map((line) => `${onOneLine(line)}\n`)
          .join(''),
      );
      io.stdout(values.json ? jsonText(routes, 2) : texts.join('\n') || 'there is no route\n');
    });
  },
};

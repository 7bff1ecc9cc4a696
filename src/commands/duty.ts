// `tocsin duty`: who is on duty now, and who is next.
import type { Command } from '../cli/command.ts';
import { jsonOption, jsonText } from '../cli/json.ts';
import { row } from '../cli/lines.ts';
import { operating } from '../cli/operating.ts';
import { duty } from '../operations/index.ts';

export const command: Command = {
  details: 'The steps of an escalation that mention "duty" tell whoever is on duty.',
  options: jsonOption,
  run({ values }, io) {
    return operating(io, async (run) => {
      const shown = await run(duty.shown, {});
      io.stdout(values.json ? jsonText(shown, 2) : textOf(shown));
    });
  },
};

function textOf(shown: Awaited<ReturnType<typeof duty.shown.run>>): string {
  const { isConfigured, now, next, fallback } = shown;
  if (!isConfigured) return 'nobody is ever on duty: tocsin.yaml has no duty\n';
  return [
    now === null
      ? row('now', `nobody: ${fallback} is told`)
      : row('now', now.who, `until ${now.until}`),
    next === null
      ? row('next', 'nobody: the table ends')
      : row('next', next.who, `from ${next.from}`),
  ].join('');
}

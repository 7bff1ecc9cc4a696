// The slash command of a setup: one a team, which calls the first of the team's sinks with people.
import { z } from 'zod';
import type { Ground, Wish } from './ground.ts';

const wireCommand = z.looseObject({
  id: z.string().min(1),
  trigger: z.string(),
  url: z.string(),
  method: z.string().optional(),
  token: z.string().optional(),
});

const trigger = 'tocsin';

const switchOn =
  'Set “Enable Custom Slash Commands” to true (EnableCommands; System Console → Integrations → Integration Management)';

/** @param team `undefined`: nobody could look which it is */
export async function registerCommand(
  { admin, steps, publicUrl }: Ground,
  { id: sink, commandToken }: Wish,
  team: { readonly id: string | undefined; readonly name: string },
): Promise<void> {
  const what = 'command';
  if (publicUrl === undefined) {
    const text = `Set PUBLIC_URL to the address at which the server reaches Tocsin, then run this again: it makes /${trigger} in the team ${team.name}.`;
    return steps.add({ what, state: 'todo', text });
  }
  const url = `${publicUrl}/chat/${sink}/command`;
  await steps.task({
    what,
    todo: `${switchOn}. Then in the team ${team.name}, under Integrations → Slash Commands: command trigger word ${trigger}, request method POST, request URL ${url}; put the token that it shows into command_token of ${sink}.`,
    async act() {
      const path = `/commands?team_id=${team.id ?? ''}&custom_only=true`;
      const all = (await admin.get(z.array(wireCommand), path)) ?? [];
      const found = all.find((one) => one.trigger === trigger);
      const isRight = found?.url === url && (found.method ?? 'P') === 'P';
      const acted = isRight
        ? { state: 'right' as const, text: `/${trigger} calls ${url}.`, result: found }
        : await steps.change(
            found === undefined
              ? `Made /${trigger} in the team ${team.name}; it calls ${url}.`
              : `Changed the address that /${trigger} calls to ${url}.`,
            () => write(found),
          );
      const token = acted.result?.token ?? found?.token;
      // A token that is set already is not shown again.
      if (token !== undefined && token !== '' && token !== commandToken)
        steps.settings.push({ sinks: [sink], key: 'command_token', value: token });
      return acted;
    },
  });

  function write(found: z.output<typeof wireCommand> | undefined) {
    const body = {
      ...{ auto_complete: true, auto_complete_desc: 'What is open, and what to do about it' },
      ...{ auto_complete_hint: '[help|status|open|show|ack|…]', display_name: 'Tocsin' },
      ...{ ...found, trigger, url, method: 'P', team_id: team.id },
    };
    return found === undefined
      ? admin.send(wireCommand, { call: 'POST /commands', body })
      : admin.send(wireCommand, { call: `PUT /commands/${found.id}`, body });
  }
}

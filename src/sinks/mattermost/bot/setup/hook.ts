// The incoming webhooks of a setup, for who wants one beside the bot.
import { z } from 'zod';
import type { Ground } from './ground.ts';
import type { FoundChannel } from './places.ts';

const wireHook = z.looseObject({
  id: z.string().min(1),
  channel_id: z.string().optional(),
  display_name: z.string().optional(),
});

const name = 'Tocsin';
const switchOn =
  'Set “Enable Incoming Webhooks” to true (EnableIncomingWebhooks; System Console → Integrations → Integration Management)';

export async function makeHook(
  { admin, steps, url }: Ground,
  channel: string,
  { id, team_id: team }: FoundChannel,
): Promise<void> {
  await steps.task({
    what: 'incoming webhook',
    todo: `${switchOn}, then make one for ${channel} under Integrations → Incoming Webhooks.`,
    async act() {
      const path = `/hooks/incoming?team_id=${team}&per_page=200`;
      const all = (await admin.get(z.array(wireHook), path)) ?? [];
      const found = all.find((one) => one.channel_id === id && one.display_name === name);
      const where = 'Its address stands under Integrations → Incoming Webhooks.';
      if (found !== undefined)
        return {
          ...{ state: 'right', result: found },
          text: `${channel} has the webhook “${name}”. ${where}`,
        };
      const body = { channel_id: id, display_name: name, channel_locked: true };
      const made = await steps.change(`Made a webhook for ${channel}.`, () =>
        admin.send(wireHook, { call: 'POST /hooks/incoming', body }),
      );
      if (made.result !== undefined)
        steps.settings.push({ sinks: [], key: 'url', value: `${url}/hooks/${made.result.id}` });
      return made;
    },
  });
}

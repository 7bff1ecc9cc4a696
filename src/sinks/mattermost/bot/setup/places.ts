// The teams and channels of a setup: the bot must be in both.
import { z } from 'zod';
import type { Bot } from './account.ts';
import { SetupRefusal } from './administrator.ts';
import type { Ground } from './ground.ts';

const wireChannel = z.looseObject({
  id: z.string().min(1),
  team_id: z.string().min(1),
  /** Milliseconds since the epoch; more than 0: archived. */
  delete_at: z.number().optional(),
});
export type FoundChannel = z.output<typeof wireChannel>;

/** Undefined: there is none, which the steps say. @param channel an id, or `team/name` */
export function channelOf(
  { admin, steps }: Ground,
  channel: string,
): Promise<FoundChannel | undefined> {
  const [team, name] = channel.split('/');
  const path =
    name === undefined ? `/channels/${channel}` : `/teams/name/${team}/channels/name/${name}`;
  return steps.task({
    what: 'channel',
    todo: `Make sure that there is a channel ${channel}, and that it is not archived.`,
    async act() {
      const found = await admin.get(wireChannel, path);
      if (found === undefined) throw new SetupRefusal(`There is no channel ${channel}.`);
      if ((found.delete_at ?? 0) > 0) throw new SetupRefusal(`The channel ${channel} is archived.`);
      return { state: 'right', text: `${channel} is there.`, result: found };
    },
  });
}

export interface Member {
  readonly bot: Bot;
  /** As written. */
  readonly channel: string;
}

/** @param found undefined: nobody could look; what is to be done is said all the same */
export async function joinTeam(
  { admin, steps }: Ground,
  { bot, channel }: Member,
  found: FoundChannel | undefined,
): Promise<void> {
  const team = channel.includes('/') ? channel.split('/')[0]! : `of the channel ${channel}`;
  const { id, username } = bot;
  await steps.task({
    what: 'team',
    todo: `Invite @${username} to the team ${team}: Invite People in the menu of the team.`,
    async act() {
      const { team_id: teamId } = assertFound(found);
      const members = `/teams/${teamId}/members`;
      if (id !== undefined && (await admin.get(z.unknown(), `${members}/${id}`)) !== undefined)
        return { state: 'right', text: `@${username} is in the team ${team}.`, result: true };
      return steps.change(`Added @${username} to the team ${team}.`, () =>
        admin.send(z.unknown(), {
          call: `POST ${members}`,
          body: { team_id: teamId, user_id: assertMade(id) },
        }),
      );
    },
  });
}

export async function joinChannel(
  { admin, steps }: Ground,
  { bot: { id, username }, channel }: Member,
  found: FoundChannel | undefined,
): Promise<void> {
  await steps.task({
    what: 'channel',
    todo: `Write “/invite @${username}” in the channel ${channel}.`,
    async act() {
      const members = `/channels/${assertFound(found).id}/members`;
      if (id !== undefined && (await admin.get(z.unknown(), `${members}/${id}`)) !== undefined)
        return { state: 'right', text: `@${username} is in ${channel}.`, result: true };
      return steps.change(`Added @${username} to ${channel}.`, () =>
        admin.send(z.unknown(), { call: `POST ${members}`, body: { user_id: assertMade(id) } }),
      );
    },
  });
}

function assertFound(found: FoundChannel | undefined): FoundChannel {
  if (found === undefined) throw new SetupRefusal();
  return found;
}

/** It is asked for when something is to be changed: a rehearsal makes no bot. */
function assertMade(id: string | undefined): string {
  if (id === undefined) throw new SetupRefusal('There is no bot yet.');
  return id;
}

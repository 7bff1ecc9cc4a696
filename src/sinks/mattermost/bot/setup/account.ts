// The bot account of a setup, and its access token.
import { z } from 'zod';
import { readJson } from '../answers.ts';
import { MattermostApi } from '../api.ts';
import { SetupRefusal } from './administrator.ts';
import type { Ground, Wish } from './ground.ts';

const user = z.looseObject({
  id: z.string().min(1),
  username: z.string(),
  is_bot: z.boolean().optional(),
  /** Milliseconds since the epoch; more than 0: disabled. */
  delete_at: z.number().optional(),
});
const madeBot = z.looseObject({ user_id: z.string().min(1) });
const tokens = z.array(
  z.looseObject({ description: z.string().optional(), is_active: z.boolean().optional() }),
);
const madeToken = z.looseObject({ token: z.string().min(1) });

/** By which a token that was made here is known again. */
const description = 'tocsin';

export interface Bot {
  /** Undefined: it would be made. */
  readonly id: string | undefined;
  readonly username: string;
}

const where = 'Integrations → Bot Accounts';
const switchOn =
  'Set “Enable Bot Account Creation” to true (EnableBotAccountCreation; System Console → Integrations → Bot Accounts)';

/** The bot that posts for these sinks, which have one token or none. Undefined: there is none. */
export async function botOf(ground: Ground, wishes: readonly Wish[]): Promise<Bot | undefined> {
  const [{ token }] = wishes as [Wish];
  const owner = token === undefined ? undefined : await ownerOf(ground, token);
  const of = wishes.map(({ id }) => id).join(', ');
  if (owner !== undefined) {
    const { id, username, is_bot: isBot } = owner;
    const person =
      isBot === true ? '' : ' It is a person’s account: cards end when that person leaves.';
    const text = `The token of ${of} works; it is that of @${username}.${person}`;
    ground.steps.add({ what: 'bot', state: 'right', text });
    return { id, username };
  }
  const refused = token === undefined ? '' : `The server refuses the token of ${of}. `;
  const bot = await named(ground, refused);
  if (bot !== undefined) await giveToken(ground, bot, wishes);
  return bot;
}

/** Undefined: the server refuses the token. */
async function ownerOf({ http, url, signal }: Ground, token: string) {
  const answer = await new MattermostApi({ http, url, token }).get('/users/me', signal);
  return answer.status === 200 ? readJson(user, answer.body) : undefined;
}

function named({ admin, steps, account }: Ground, refused: string): Promise<Bot | undefined> {
  const make = `make the bot @${account} under ${where}, role Member`;
  return steps.task<Bot>({
    what: 'bot',
    todo: `${refused}${switchOn}, then ${make}.`,
    async act() {
      const found = await admin.get(user, `/users/username/${encodeURIComponent(account)}`);
      if (found === undefined) {
        const body = { username: account, display_name: 'Tocsin', description: 'Posts alerts' };
        const made = await steps.change(`Made @${account}.`, () =>
          admin.send(madeBot, { call: 'POST /bots', body }),
        );
        return { ...made, result: { id: made.result?.user_id, username: account } };
      }
      const { id } = found;
      if (found.is_bot !== true)
        throw new SetupRefusal(
          `@${account} is a person’s account. Choose another name with --bot.`,
          { isWhole: true },
        );
      const result = { id, username: account };
      if ((found.delete_at ?? 0) === 0)
        return { state: 'right', text: `${refused}@${account} is there.`, result };
      const call = `POST /bots/${id}/enable` as const;
      const enabled = await steps.change(`Enabled @${account}, which was disabled.`, () =>
        admin.send(z.unknown(), { call, body: {} }),
      );
      return { ...enabled, result };
    },
  });
}

async function giveToken(
  { admin, steps, isNewToken }: Ground,
  { id, username }: Bot,
  wishes: readonly Wish[],
): Promise<void> {
  const sinks = wishes.map((wish) => wish.id);
  const put = `put it into token of ${sinks.join(', ')}`;
  await steps.task({
    what: 'token',
    todo: `Make a token for @${username} under ${where} and ${put}.`,
    async act() {
      const all =
        id === undefined ? [] : await admin.get(tokens, `/users/${id}/tokens?per_page=200`);
      const earlier = (all ?? []).some(
        (one) => one.description === description && one.is_active !== false,
      );
      if (earlier && !isNewToken)
        throw new SetupRefusal(
          `@${username} has a token that this command made before, and the server shows it only once. If you have it, ${put}; else run this again with --new-token.`,
          { isWhole: true },
        );
      const made = await steps.change(`Made a token for @${username}.`, () =>
        admin.send(madeToken, { call: `POST /users/${id}/tokens`, body: { description } }),
      );
      if (made.result !== undefined)
        steps.settings.push({ sinks, key: 'token', value: made.result.token });
      return made;
    },
  });
}

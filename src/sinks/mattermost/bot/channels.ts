// Finds a channel of the configuration, and whether the bot may post into it.
import { z } from 'zod';
import { AdapterError } from '../../../kit/errors.ts';
import type { HttpAnswer } from '../../../kit/http/index.ts';
import { isServersOwn } from '../answers.ts';
import { errorOf, type Far, readJson, refusalOf } from './answers.ts';
import type { MattermostApi } from './api.ts';

const wireChannel = z.looseObject({
  id: z.string().regex(/^[a-z0-9]{26}$/),
  /** Milliseconds since the epoch; more than 0: archived. */
  delete_at: z.number().optional(),
});
const wireUser = z.looseObject({
  id: z.string().min(1),
  username: z.string().optional(),
  is_bot: z.boolean().optional(),
  /** Empty or absent: whoever asks may not see it. */
  email: z.string().optional(),
  /** Absent: it is not verified, or whoever asks may not know. */
  email_verified: z.boolean().optional(),
});
export type WireUser = z.output<typeof wireUser>;

export class Channels {
  readonly #api: MattermostApi;
  readonly #far: Far;
  /** By what is configured. */
  readonly #ids = new Map<string, string>();
  #me: WireUser | undefined;

  constructor(api: MattermostApi, far: Far) {
    this.#api = api;
    this.#far = far;
  }

  /** @param channel an id, or `team/name` @throws {AdapterError} there is no such channel */
  async idOf(channel: string, signal: AbortSignal): Promise<string> {
    if (!channel.includes('/')) return channel;
    const known = this.#ids.get(channel);
    return known ?? (await this.#found(channel, signal)).id;
  }

  /** Who the token belongs to. @throws {AdapterError} */
  async me(signal: AbortSignal): Promise<WireUser> {
    this.#me ??= await this.readMe(signal);
    return this.#me;
  }

  /** As `me`, and asks each time, which shows whether the token works. */
  async readMe(signal: AbortSignal): Promise<WireUser> {
    const answer = await this.#api.get('/users/me', signal);
    const user = answer.status === 200 ? readJson(wireUser, answer.body) : undefined;
    if (user === undefined) throw refusalOf(answer, this.#far);
    this.#me = user;
    return user;
  }

  /**
   * Checks that the bot may post into the channel. It joins a public one by itself.
   * @throws {AdapterError} `reject_sink` if it may not, with what an administrator must do
   */
  async check(channel: string, signal: AbortSignal): Promise<void> {
    const found = await this.#found(channel, signal);
    if ((found.delete_at ?? 0) > 0) {
      const words = 'is archived. Restore it, or configure another in channel of this sink.';
      throw new AdapterError(
        'reject_sink',
        'bad_config',
        `The channel ${channel} at ${this.#far.host} ${words}`,
      );
    }
    const member = await this.#api.get(`/channels/${found.id}/members/me`, signal);
    if (member.status === 200) return;
    if (member.status !== 403 && member.status !== 404) throw refusalOf(member, this.#far);
    await this.#join(channel, found.id, signal);
  }

  /** @param person a user id @throws {AdapterError} the server did not say */
  async isMember(channel: string, person: string, signal: AbortSignal): Promise<boolean> {
    // The server's own name for whoever asks: the bot.
    if (person.toLowerCase() === 'me') return false;
    const id = await this.idOf(channel, signal);
    const path = `/channels/${id}/members/${encodeURIComponent(person)}`;
    const answer = await this.#api.get(path, signal);
    if (answer.status === 200) return true;
    if (answer.status === 404 && isServersOwn(answer)) return false;
    throw refusalOf(answer, this.#far);
  }

  /**
   * @param person a user id
   * @returns undefined if the server did not verify one, or does not tell the bot
   * @throws {AdapterError} the server did not say
   */
  async emailOf(person: string, signal: AbortSignal): Promise<string | undefined> {
    // The server's own name for whoever asks: the bot.
    if (person.toLowerCase() === 'me') return undefined;
    const answer = await this.#api.get(`/users/${encodeURIComponent(person)}`, signal);
    if (answer.status === 404 && isServersOwn(answer)) return undefined;
    const user = answer.status === 200 ? readJson(wireUser, answer.body) : undefined;
    if (user === undefined) throw refusalOf(answer, this.#far);
    const { id, email, email_verified: isVerified } = user;
    return id === person && isVerified === true && email ? email : undefined;
  }

  async #join(channel: string, id: string, signal: AbortSignal): Promise<void> {
    const { id: userId } = await this.me(signal);
    const joined = await this.#api.send(
      `POST /channels/${id}/members`,
      { user_id: userId },
      signal,
    );
    if (joined.status === 201 || joined.status === 200) return;
    if (joined.status !== 403) throw refusalOf(joined, this.#far);
    const words = `The bot is no member of the channel ${channel} and may not join it by itself: the channel is private, or the bot is not in the team. An administrator can invite the bot to the team, then write “/invite @bot” in the channel.`;
    throw errorOf(['reject_sink', 'auth', words], joined, this.#far);
  }

  async #found(channel: string, signal: AbortSignal): Promise<z.output<typeof wireChannel>> {
    const [team, name] = channel.split('/');
    const path =
      name === undefined ? `/channels/${channel}` : `/teams/name/${team}/channels/name/${name}`;
    const answer = await this.#api.get(path, signal);
    const found = answer.status === 200 ? readJson(wireChannel, answer.body) : undefined;
    if (found === undefined) throw this.#missing(channel, answer);
    this.#ids.set(channel, found.id);
    return found;
  }

  /** The server does not tell a private channel without the bot from none. */
  #missing(channel: string, answer: HttpAnswer): AdapterError {
    if (answer.status !== 403 && answer.status !== 404) return refusalOf(answer, this.#far);
    const words = `The bot sees no channel ${channel}. Check its name in URLs; if it is private, or the bot is not in the team, an administrator can invite the bot to the team, then write “/invite @bot” in the channel.`;
    return errorOf(
      ['reject_sink', answer.status === 403 ? 'auth' : 'bad_config', words],
      answer,
      this.#far,
    );
  }
}

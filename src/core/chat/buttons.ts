// The tokens that the buttons of one sink's cards carry. A token proves that Tocsin made the button,
// for one action on one incident at one sink, and until when. Pure; asks nobody.
import {
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import type { CardButton } from '../message/actions.ts';

export const actionNames = [
  'acknowledge',
  'resolve',
  'snooze',
  'reopen',
  'silenceFile',
  'silenceDevice',
  'escalate',
  'why',
  'details',
  'more',
] as const satisfies readonly CardButton['action'][];

/** Why a token counts for nothing. */
export type TokenFault = 'forged' | 'expired';

const dayMs = 86_400_000;
/** A token is valid for at least so many days, and ends with a day in UTC. */
const validDays = 7;
/** More than any token has. */
const lengthMax = 200;
const form = /^([A-Za-z]{1,20})\.(\d{1,15})\.(\d{1,10})\.(\d{1,6})(?:\.(\d{1,15}))?$/;

export interface TokensOf {
  /** The id of the sink. */
  readonly sink: string;
  /**
   * The sink's own secret, from which the key is made: with another one the buttons of older cards
   * are void.
   */
  readonly credential: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export class ButtonTokens {
  readonly #key: KeyObject;
  readonly #now: () => number;

  constructor({ sink, credential, now = Date.now }: TokensOf) {
    const bytes = hkdfSync('sha256', credential, 'tocsin', `chat buttons of ${sink}`, 32);
    this.#key = createSecretKey(Buffer.from(bytes));
    this.#now = now;
  }

  /**
   * The same for a button that is composed again on the same day, so that an edit that changes
   * nothing stays one.
   */
  tokenOf({ action, eventId, version, stepId }: CardButton): string {
    const lastDay = Math.floor(this.#now() / dayMs) + validDays;
    const said = `${action}.${eventId}.${version}.${lastDay}`;
    return this.#written(stepId === undefined ? said : `${said}.${stepId}`);
  }

  /** The button that carried it. */
  read(token: string): CardButton | TokenFault {
    if (token.length > lengthMax) return 'forged';
    const [payload = '', seal = '', ...more] = token.split('.');
    const said = Buffer.from(payload, 'base64url').toString();
    if (more.length > 0 || !isSame(Buffer.from(seal, 'base64url'), this.#seal(said)))
      return 'forged';
    // Written in another way, the same bytes would pass as a token that was not used yet.
    if (!isSame(Buffer.from(token), Buffer.from(this.#written(said)))) return 'forged';
    const [, name, eventId, version, lastDay, stepId] = form.exec(said) ?? [];
    const action = actionNames.find((one) => one === name);
    // Sealed by us, and of a release whose buttons this one does not know.
    if (action === undefined) return 'expired';
    if (Math.floor(this.#now() / dayMs) > Number(lastDay)) return 'expired';
    const button = { action, eventId: Number(eventId), version: Number(version) };
    return stepId === undefined ? button : { ...button, stepId: Number(stepId) };
  }

  /** When no token that is valid now is valid any more; milliseconds since the epoch. */
  get endMs(): number {
    return this.#now() + (validDays + 1) * dayMs;
  }

  #written(said: string): string {
    const seal = this.#seal(said).toString('base64url');
    return `${Buffer.from(said).toString('base64url')}.${seal}`;
  }

  #seal(said: string): Buffer {
    return createHmac('sha256', this.#key).update(said).digest();
  }
}

/** Takes the same time wherever they differ. */
function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

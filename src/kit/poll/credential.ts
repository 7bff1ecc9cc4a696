// What goes along with each request to prove who asks: nothing, a header, or a token that is fetched
// by the client's credentials and kept until it ends.
import type { AdapterContext } from '../adapter.ts';
import { AdapterError } from '../errors.ts';
import { jsonOf } from '../http/caller.ts';
import type { HttpAnswer } from '../http/index.ts';
import { noPage, pollFailure } from './failure.ts';

/** The client credentials grant of OAuth 2. */
export interface ClientCredentials {
  readonly kind: 'client';
  readonly tokenUrl: string;
  readonly id: string;
  readonly secret: string;
  readonly scope?: string | undefined;
  /** Where id and secret stand: in the form, or in `Authorization`. */
  readonly place: 'body' | 'basic';
}

export type CredentialPlan =
  | { readonly kind: 'none' }
  /** @param header in lower case; `secrets` are what of `value` must not be seen */
  | {
      readonly kind: 'header';
      readonly header: string;
      readonly value: string;
      readonly secrets: readonly string[];
    }
  | ClientCredentials;

export interface Proved {
  readonly headers: Readonly<Record<string, string>>;
  /** It was kept from before, so a new one may help where it is refused. */
  readonly isOld: boolean;
}

/** HTTP Basic. */
export function basicCredential(user: string, password: string): CredentialPlan {
  const pair = Buffer.from(`${user}:${password}`).toString('base64');
  return {
    ...{ kind: 'header', header: 'authorization', value: `Basic ${pair}` },
    secrets: [password, pair],
  };
}

interface Token {
  readonly text: string;
  readonly endsMs: number;
}

/** A token ends this much earlier for us: it must last for the request, and clocks differ. */
const marginMs = 60_000;
const lifeMsDefault = 600_000;
const lifeMsMax = 86_400_000;

export class Credential {
  readonly #plan: CredentialPlan;
  readonly #context: Pick<AdapterContext, 'http' | 'now'>;
  #token: Token | undefined;
  /** Tokens that answers may still repeat. */
  #formerToken: string | undefined;

  constructor(plan: CredentialPlan, context: Pick<AdapterContext, 'http' | 'now'>) {
    this.#plan = plan;
    this.#context = context;
  }

  /** What must not be seen in an answer. */
  get secrets(): readonly string[] {
    const plan = this.#plan;
    if (plan.kind === 'none') return [];
    if (plan.kind === 'header') return plan.secrets;
    return [plan.secret, this.#token?.text, this.#formerToken].filter((one) => one !== undefined);
  }

  /** @throws {AdapterError} no token was given */
  async prove(signal: AbortSignal): Promise<Proved> {
    const plan = this.#plan;
    if (plan.kind === 'none') return { headers: {}, isOld: false };
    if (plan.kind === 'header') return { headers: { [plan.header]: plan.value }, isOld: false };
    const kept = this.#token;
    const isOld = kept !== undefined && kept.endsMs > this.#context.now();
    const token = isOld ? kept : await this.#fetch(plan, signal);
    this.#token = token;
    return { headers: { authorization: `Bearer ${token.text}` }, isOld };
  }

  /** It was refused: the next request gets another. */
  forget(): void {
    this.#formerToken = this.#token?.text;
    this.#token = undefined;
  }

  async #fetch(plan: ClientCredentials, signal: AbortSignal): Promise<Token> {
    const { http, now } = this.#context;
    const { host } = new URL(plan.tokenUrl);
    const answer = await http.request({
      ...{ method: 'POST', url: plan.tokenUrl, headers: headersOf(plan), body: formOf(plan) },
      signal,
    });
    const asked = { host, secrets: this.secrets, nowMs: now() };
    const failure = pollFailure(answer, asked);
    if (failure !== undefined) throw refusedToken(failure, answer.status, host);
    return tokenOf(answer, now()) ?? fail(noPage(answer, asked, 'holds no token'));
  }
}

/** A form with what RFC 6749 calls for in section 4.4.2. */
function formOf({ id, secret, scope, place }: ClientCredentials): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    ...(place === 'body' && { client_id: id, client_secret: secret }),
    ...(scope !== undefined && { scope }),
  }).toString();
}

/** RFC 6749, section 2.3.1: both are encoded as in a form before they are joined. */
function headersOf({ id, secret, place }: ClientCredentials): Record<string, string> {
  const common = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  if (place === 'body') return common;
  const pair = [id, secret].map(encodeURIComponent).join(':');
  return { ...common, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A wrong client is answered with 400 by some, and with 401 by others. */
function refusedToken(failure: AdapterError, status: number, host: string): AdapterError {
  if (status !== 400 && status !== 401 && status !== 403) return failure;
  const { retryAfterMs, answer } = failure;
  return new AdapterError(
    'retry',
    'auth',
    `${host} answered ${status}: it gives no token. Check the id and the secret of the client, ` +
      'whether the secret has expired, and the scope.',
    { status, retryAfterMs, answer },
  );
}

function tokenOf(answer: HttpAnswer, nowMs: number): Token | undefined {
  const { access_token: text, expires_in: life } = (jsonOf(answer) ?? {}) as {
    access_token?: unknown;
    expires_in?: unknown;
  };
  // Nothing else may stand in a header.
  if (typeof text !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(text)) return undefined;
  const seconds = typeof life === 'string' ? Number(life) : life;
  const lifeMs =
    typeof seconds === 'number' && seconds > 0
      ? Math.min(seconds * 1000, lifeMsMax)
      : lifeMsDefault;
  return { text, endsMs: nowMs + Math.max(lifeMs - marginMs, lifeMs / 2) };
}

function fail(error: Error): never {
  throw error;
}

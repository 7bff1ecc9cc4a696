// Who sends a request: the holder of a bearer token, somebody for whom a proxy vouches, a browser
// that is signed in, or nobody.
import type { Context } from 'hono';
import type { Access } from '../../kit/access.ts';
import type { HttpClient } from '../../kit/http/index.ts';
import { hashOfSecret } from '../../kit/token.ts';
import type { Person, Proof, SignIn } from '../../operations/index.ts';
import { shared } from '../computed-once.ts';
import { loopbackVisitor, type Stranger, strangerOf, type Visitor } from '../visitor.ts';
import { Attempts } from './attempts.ts';
import { type Client, clientOf, networkOf } from './client.ts';
import { Cookie } from './cookie.ts';
import { forgeryIn } from './csrf.ts';
import { type Fetch, fetchBy } from './fetch.ts';
import { Oidc } from './oidc.ts';
import { Sso } from './sso.ts';

export interface GateDependencies {
  /** Another object after each change of the configuration. */
  access(): Access;
  /** Undefined while the database is not ready. */
  signIn(): SignIn | undefined;
  /** Calls the identity provider. */
  http(): HttpClient;
  /** Gets the reason of a failure; the visitor learns only that there was one. */
  onFailure(what: string, error: unknown): void;
}

export const notReady = strangerOf(503, 'databaseNotReady');
export const unavailable = strangerOf(503, 'nobodyKnown');
const nobody = strangerOf(401, 'signIn');
const wrongToken = strangerOf(401, 'tokenWrong');

/** How long somebody may take at the provider. */
const tripSeconds = 600;

/** How long an answer to whether any token is live counts. */
const freshMs = 1000;

/** What one configuration of access makes. */
interface Ways {
  readonly access: Access;
  readonly session: Cookie;
  readonly sso: Sso;
  /** Undefined: nobody signs in at a provider. */
  readonly oidc: { readonly provider: Oidc; readonly trip: Cookie } | undefined;
}

export class Gate {
  readonly #deps: GateDependencies;
  readonly #attempts: Attempts;
  readonly #isAnyTokenLive: () => Promise<boolean>;
  #ways: Ways | undefined;

  constructor(deps: GateDependencies) {
    this.#deps = deps;
    const signIn = () => deps.signIn()!;
    this.#attempts = new Attempts({ noteFailure: (address) => signIn().noteFailure(address) });
    this.#isAnyTokenLive = shared(() => signIn().isAnyTokenLive(), { freshMs });
  }

  get ways(): Ways {
    const access = this.#deps.access();
    if (this.#ways?.access !== access) this.#ways = this.#waysOf(access);
    return this.#ways;
  }

  onFailure(what: string, error: unknown): void {
    this.#deps.onFailure(what, error);
  }

  get signIn(): SignIn | undefined {
    return this.#deps.signIn();
  }

  clientOf(c: Context): Client {
    return clientOf(c, this.ways.access);
  }

  async identify(c: Context): Promise<Visitor> {
    try {
      return await this.#visitor(c);
    } catch (error) {
      this.onFailure('identify', error);
      return { stranger: unavailable };
    }
  }

  async #visitor(c: Context): Promise<Visitor> {
    if (this.signIn === undefined) return { stranger: notReady };
    const token = bearerOf(c);
    const client = this.clientOf(c);
    if (token !== undefined && !this.#isAssertion(token))
      return await this.#visitorBy(token, client);
    const vouched = await this.ways.sso.vouched(c, client.peer);
    if (vouched !== null && 'person' in vouched) return this.#atPage(c, vouched.person);
    const person = await this.#signedIn(c);
    if (person !== null) return this.#atPage(c, person);
    return vouched ?? (await this.#unknown(c));
  }

  /** Somebody who acts by a browser, unless another site made it send the request. */
  #atPage(c: Context, person: Person): Visitor {
    const forgery = this.forgeryIn(c);
    if (forgery !== null) return { stranger: { status: 403, detail: forgery } };
    return { actor: { ...person, via: 'page', address: this.clientOf(c).address } };
  }

  /** A sentence; null: our own page may have sent it. */
  forgeryIn(c: Context): string | null {
    const header = (name: string) => c.req.header(name);
    const length = header('content-length') ?? '0';
    const sent = {
      method: c.req.method,
      fetchSite: header('sec-fetch-site'),
      origin: header('origin'),
      contentType: header('content-type'),
      hasBody: length !== '0' || header('transfer-encoding') !== undefined,
    };
    const own = this.ways.access.publicUrl ?? `http://${header('host') ?? ''}`;
    return forgeryIn(sent, own);
  }

  /**
   * Whose token it is. A stranger is told so, or to wait if this client has failed too often: what
   * it tries then is neither counted nor, past a few, looked for.
   */
  async proofBy(
    token: string,
    { address }: Client,
  ): Promise<Proof | { readonly stranger: Stranger }> {
    const { signIn } = this;
    if (signIn === undefined) return { stranger: notReady };
    const network = networkOf(address);
    const hash = hashOfSecret(token);
    const secondsLeft = this.#attempts.secondsLeft(network);
    if (secondsLeft !== null && !this.#attempts.mayTry(hash))
      return { stranger: tooMany(secondsLeft) };
    const proof = await signIn.byToken(token);
    if (proof !== null) {
      this.#attempts.succeed(hash);
      return proof;
    }
    if (secondsLeft !== null) return { stranger: tooMany(secondsLeft) };
    const left = await this.#attempts.fail(network);
    return { stranger: left === null ? wrongToken : tooMany(left) };
  }

  async #visitorBy(token: string, client: Client): Promise<Visitor> {
    const proof = await this.proofBy(token, client);
    if ('stranger' in proof) return proof;
    const { name, role } = proof;
    return { actor: { name, role, via: 'api', address: client.address } };
  }

  async #signedIn(c: Context): Promise<Person | null> {
    const secret = this.ways.session.read(c);
    return (secret !== undefined && (await this.signIn?.bySession(secret))) || null;
  }

  /** Some proxies send their assertion as a bearer token. */
  #isAssertion(token: string): boolean {
    const isExpected = this.ways.access.assertion?.header === 'authorization';
    return isExpected && !token.startsWith('tocsin_');
  }

  #waysOf(access: Access): Ways {
    const fetch: Fetch = (...request) => fetchBy(this.#deps.http())(...request);
    const { oidc, publicUrl } = access;
    return {
      access,
      session: new Cookie('tocsin', access),
      sso: new Sso({ access, fetch, onFailure: this.#deps.onFailure }),
      oidc:
        oidc === undefined || publicUrl === undefined
          ? undefined
          : {
              provider: new Oidc({ oidc, publicUrl, fetch }),
              trip: new Cookie('tocsin_trip', access, tripSeconds),
            },
    };
  }

  /** Until somebody can sign in, the machine itself may look. */
  async #unknown(c: Context): Promise<Visitor> {
    const { assertion, headers, oidc } = this.ways.access;
    const isConfigured = [assertion, headers, oidc].some((way) => way !== undefined);
    if (isConfigured || (await this.#isAnyTokenLive())) return { stranger: nobody };
    const forgery = this.forgeryIn(c);
    if (forgery !== null) return { stranger: { status: 403, detail: forgery } };
    return await loopbackVisitor(c);
  }
}

function tooMany(secondsLeft: number): Stranger {
  const stranger = strangerOf(429, 'loginsFailed', { seconds: String(secondsLeft) });
  return { ...stranger, retryAfterSeconds: secondsLeft };
}

/** What follows `Bearer`, whatever it is; undefined: there is no such header. */
function bearerOf(c: Context): string | undefined {
  return /^bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

// People for whom a proxy in front of us vouches: by a signed assertion, or by plain headers from
// an address that may send them. From anywhere else such headers are nobody's word.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { errors, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Access, AssertionAccess, HeaderAccess } from '../../kit/access.ts';
import type { Person } from '../../operations/index.ts';
import { type Stranger, strangerOf } from '../visitor.ts';
import type { Fetch } from './fetch.ts';
import { groupsIn, nameIn, roleOf } from './roles.ts';

/** Null: nobody vouches for anybody. */
export type Vouched = { readonly person: Person } | { readonly stranger: Stranger } | null;

/** Signatures with a public key. With a shared one, whoever knows it could sign, and `none` too. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** Clocks of two machines differ by so much. */
const clockToleranceSeconds = 30;
/** Loaded for the first assertion: most services get none. */
const library = () => import('jose');

export interface SsoDependencies {
  readonly access: Access;
  readonly fetch: Fetch;
  /** Gets the reason why the keys cannot be had. */
  onFailure(what: string, error: unknown): void;
}

export class Sso {
  readonly #deps: SsoDependencies;
  /** They keep what the identity provider has answered. */
  #keys: JWTVerifyGetKey | undefined;

  constructor(deps: SsoDependencies) {
    this.#deps = deps;
  }

  /** @param peer the other end of the socket */
  async vouched(c: Context, peer: string): Promise<Vouched> {
    const { assertion, headers } = this.#deps.access;
    const byAssertion = assertion && (await this.#byAssertion(c, assertion));
    return byAssertion ?? (headers && this.#byHeaders(c, headers, peer)) ?? null;
  }

  async #byAssertion(c: Context, assertion: AssertionAccess): Promise<Vouched> {
    const { header, issuer, audience, groupsClaim, jwksUrl } = assertion;
    const text = c.req.header(header)?.replace(/^bearer +/i, '');
    if (text === undefined || text === '') return null;
    const jose = await library();
    const { fetch } = this.#deps;
    this.#keys ??= jose.createRemoteJWKSet(new URL(jwksUrl), { [jose.customFetch]: fetch });
    let claims: JWTPayload;
    try {
      const expected = { issuer, audience, algorithms, requiredClaims: ['exp'] };
      const options = { ...expected, clockTolerance: clockToleranceSeconds };
      claims = (await jose.jwtVerify(text, this.#keys, options)).payload;
    } catch (error) {
      if (error instanceof jose.errors.JOSEError && !isForWantOfKeys(error))
        return refusal(`The assertion in ${header} was refused (${error.code}).`);
      this.#deps.onFailure('sso', error);
      const detail = 'The keys of SSO_JWKS_URL cannot be had; the log says why. Try again.';
      return { stranger: { status: 503, detail } };
    }
    const name = nameIn([claims.email, claims.preferred_username, claims.sub]);
    if (name === null) return refusal(`The assertion in ${header} names nobody.`);
    return this.#withRole(name, groupsIn(claims[groupsClaim]));
  }

  #byHeaders(c: Context, headers: HeaderAccess, peer: string): Vouched {
    if (!headers.isSender(peer)) return null;
    const given = c.req.header(headers.user);
    if (given === undefined || given === '') return null;
    // A proxy that adds its header to one of the client, instead of replacing it, vouches for both.
    const names = [headers.user, ...(headers.groups === undefined ? [] : [headers.groups])];
    const doubled = names.find((name) => countOf(c, name) > 1);
    if (doubled !== undefined)
      return refusal(`The header ${doubled} came twice. The proxy must remove that of the client.`);
    const name = nameIn([given]);
    if (name === null || name.includes(',')) return refusal(`${headers.user} names nobody.`);
    const groups = headers.groups === undefined ? undefined : c.req.header(headers.groups);
    return this.#withRole(name, groupsIn(groups));
  }

  #withRole(name: string, groups: readonly string[]): Vouched {
    const role = roleOf(groups, this.#deps.access.roles);
    if (role !== null) return { person: { name, role } };
    return { stranger: withoutRole(name) };
  }
}

export function withoutRole(name: string): Stranger {
  return strangerOf(403, 'noRole', { name });
}

function refusal(detail: string): Vouched {
  return { stranger: { status: 401, detail } };
}

function isForWantOfKeys(error: errors.JOSEError): boolean {
  return ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code);
}

/** How often the header came; the framework joins the values. */
function countOf(c: Context, name: string): number {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage };
  const raw = incoming?.rawHeaders ?? [];
  return raw.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

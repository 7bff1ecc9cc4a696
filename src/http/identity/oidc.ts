// Sign-in at an identity provider: authorization code with PKCE, state and nonce. Nothing of the
// provider is kept but who somebody is.
import type * as OpenidClient from 'openid-client';
import { z } from 'zod';
import type { OidcAccess } from '../../kit/access.ts';
import type { Fetch } from './fetch.ts';
import { groupsIn, nameIn } from './roles.ts';

/** What a browser keeps between leaving for the provider and its return. */
export interface Trip {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly next: string;
}

/** Whom the provider knows. */
export interface KnownUser {
  readonly name: string;
  readonly groups: readonly string[];
}

export const callbackPath = '/login/oidc/callback';
const timeoutSeconds = 5;
/** Loaded when somebody signs in: most services have no identity provider. */
const library = () => import('openid-client');

export interface OidcOptions {
  readonly oidc: OidcAccess;
  /** Scheme, host and port at which browsers reach us. */
  readonly publicUrl: string;
  readonly fetch: Fetch;
}

export class Oidc {
  readonly #options: OidcOptions;
  #provider: Promise<OpenidClient.Configuration> | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
  }

  /** Where the browser goes, and what it keeps meanwhile. @throws the provider cannot be reached */
  async begin(next: string): Promise<{ readonly url: URL; readonly trip: Trip }> {
    const { oidc, publicUrl } = this.#options;
    const client = await library();
    const verifier = client.randomPKCECodeVerifier();
    const trip = { state: client.randomState(), nonce: client.randomNonce(), verifier, next };
    const url = client.buildAuthorizationUrl(await this.#discovered(), {
      redirect_uri: `${publicUrl}${callbackPath}`,
      scope: oidc.scopes,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: trip.state,
      nonce: trip.nonce,
    });
    return { url, trip };
  }

  /**
   * Whom the provider sent back. Null: it names nobody.
   * @param query of the address at which the browser came back
   * @throws the answer is not to this trip, or not of this provider
   */
  async finish(query: string, trip: Trip): Promise<KnownUser | null> {
    const { oidc, publicUrl } = this.#options;
    const client = await library();
    const provider = await this.#discovered();
    const back = new URL(`${publicUrl}${callbackPath}${query}`);
    const tokens = await client.authorizationCodeGrant(provider, back, {
      pkceCodeVerifier: trip.verifier,
      expectedState: trip.state,
      expectedNonce: trip.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims()!;
    // Some providers tell groups and names only there.
    const hasUserInfo = provider.serverMetadata().userinfo_endpoint !== undefined;
    const more =
      claims[oidc.groupsClaim] === undefined && hasUserInfo
        ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub)
        : {};
    const all: Readonly<Record<string, unknown>> = { ...more, ...claims };
    // An address that the user typed and nobody verified is no name: it may be another's.
    const email = all.email_verified === false ? undefined : all.email;
    const name = nameIn([email, all.preferred_username, all.sub]);
    return name === null ? null : { name, groups: groupsIn(all[oidc.groupsClaim]) };
  }

  /** Once; after a failure, anew. */
  #discovered(): Promise<OpenidClient.Configuration> {
    this.#provider ??= this.#discover().catch((error: unknown) => {
      this.#provider = undefined;
      throw error;
    });
    return this.#provider;
  }

  async #discover(): Promise<OpenidClient.Configuration> {
    const { oidc, fetch } = this.#options;
    const client = await library();
    const { issuer, clientId, clientSecret } = oidc;
    const isPlain = issuer.startsWith('http:');
    const auth = clientSecret === undefined ? client.None() : secretAuth(client, clientSecret);
    const options = {
      timeout: timeoutSeconds,
      [client.customFetch]: fetch as OpenidClient.CustomFetch,
      // The signature counts even where TLS vouches for the provider already.
      execute: [
        client.enableNonRepudiationChecks,
        ...(isPlain ? [client.allowInsecureRequests] : []),
      ],
    };
    return await client.discovery(new URL(issuer), clientId, undefined, auth, options);
  }
}

/** In the body, unless the provider takes it in the header alone. */
function secretAuth(client: typeof OpenidClient, secret: string): OpenidClient.ClientAuth {
  const [inBody, inHeader] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const isBasic = methods !== undefined && !methods.includes('client_secret_post');
    return (isBasic ? inHeader : inBody)(server, ...rest);
  };
}

const tripForm = z.strictObject({
  state: z.string().min(20),
  nonce: z.string().min(20),
  verifier: z.string().min(43),
  next: z.string(),
});

export function tripToText(trip: Trip): string {
  return Buffer.from(JSON.stringify(trip)).toString('base64url');
}

/** Null for anything else. */
export function tripOfText(text: string | undefined): Trip | null {
  try {
    return tripForm.parse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}

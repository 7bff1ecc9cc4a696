// An identity provider on loopback: discovery, keys, authorization code with PKCE, user info. It
// refuses what a strict provider refuses, and lies in one way if a test wants it to.
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Of the user who is signed in there; beside `sub`, they go into the token of identity. */
  claims: Readonly<Record<string, unknown>>;
  /** What only its user info tells. */
  userInfo: Readonly<Record<string, unknown>>;
  lie: 'nonce' | 'audience' | 'issuer' | 'signature' | 'expired' | undefined;
  /** Ways in which a client may show its secret. */
  methods: readonly string[];
  /** Method and path of each request, and how the client showed its secret. */
  readonly requests: string[];
  /** A statement of this provider, valid for a minute. */
  sign(
    claims: JWTPayload,
    more?: { readonly audience?: string; readonly exp?: string },
  ): Promise<string>;
  /** The same of somebody who has another key. */
  forge(claims: JWTPayload): Promise<string>;
  close(): void;
}

export const clientId = 'tocsin';
export const clientSecret = 'a-secret-with-signs-:+%&=';

interface Grant {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

/** Ends with the test. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const provider = new Provider();
  await provider.start();
  onTestFinished(() => provider.close());
  return provider;
}

class Provider implements IdentityProvider {
  issuer = '';
  claims: Readonly<Record<string, unknown>> = { sub: 'u1', email: 'ann@example.com' };
  userInfo: Readonly<Record<string, unknown>> = {};
  lie: IdentityProvider['lie'];
  methods: readonly string[] = ['client_secret_basic', 'client_secret_post'];
  readonly requests: string[] = [];
  readonly #grants = new Map<string, Grant>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.writeHead(500).end());
  });
  #keys: Awaited<ReturnType<typeof generateKeyPair>> | undefined;
  #otherKeys: Awaited<ReturnType<typeof generateKeyPair>> | undefined;

  async start(): Promise<void> {
    this.#keys = await generateKeyPair('ES256');
    this.#otherKeys = await generateKeyPair('ES256');
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.issuer = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get jwksUrl(): string {
    return `${this.issuer}/jwks`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async sign(
    claims: JWTPayload,
    { audience = clientId, exp = '1 minute' }: { audience?: string; exp?: string } = {},
  ): Promise<string> {
    const key = this.lie === 'signature' ? this.#otherKeys! : this.#keys!;
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(this.lie === 'issuer' ? 'https://other.example' : this.issuer)
      .setAudience(this.lie === 'audience' ? 'another-client' : audience)
      .setIssuedAt(this.lie === 'expired' ? 1 : undefined)
      .setExpirationTime(this.lie === 'expired' ? 2 : exp)
      .sign(key.privateKey);
  }

  async forge(claims: JWTPayload): Promise<string> {
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(this.issuer)
      .setAudience(clientId)
      .setExpirationTime('1 minute')
      .sign(this.#otherKeys!.privateKey);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (body: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const how = request.headers.authorization?.split(' ')[0] ?? '';
    this.requests.push(`${request.method} ${url.pathname} ${how}`.trim());
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json(this.#metadata());
      case '/jwks': {
        const jwk = await exportJWK(this.#keys!.publicKey);
        return void json({ keys: [{ ...jwk, kid: 'one', alg: 'ES256', use: 'sig' }] });
      }
      case '/authorize':
        return void response.writeHead(302, { location: this.#authorize(url) }).end();
      case '/token': {
        const body = new URLSearchParams(await textOf(request));
        const tokens = await this.#tokens(body, request.headers.authorization);
        return void json(tokens ?? { error: 'invalid_grant' }, tokens === null ? 400 : 200);
      }
      case '/userinfo':
        return void json({ sub: this.claims.sub, ...this.userInfo });
      default:
        return void json({}, 404);
    }
  }

  #metadata() {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: this.methods,
      code_challenge_methods_supported: ['S256'],
    };
  }

  /** The user signs in at once. */
  #authorize({ searchParams: asked }: URL): string {
    const code = randomUUID();
    const redirectUri = asked.get('redirect_uri') ?? '';
    this.#grants.set(code, {
      challenge: asked.get('code_challenge') ?? '',
      nonce: asked.get('nonce') ?? '',
      redirectUri,
    });
    return `${redirectUri}?${new URLSearchParams({ code, state: asked.get('state') ?? '' })}`;
  }

  /** Null: the grant or the secret is not right. A grant is good for one time. */
  async #tokens(body: URLSearchParams, authorization: string | undefined) {
    const grant = this.#grants.get(body.get('code') ?? '');
    this.#grants.delete(body.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== challenge || grant.redirectUri !== body.get('redirect_uri'))
      return null;
    const basic = /^Basic (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    const pair = Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
    const isInHeader = pair[0] === clientId && pair[1] === clientSecret;
    if (!isInHeader && body.get('client_secret') !== clientSecret) return null;
    const nonce = this.lie === 'nonce' ? 'another-nonce' : grant.nonce;
    const id_token = await this.sign({ ...this.claims, nonce });
    return { access_token: randomUUID(), token_type: 'Bearer', expires_in: 60, id_token };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

// Who is let in, as it is configured. Types alone.

export interface Access {
  /** Scheme, host and port at which people reach the page; undefined: nobody said. */
  readonly publicUrl?: string;
  /** Whether what this address says in `X-Forwarded-For` counts. */
  isTrustedProxy(address: string): boolean;
  readonly roles: readonly GroupRole[];
  /** A signed statement of a proxy in front of us. */
  readonly assertion?: AssertionAccess;
  /** Plain headers of a proxy in front of us. */
  readonly headers?: HeaderAccess;
  readonly oidc?: OidcAccess;
}

/** What the members of a group may do; the group `*` has everybody who was recognised. */
export interface GroupRole {
  readonly group: string;
  readonly role: 'read' | 'operate' | 'admin';
}

export interface AssertionAccess {
  /** Lower case. */
  readonly header: string;
  readonly issuer: string;
  readonly audience: string;
  /** Where its public keys are. */
  readonly jwksUrl: string;
  readonly groupsClaim: string;
}

export interface HeaderAccess {
  /** Lower case. */
  readonly user: string;
  /** Lower case; undefined: it tells no groups. */
  readonly groups?: string;
  /** Whether the socket's other end may send them. */
  isSender(address: string): boolean;
}

export interface OidcAccess {
  readonly issuer: string;
  readonly clientId: string;
  /** A secret; undefined: a public client. */
  readonly clientSecret?: string;
  /** Words with blanks between them. */
  readonly scopes: string;
  readonly groupsClaim: string;
}

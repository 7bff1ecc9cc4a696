// Tokens and sessions, as they are stored. Types alone. Times are ISO 8601 in UTC, by the database's
// clock.
import type { Permission } from './audit.ts';

export interface NewToken {
  readonly name: string;
  readonly hash: string;
  readonly role: Permission;
  readonly createdBy: string;
  /** Null: it never expires. */
  readonly lifeMs: number | null;
}

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly role: Permission;
  readonly createdBy: string;
  readonly createdAt: string;
  /** Null: never. */
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** To the minute; null: not yet. */
  readonly usedAt: string | null;
  readonly state: 'live' | 'expired' | 'revoked';
}

export interface NewSession {
  readonly hash: string;
  readonly subject: string;
  readonly role: Permission;
  /** How it began. */
  readonly via: 'token' | 'oidc';
  /** The token by which it began; null: none. */
  readonly tokenId: number | null;
}

export interface Session extends NewSession {
  readonly createdAt: string;
  /** To the minute. */
  readonly seenAt: string;
  /** It ends before that if it is not used. */
  readonly expiresAt: string;
}

/** Refused logins from an address within the time that counts. */
export interface Failures {
  readonly count: number;
  /** When the oldest of them counts no more. */
  readonly secondsLeft: number;
}

// Recognises people by what they present, and signs browsers in and out. These are no operations:
// nobody is known yet who could have a permission.
import type { Failures } from '../kit/records/access.ts';
import type { Permission } from '../kit/records/audit.ts';
import { hashOfSecret, isSecret, isToken, makeSecret } from '../kit/token.ts';
import { appendAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { noteFailedLogin } from '../store/failed-logins.ts';
import { beginSession, endSession, useSession } from '../store/sessions.ts';
import { isAnyTokenLive, useToken } from '../store/tokens.ts';
import { inTransaction } from '../store/transaction.ts';

/** Somebody who was recognised. */
export interface Person {
  readonly name: string;
  readonly role: Permission;
}

/** A way in by which a browser is signed in. */
export interface Proof extends Person {
  readonly via: 'token' | 'oidc';
  /** Of the token; null: there is none. */
  readonly tokenId: number | null;
}

/** Each asks the database. All throw the driver's error. */
export interface SignIn {
  /** Whether anybody could present a token. */
  isAnyTokenLive(): Promise<boolean>;
  /** Null for a token that never was, has expired or was revoked: nobody learns which. */
  byToken(token: string): Promise<Proof | null>;
  /** @param secret the value of the cookie */
  bySession(secret: string): Promise<Person | null>;
  /** @param address of the client @returns the value of a new cookie */
  begin(proof: Proof, address: string | null): Promise<string>;
  /** Does nothing if there is no such session. */
  end(secret: string, address: string | null): Promise<void>;
  /** @returns the failures from this address that count, on all replicas */
  noteFailure(address: string): Promise<Failures>;
}

export function signInOn(db: Database): SignIn {
  return {
    isAnyTokenLive: () => isAnyTokenLive(db),
    async byToken(token) {
      if (!isToken(token)) return null;
      const found = await useToken(db, hashOfSecret(token));
      if (found === null) return null;
      return { name: nameOfToken(found.name), role: found.role, via: 'token', tokenId: found.id };
    },
    async bySession(secret) {
      if (!isSecret(secret)) return null;
      const found = await useSession(db, hashOfSecret(secret));
      return found && { name: found.subject, role: found.role };
    },
    async begin({ name: subject, role, via, tokenId }, address) {
      const secret = makeSecret();
      await inTransaction(db, async (own, isWhole) => {
        const session = { hash: hashOfSecret(secret), subject, role, via, tokenId };
        await beginSession(own, session);
        const after = JSON.stringify({ role, via });
        await note(own, { actor: subject, operation: 'session-begin', address, after }, isWhole);
      });
      return secret;
    },
    async end(secret, address) {
      if (!isSecret(secret)) return;
      await inTransaction(db, async (own, isWhole) => {
        const subject = await endSession(own, hashOfSecret(secret));
        const act = { operation: 'session-end', address, after: null };
        if (subject !== null) await note(own, { actor: subject, ...act }, isWhole);
      });
    },
    noteFailure: (address) => noteFailedLogin(db, address),
  };
}

/** The prefix keeps a token from passing for a person in the audit log. */
function nameOfToken(name: string): string {
  return `token:${name}`;
}

interface SessionAct {
  readonly actor: string;
  readonly operation: string;
  readonly address: string | null;
  readonly after: string | null;
}

async function note(db: Database, act: SessionAct, isWhole: boolean): Promise<void> {
  const target = `sessions:${act.actor}`;
  await appendAudit(db, { ...act, via: 'page', target, input: '{}', before: null }, isWhole);
}

// The acts of people as the audit log keeps them. Types alone.

/** What somebody may do; each includes those before it. */
export type Permission = 'read' | 'operate' | 'admin';

/** Who does something, through which door. */
export interface Actor {
  readonly name: string;
  readonly role: Permission;
  /** `cli`, `api`, `page`, `chat`; of what another product reports, the type of its source. */
  readonly via: string;
  /** Of the client; null for a command. */
  readonly address: string | null;
}

/** An act, as it is to be noted. Texts are JSON, masked. */
export interface AuditEntry {
  readonly actor: string;
  readonly via: string;
  readonly address: string | null;
  readonly operation: string;
  /** What it was done to: `sink:soc`; null: nothing that has a name. */
  readonly target: string | null;
  readonly input: string;
  /** Null where the act has none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** An entry in its place in the chain. */
export interface AuditRow extends AuditEntry {
  readonly id: number;
  /** ISO 8601 in UTC, by the database's clock. */
  readonly at: string;
  /** Hash of the row before; of the first row, `auditOrigin`. */
  readonly previous: string;
  readonly hash: string;
}

// Reads the first messages of a server, until it accepts statements: whether it is Postgres, and
// whether it accepts writes. Pure.

/** A frame of the protocol: its kind, and all its bytes. */
interface Frame {
  readonly kind: string;
  readonly bytes: Buffer;
}

/** No message of Postgres before the first statement is longer. */
const frameBytesMax = 65_536;

/**
 * `stranger`: not Postgres. `refused`: an error before the server asked who we are, such as one of
 * pg_hba.conf. `denied`: an error after that, such as a wrong password. `ready`: it accepts
 * statements.
 */
export type StartupStep = 'more' | 'ready' | 'refused' | 'denied' | 'stranger';

export class Startup {
  #pending: Buffer = Buffer.alloc(0);
  #count = 0;
  /** As the server reports it. Servers before Postgres 14 and poolers may not. */
  isReadOnly = false;

  /** @returns the whole messages, to be handed on, and how far the server has come */
  take(bytes: Buffer): { readonly whole: Buffer; readonly step: StartupStep } {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const frames: Buffer[] = [];
    let step: StartupStep = 'more';
    while (step === 'more') {
      const frame = this.#next();
      if (frame === undefined) break;
      frames.push(frame.bytes);
      step = this.#judge(frame);
      this.#count += 1;
    }
    if (step === 'more' && this.#isStrange()) step = 'stranger';
    // What follows is for the driver alone.
    if (step !== 'more') frames.push(this.#pending);
    if (step !== 'more') this.#pending = Buffer.alloc(0);
    return { whole: Buffer.concat(frames), step };
  }

  #next(): Frame | undefined {
    if (this.#pending.length < 5 || this.#isStrange()) return undefined;
    const length = this.#pending.readUInt32BE(1) + 1;
    if (this.#pending.length < length) return undefined;
    const bytes = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return { kind: String.fromCharCode(bytes[0]!), bytes };
  }

  #isStrange(): boolean {
    if (this.#pending.length === 0) return false;
    // The first message is one of authentication, error, notice or protocol negotiation.
    if (this.#count === 0 && !'RENv'.includes(String.fromCharCode(this.#pending[0]!))) return true;
    return this.#pending.length >= 5 && !inBounds(this.#pending.readUInt32BE(1));
  }

  #judge({ kind, bytes }: Frame): StartupStep {
    if (kind === 'Z') return 'ready';
    if (kind === 'E') return this.#count === 0 ? 'refused' : 'denied';
    if (kind === 'S') {
      const [name, value] = bytes.toString('utf8', 5).split('\0');
      const isAboutWrites = name === 'in_hot_standby' || name === 'default_transaction_read_only';
      if (isAboutWrites && value === 'on') this.isReadOnly = true;
    }
    return 'more';
  }
}

const inBounds = (length: number) => length >= 4 && length <= frameBytesMax;

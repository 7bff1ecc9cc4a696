// Writes log lines to standard error before the call returns, so that a crash loses no line. If the
// disk is full or the reader is gone, lines are lost and counted, and nothing else fails.
import { writeSync } from 'node:fs';

export interface LogOutputOptions {
  /**
   * Like `fs.writeSync`: returns the number of bytes written, or throws. Default: standard error.
   */
  readonly write?: (bytes: Uint8Array) => number;
  /** How long to wait after a failure, in milliseconds. Default 1000. */
  readonly retryMs?: number;
}

interface Entry {
  readonly bytes: Buffer;
  /** How many lines are lost if this entry is: for a remark, the lines that it reports. */
  readonly lines: number;
  readonly isRemark: boolean;
}

/** How much waits for a slow reader (EAGAIN). */
const waitingBytesMax = 262_144;
const lineBreak = Buffer.from('\n');

/**
 * Lines wait in order for a slow reader, and are lost if nothing can be written. The first line
 * that gets through afterwards says how many were lost.
 */
export class LogOutput {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #retryMs: number;
  readonly #listeners: ((lines: number) => void)[] = [];
  #waiting: Entry[] = [];
  #waitingBytes = 0;
  /** How much of the first entry is written. */
  #offset = 0;
  #lostEver = 0;
  /** Lost lines that were not reported yet. */
  #lost = 0;
  #reason = '';
  #isLineTorn = false;
  #timer: NodeJS.Timeout | undefined;

  constructor({ write = (bytes) => writeSync(2, bytes), retryMs = 1000 }: LogOutputOptions = {}) {
    this.#write = write;
    this.#retryMs = retryMs;
  }

  /** @param line ends with a line break. Never throws */
  write(line: string): void {
    this.#remark();
    this.#add({ bytes: Buffer.from(line), lines: 1, isRemark: false });
    this.#flush();
  }

  /**
   * Calls `listener` with the number of lines lost so far, if any, and then with that of each
   * further loss.
   */
  onLost(listener: (lines: number) => void): void {
    this.#listeners.push(listener);
    if (this.#lostEver > 0) listener(this.#lostEver);
  }

  #remark(): void {
    if (this.#lost === 0) return;
    const entry = {
      bytes: Buffer.from(lostLine(this.#lost, this.#reason)),
      lines: this.#lost,
      isRemark: true,
    };
    this.#lost = 0;
    this.#add(entry);
  }

  #add(entry: Entry): void {
    if (this.#waitingBytes + entry.bytes.length > waitingBytesMax) {
      this.#lose(entry, 'EAGAIN');
      return;
    }
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes.length;
  }

  #flush(): void {
    try {
      if (this.#isLineTorn && this.#waiting.length > 0)
        this.#isLineTorn = this.#write(lineBreak) === 0;
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        this.#offset += this.#write(first.bytes.subarray(this.#offset));
        if (this.#offset < first.bytes.length) continue;
        this.#offset = 0;
        this.#waiting.shift();
        this.#waitingBytes -= first.bytes.length;
      }
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') this.#dropAll(code);
      this.#tryLater();
    }
  }

  /** Drops all that waits, because a disk that stays full would otherwise fill the memory. */
  #dropAll(code: string): void {
    const dropped = this.#waiting;
    this.#isLineTorn ||= this.#offset > 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#offset = 0;
    for (const entry of dropped) this.#lose(entry, code);
  }

  #lose({ lines, isRemark }: Entry, code: string): void {
    this.#reason = code;
    this.#lost += lines;
    if (isRemark) return;
    this.#lostEver += lines;
    for (const listener of this.#listeners) listener(lines);
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#remark();
      this.#flush();
    }, this.#retryMs).unref();
  }
}

function lostLine(lost: number, reason: string): string {
  const msg =
    'log lines were lost, because standard error could not be written; make room where it leads';
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), lost, reason, msg })}\n`;
}

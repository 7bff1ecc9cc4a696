// The keys that sign messages, out of certificates that are fetched once. Only addresses that were
// judged come here.
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { AdapterContext } from '../../kit/adapter.ts';
import { AdapterError } from '../../kit/errors.ts';
import { failureOf } from '../../kit/http/status.ts';

/** A certificate has some 2 kB. */
const bytesMax = 20_000;
const timeoutMs = 4_000;
/** Regions, and one that follows another; more means that somebody plays with addresses. */
const heldMax = 20;
const keepMs = 24 * 3_600_000;

interface Held {
  readonly key: KeyObject;
  readonly untilMs: number;
}

export class Certificates {
  readonly #context: Pick<AdapterContext, 'http' | 'now'>;
  readonly #held = new Map<string, Held>();
  readonly #fetching = new Map<string, Promise<Held>>();

  constructor(context: Pick<AdapterContext, 'http' | 'now'>) {
    this.#context = context;
  }

  /**
   * The key of the certificate at this address; requests that come together cost one fetch.
   * @throws {AdapterError} it cannot be fetched or read now
   */
  async keyAt(url: string): Promise<KeyObject> {
    const held = this.#held.get(url);
    if (held !== undefined && this.#context.now() < held.untilMs) return held.key;
    let fetching = this.#fetching.get(url);
    if (fetching === undefined) {
      fetching = this.#fetch(url).finally(() => this.#fetching.delete(url));
      this.#fetching.set(url, fetching);
    }
    return (await fetching).key;
  }

  async #fetch(url: string): Promise<Held> {
    const { http, now } = this.#context;
    const { host } = new URL(url);
    // Not the signal of one request: others wait for the same certificate.
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await http.request({
      ...{ method: 'GET', url, headers: {}, signal, timeoutMs, bodyBytesMax: bytesMax },
    });
    const failure = failureOf(answer, host, [], now());
    if (failure !== undefined) throw failure;
    const held = heldOf(answer.body, now());
    if (held === undefined)
      throw new AdapterError('retry', 'malformed', `${host} answered with no valid certificate.`);
    if (this.#held.size >= heldMax) this.#held.clear();
    this.#held.set(url, held);
    return held;
  }
}

/** Undefined for what is no certificate, or one of another time. */
function heldOf(pem: string, nowMs: number): Held | undefined {
  try {
    const { publicKey, validFrom, validTo } = new X509Certificate(pem);
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
    if (!(from <= nowMs && nowMs <= to)) return undefined;
    return { key: publicKey, untilMs: Math.min(to, nowMs + keepMs) };
  } catch {
    return undefined;
  }
}

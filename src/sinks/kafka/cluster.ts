// A Kafka cluster as one sink sees it: its topic, who leads the partitions, and a connection to each
// broker that was needed so far. It repeats nothing: after a failure it is replaced by a new one.
import { setMaxListeners } from 'node:events';
import type { API } from '@platformatic/kafka';
import { addressOf, type BrokerAddress } from '../../kit/broker.ts';
import { AdapterError } from '../../kit/errors.ts';
import { optionalLibrary } from '../../kit/optional-library.ts';
import {
  expectStored,
  failureOf,
  leaderNotAvailable,
  refusal,
  type TopicFacts,
  topicFacts,
  unsupportedVersion,
} from './answers.ts';
import { type Login, logIn } from './login.ts';
import { type Library, type Tls, Wire } from './wire.ts';

export interface ClusterWay {
  /** Asked one after the other, until one answers. */
  readonly brokers: readonly BrokerAddress[];
  readonly topic: string;
  readonly tls: Tls;
  readonly login: Login | undefined;
}

export interface Outgoing {
  readonly body: string;
  readonly deliveryId: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** For how long the leader waits for its replicas, milliseconds: less than most sinks wait. */
const replicasMs = 10_000;
const allReplicas = -1;
/** How long a broker may take to open a connection and to log in, milliseconds. */
const greetingMs = 10_000;

interface Greeted {
  readonly wire: Wire;
  /** By the key of the question: the lowest and the highest version that this broker takes. */
  readonly versions: ReadonlyMap<number, readonly [min: number, max: number]>;
}

export class Cluster {
  readonly #library: Library;
  readonly #way: ClusterWay;
  readonly #signal: AbortSignal;
  /** By address. */
  readonly #greeted = new Map<string, Promise<Greeted>>();
  #facts!: TopicFacts;

  private constructor(library: Library, way: ClusterWay, signal: AbortSignal) {
    this.#library = library;
    this.#way = way;
    this.#signal = signal;
  }

  /**
   * @param signal ends all its connections
   * @throws {AdapterError} of the broker that was asked last, or of one that refuses this sink
   */
  static async open(way: ClusterWay, signal: AbortSignal): Promise<Cluster> {
    // One listener for each connection.
    setMaxListeners(0, signal);
    const library = await optionalLibrary(
      'kafka',
      '@platformatic/kafka',
      () => import('@platformatic/kafka'),
    );
    const cluster = new Cluster(library, way, signal);
    await cluster.ask();
    return cluster;
  }

  /** Asks a broker for the topic. @throws {AdapterError} also if it has none */
  async ask(): Promise<TopicFacts> {
    let failed: AdapterError | undefined;
    for (const address of this.#way.brokers) {
      this.#signal.throwIfAborted();
      try {
        this.#facts = await this.#topicAt(address);
        return this.#facts;
      } catch (error) {
        failed = failureOf(error as Error, address.shown, false);
        // The others would say the same. A connection, each has of its own.
        if (failed.reason === 'auth' || error instanceof AdapterError) throw failed;
      }
    }
    throw failed!;
  }

  async #topicAt(address: BrokerAddress): Promise<TopicFacts> {
    const { topic, login } = this.#way;
    const greeted = await this.#at(address);
    const { metadataV9, metadataV10, metadataV11, metadataV12, ResponseError } = this.#library;
    const apis = [metadataV12.api, metadataV11.api, metadataV10.api, metadataV9.api];
    try {
      const api = apiFor(greeted, apis);
      return topicFacts(await greeted.wire.ask(api, [topic], false, true), address.shown, topic);
    } catch (error) {
      // The library takes the answer for an error if anything in it is one, such as a partition
      // without a leader.
      if (error instanceof ResponseError) return topicFacts(error.response, address.shown, topic);
      if (greeted.wire.isOpen || login !== undefined) throw error;
      throw new AdapterError(
        'retry',
        'connection',
        `${address.shown} hangs up at the first question. If it wants a login, set username and password of this sink.`,
      );
    }
  }

  /** Resolves once all replicas in step have it. @throws {AdapterError} */
  async produce({ body, deliveryId, time }: Outgoing): Promise<void> {
    const { topic } = this.#way;
    const { leaders } = this.#facts;
    const key = Buffer.from(deliveryId);
    // As the partitioner of most clients does it, so that repetitions stand in one partition.
    const partition = (this.#library.murmur2(key) & 0x7f_ff_ff_ff) % leaders.length;
    const leader = leaders[partition];
    if (leader === undefined)
      throw refusal(
        leaderNotAvailable,
        `${this.#way.brokers[0]!.shown}, of partition ${partition},`,
      );
    const greeted = await this.#leaderAt(leader);
    const headers = new Map(
      Object.entries({ 'tocsin-delivery': deliveryId, 'content-type': 'application/json' }).map(
        ([name, value]) => [Buffer.from(name), Buffer.from(value)],
      ),
    );
    const value = Buffer.from(body);
    const record = { topic, partition, key, value, headers, timestamp: BigInt(time) };
    const { produceV7, produceV8, produceV9, produceV10, produceV11 } = this.#library;
    const apis = [produceV11, produceV10, produceV9, produceV8, produceV7].map(({ api }) => api);
    const { shown } = greeted.wire.address;
    const api = apiFor(greeted, apis);
    try {
      const answer = await greeted.wire.ask(api, allReplicas, replicasMs, [record]);
      // A boolean is for producers that want no answer.
      if (typeof answer === 'object') expectStored(answer, shown, topic, partition);
    } catch (error) {
      throw failureOf(error as Error, shown, true);
    }
  }

  /** Connects to each leader. @returns how many brokers these are. @throws {AdapterError} */
  async reach(): Promise<number> {
    const { leaders } = this.#facts;
    if (leaders.includes(undefined)) throw refusal(leaderNotAvailable, this.#way.brokers[0]!.shown);
    const reached = await Promise.all(leaders.map((leader) => this.#leaderAt(leader!)));
    return new Set(reached.map(({ wire }) => wire.address.shown)).size;
  }

  async #leaderAt({ host, port }: { host: string; port: number }): Promise<Greeted> {
    const address = addressOf(host.includes(':') ? `[${host}]` : host, port);
    try {
      return await this.#at(address);
    } catch (error) {
      const named = `${address.shown}, a broker that the cluster names,`;
      throw failureOf(error as Error, named, false);
    }
  }

  #at(address: BrokerAddress): Promise<Greeted> {
    const { shown } = address;
    const there = this.#greeted.get(shown);
    if (there !== undefined) return there;
    const forget = () => {
      if (this.#greeted.get(shown) === greeting) this.#greeted.delete(shown);
    };
    const greeting = this.#greet(address, forget);
    this.#greeted.set(shown, greeting);
    greeting.catch(forget);
    return greeting;
  }

  async #greet(address: BrokerAddress, forget: () => void): Promise<Greeted> {
    const { tls, login } = this.#way;
    const library = this.#library;
    const patience = AbortSignal.timeout(greetingMs);
    const late = new AbortController();
    const giveUp = () => late.abort(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' }));
    patience.addEventListener('abort', giveUp, { once: true });
    let wire: Wire | undefined;
    try {
      const signal = AbortSignal.any([this.#signal, late.signal]);
      wire = await Wire.open(library, address, tls, signal);
      wire.onEnd(forget);
      const { apiKeys } = await wire.ask(library.apiVersionsV3.api, 'tocsin', '1');
      if (login !== undefined) await logIn(library, wire, login);
      const versions = apiKeys.map(
        ({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]] as const,
      );
      return { wire, versions: new Map(versions) };
    } catch (error) {
      wire?.end();
      throw error;
    } finally {
      patience.removeEventListener('abort', giveUp);
    }
  }
}

/** @param apis the newest one first */
function apiFor<Question extends unknown[], Answer>(
  { wire, versions }: Greeted,
  apis: readonly API<Question, Answer>[],
): API<Question, Answer> {
  const found = apis.find(({ key, version }) => {
    const [min, max] = versions.get(key) ?? [0, -1];
    return version >= min && version <= max;
  });
  if (found === undefined) throw refusal(unsupportedVersion, wire.address.shown);
  return found;
}

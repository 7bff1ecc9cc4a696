// A simulated Deep Instinct tenant on loopback: both streams, in the form that real tenants use,
// and faults on demand. `tocsin demo` and the tests use it; it calls nothing.
import { randomUUID } from 'node:crypto';
import {
  createWireEvent,
  type Generation,
  type TenantStream,
  tenantStreams,
} from '../events/index.ts';
import { createFaultQueue } from '../fault-queue.ts';
import { listenOnLoopback } from '../loopback.ts';
import type { EmptyForm } from './answer.ts';
import { type ClosingOptions, closing, type Fields, recurring, reopening } from './later.ts';
import { Rows } from './rows.ts';
import {
  answerRequest,
  type ItemFault,
  type Stream,
  type TenantFault,
  type TenantRequests,
  type World,
} from './serve.ts';

export type { ItemFault, TenantFault, TenantRequest, TenantRequests } from './serve.ts';

export interface TenantOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** The only token that is accepted. Default: a new one. */
  readonly token?: string;
  /** Seed of the generated events; default 1. */
  readonly seed?: number;
  /** Form of the generated events; default `5`. */
  readonly generation?: Generation;
  readonly emptyForm?: EmptyForm;
  /**
   * Id of each stream's first item; default 1001 for both, so that the ids of the two streams
   * overlap.
   */
  readonly firstIds?: Partial<Readonly<Record<TenantStream, number>>>;
  /** Milliseconds since the epoch; default the clock. */
  readonly now?: () => number;
}

export interface AddOptions {
  /**
   * How long ago the server stored the last one; default 0. Each one before is a microsecond older.
   */
  readonly ageSeconds?: number;
  /** The vendor's severity of all of them; null: none. Default: a realistic mix. */
  readonly severity?: string | null;
  readonly generation?: Generation;
  readonly hostname?: string;
  /** The share of names that are hostile, 0 to 1; default 0.03. */
  readonly hostileShare?: number;
  /**
   * Id of the first one; default the next id. A higher one leaves a gap, and a lower one fills it,
   * as a row does that was committed late.
   */
  readonly firstId?: number;
}

export interface Tenant {
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  /** The token that it accepted at the start. */
  readonly token: string;
  readonly requests: TenantRequests;
  /** Makes a new token, as a console does, and revokes every other one. */
  renewToken(): string;
  /** Makes events and shows them at once. @returns their ids */
  add(stream: TenantStream, count: number, options?: AddOptions): number[];
  /**
   * Shows this text as an item with the given `id` (default: the next), whatever id the text holds.
   * @returns the id
   */
  addRaw(stream: TenantStream, json: string, id?: number): number;
  /**
   * Changes fields of an item in place, as a console does (`status`, `reoccurrence_count`, …).
   * @throws if there is none
   */
  change(stream: TenantStream, id: number, fields: Readonly<Record<string, unknown>>): void;
  /** Somebody closes it at the console; see {@link closing}. */
  closeItem(stream: TenantStream, id: number, options?: Omit<ClosingOptions, 'atMs'>): void;
  reopenItem(stream: TenantStream, id: number): void;
  /** It happens again on the device. @param times default 1 */
  recur(stream: TenantStream, id: number, times?: number): void;
  /** Hides it from lists and searches; it can still be asked for by its id. */
  archive(stream: TenantStream, id: number): void;
  remove(stream: TenantStream, id: number): void;
  /** Removes a stream's items and starts its ids anew, like a tenant that was rebuilt. */
  rebuild(stream: TenantStream): void;
  /** The id that the next item will have. */
  nextId(stream: TenantStream): number;
  /** Ascending. */
  ids(stream: TenantStream): readonly number[];
  /** The item as it is sent, parsed. @throws there is no such item, or it is no JSON */
  item(stream: TenantStream, id: number): Record<string, unknown>;
  /**
   * The next `times` list requests (default 1; `Infinity`: until `heal`) for which `when` is true
   * get the fault. Several queue up.
   */
  fail(
    stream: TenantStream | 'both',
    fault: TenantFault,
    times?: number,
    when?: () => boolean,
  ): void;
  /** The same for requests for one item: a status, `half_json` or `reset`. */
  failItem(stream: TenantStream, fault: ItemFault, times?: number): void;
  heal(): void;
  close(): Promise<void>;
}

function createToken(): string {
  return `demo.${randomUUID().replaceAll('-', '')}`;
}

export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  const { seed = 1, now = Date.now } = options;
  const streamOf = (name: TenantStream): Stream => {
    const firstId = options.firstIds?.[name] ?? 1001;
    return {
      rows: new Rows(),
      archived: new Set(),
      faults: createFaultQueue(),
      itemFaults: createFaultQueue(),
      firstId,
      highestId: firstId - 1,
    };
  };
  const world: World = {
    token: options.token ?? createToken(),
    emptyForm: options.emptyForm ?? 'null',
    streams: { events: streamOf('events'), suspicious: streamOf('suspicious') },
    requests: { events: 0, suspicious: 0, other: 0, log: [] },
    now,
  };
  const server = await listenOnLoopback(options.port ?? 0, (request, response) =>
    answerRequest(world, request, response),
  );
  const { streams } = world;
  const insert = (stream: Stream, id: number, json: string): void => {
    stream.rows.insert(id, json);
    stream.highestId = Math.max(stream.highestId, id);
  };
  const change = (name: TenantStream, id: number, fields: Fields): void =>
    streams[name].rows.replace(id, JSON.stringify({ ...itemOf(streams[name], id), ...fields }));
  return {
    url: server.address,
    token: world.token,
    requests: world.requests,
    renewToken() {
      world.token = createToken();
      return world.token;
    },
    add(name, count, { ageSeconds = 0, firstId = streams[name].highestId + 1, ...wanted } = {}) {
      const lastMicroseconds = (now() - ageSeconds * 1000) * 1000;
      return Array.from({ length: count }, (_, index) => {
        const id = firstId + index;
        const insertedAt = lastMicroseconds - (count - 1 - index);
        const event = createWireEvent({
          generation: options.generation ?? '5',
          ...wanted,
          seed,
          stream: name,
          id,
          insertedAtMs: Math.floor(insertedAt / 1000),
          insertedAtMicroseconds: Math.floor(insertedAt % 1000),
        });
        insert(streams[name], id, JSON.stringify(event));
        return id;
      });
    },
    addRaw(name, json, id = streams[name].highestId + 1) {
      insert(streams[name], id, json);
      return id;
    },
    change,
    closeItem: (name, id, own) => change(name, id, closing({ ...own, atMs: now() })),
    reopenItem: (name, id) => change(name, id, reopening()),
    recur: (name, id, times = 1) =>
      change(name, id, recurring(itemOf(streams[name], id), times, now())),
    archive: (name, id) => void streams[name].archived.add(id),
    remove: (name, id) => streams[name].rows.remove(id),
    rebuild(name) {
      streams[name].rows.clear();
      streams[name].archived.clear();
      streams[name].highestId = streams[name].firstId - 1;
    },
    nextId: (name) => streams[name].highestId + 1,
    ids: (name) => streams[name].rows.ids,
    item: (name, id) => itemOf(streams[name], id),
    fail(name, fault, times, when) {
      for (const one of name === 'both' ? tenantStreams : [name])
        streams[one].faults.add(fault, times, when);
    },
    failItem: (name, fault, times) => streams[name].itemFaults.add(fault, times),
    heal() {
      for (const one of tenantStreams) {
        streams[one].faults.clear();
        streams[one].itemFaults.clear();
      }
    },
    close: () => server.close(),
  };
}

function itemOf({ rows }: Stream, id: number): Record<string, unknown> {
  const item = rows.get(id);
  if (item === undefined) throw new Error(`the tenant has no item ${id}`);
  return JSON.parse(item.toString()) as Record<string, unknown>;
}

// A simulated tenant, a ledger of what is stored, a clock that the test moves, and the source of
// changes between them, polled as core polls it.
import { onTestFinished } from 'vitest';
import { type AddOptions, startTenant, type Tenant } from '../../../../simulators/tenant/index.ts';
import type { AdapterError } from '../../../../src/kit/errors.ts';
import type { EventDraft } from '../../../../src/kit/event.ts';
import { createHttpClient } from '../../../../src/kit/http/index.ts';
import type { Page, PollSource } from '../../../../src/kit/source.ts';
import { normalise } from '../../../../src/sources/deepinstinct/normalise.ts';
import { parsePage } from '../../../../src/sources/deepinstinct/page.ts';
import { sources } from '../../../../src/sources/index.ts';
import { Ledger } from './ledger.ts';

export const never = new AbortController().signal;
export const minuteMs = 60_000;
export const beginMs = Date.parse('2026-03-05T00:00:00Z');

const streamOf = { events: 'event', suspicious: 'suspicious' } as const;
type Name = keyof typeof streamOf;
type Settings = Readonly<Record<string, unknown>>;

export class Stage {
  readonly tenant: Tenant;
  readonly clock: { nowMs: number };
  readonly ledger: Ledger;
  /** Of every poll that failed. */
  readonly failures: AdapterError[] = [];
  cursor: string | null = null;
  source: PollSource;
  readonly #settings: Settings;

  constructor(tenant: Tenant, clock: { nowMs: number }, settings: Settings) {
    this.tenant = tenant;
    this.clock = clock;
    this.ledger = new Ledger(() => clock.nowMs);
    this.#settings = settings;
    this.source = this.#make();
  }

  /** As after a restart of the process: what is not stored is forgotten. */
  restart(): void {
    this.source = this.#make();
  }

  /** Adds items and stores them, as the ordinary sources do. @returns their numbers */
  bring(name: Name, count: number, options: AddOptions = {}): number[] {
    const ids = this.tenant.add(name, count, options);
    this.keep(name, ids);
    return ids;
  }

  /** Stores these items as they are now. */
  keep(name: Name, ids: readonly number[]): void {
    for (const id of ids) {
      const [item] = parsePage(`{"events":[${JSON.stringify(this.tenant.item(name, id))}]}`).items;
      const draft = normalise(item!, { stream: streamOf[name], link: undefined });
      this.ledger.store(`soc-${name}`, [draft]);
    }
  }

  /** One poll. Stores what came. @returns the page; undefined if it failed */
  async poll(): Promise<Page | undefined> {
    try {
      const page = await this.source.poll(this.cursor, never);
      this.ledger.store('changes', page.events);
      this.cursor = page.cursor ?? this.cursor;
      return page;
    } catch (error) {
      this.failures.push(error as AdapterError);
      return undefined;
    }
  }

  /** Polls as core does for so many minutes of its clock. @param each runs before each poll */
  async run(minutes: number, each: () => void = () => {}): Promise<void> {
    const untilMs = this.clock.nowMs + minutes * minuteMs;
    while (this.clock.nowMs < untilMs) {
      each();
      const page = await this.poll();
      const wishedMs = page === undefined ? this.failures.at(-1)?.retryAfterMs : page.waitMs;
      this.clock.nowMs += page?.more ? 20 : Math.max(wishedMs ?? 5000, 250);
    }
  }

  /** The changes that were stored, oldest first. */
  get changes(): readonly EventDraft[] {
    return this.ledger.events
      .filter(({ source }) => source === 'changes')
      .map(({ draft }) => draft);
  }

  /** What changed: subject, field, from, to. */
  get said(): string[] {
    return this.changes.flatMap(({ subject, body }) =>
      body.change!.fields.map(({ name, from, to }) => `${subject} ${name}: ${from} -> ${to}`),
    );
  }

  /** The most requests that the tenant got within any minute. */
  get busiestMinute(): number {
    const times = this.tenant.requests.log.map(({ atMs }) => atMs);
    let first = 0;
    let most = 0;
    for (const [index, atMs] of times.entries()) {
      while (times[first]! <= atMs - minuteMs) first += 1;
      most = Math.max(most, index - first + 1);
    }
    return most;
  }

  #make(): PollSource {
    const http = createHttpClient();
    onTestFinished(() => http.close());
    const definition = sources.deepinstinct_changes!;
    const { url, token } = this.tenant;
    const settings: unknown = definition.config.parse({ url, token, ...this.#settings });
    const context = { id: 'changes', http, now: () => this.clock.nowMs, known: this.ledger };
    return definition.create(settings, context) as PollSource;
  }
}

export async function startStage(settings: Settings = {}): Promise<Stage> {
  const clock = { nowMs: beginMs };
  const tenant = await startTenant({ now: () => clock.nowMs });
  onTestFinished(() => tenant.close());
  return new Stage(tenant, clock, settings);
}

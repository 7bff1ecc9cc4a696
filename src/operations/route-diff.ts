// What a draft of the configuration would change, over the newest events that are stored.
import { z } from 'zod';
import { type Config, type ConfigReading, readDraft } from '../config/index.ts';
import {
  comparePolicies,
  graveLost,
  type Identified,
  type Loss,
  type Renames,
  renamesOf,
  type SinkComparison,
} from '../core/routing/comparison.ts';
import { priorityOf } from '../core/routing/index.ts';
import { ConfigError } from '../kit/errors.ts';
import { severityNames } from '../kit/event.ts';
import type { RecentEvent } from '../kit/records/past.ts';
import { refusal } from '../kit/refusals.ts';
import { walkRecent } from '../store/recent.ts';
import { readNowMs } from '../store/silences.ts';
import { rowId, text, time } from './fields.ts';
import { InputError, type Operation } from './operation.ts';
import { type BySeverity, bySeverity, namedCounts } from './silence-fields.ts';

const dayMs = 86_400_000;
const draftMax = 1_000_000;
const lookedMax = 20_000;
/** Less than the HTTP server lets an answer take. */
const lookMs = 5000;
const sampleMax = 20;

const sample = z.object({
  event: rowId,
  receivedAt: time,
  severity: z.enum(severityNames),
  type: text,
  source: text,
  device: text.nullable(),
  losses: z
    .array(z.object({ sink: text, reason: text.nullable() }))
    .describe('Who gets it now, and why they would not; null: no route names the sink for it'),
});

interface Input {
  readonly draft: string;
  readonly days?: number | undefined;
}

interface Diff {
  readonly looked: number;
  readonly isCut: boolean;
  readonly searchedTo: string;
  readonly before: number;
  readonly after: number;
  readonly sinks: readonly SinkComparison[];
  readonly lost: BySeverity;
  readonly gained: BySeverity;
  readonly graveLost: number;
  readonly lostSample: readonly z.output<typeof sample>[];
  readonly gainedSample: readonly z.output<typeof sample>[];
  readonly renamedSources: readonly { readonly from: string; readonly to: string }[];
  readonly warnings: readonly string[];
}

export const diff: Operation<Input, Diff> = {
  name: 'route-diff',
  summary:
    'What a draft of the configuration, or of its routes, would change over the newest events',
  route: 'POST /routes/diff',
  input: z.strictObject({
    draft: text
      .min(1)
      .max(draftMax)
      .describe('A tocsin.yaml, or its list of routes; variables and files stay unread'),
    days: z.int().min(1).max(90).meta({ default: 30 }).optional().describe('How far back'),
  }),
  output: z.object({
    looked: z.int().describe('How many events were looked at'),
    isCut: z.boolean().describe('There were more events in that time than are looked at'),
    searchedTo: time.describe('Everything since then was looked at'),
    before: z.int().describe('Deliveries by the configuration in use; groups are not replayed'),
    after: z.int().describe('Deliveries by the draft'),
    sinks: z.array(
      z.object({
        sink: text,
        before: z.int().nullable().describe('Null: there is no such sink'),
        after: z.int().nullable().describe('Null: the draft has no such sink'),
        added: z.int(),
        removed: z.int(),
        recorded: z.int().describe('What it was given at the time'),
      }),
    ),
    lost: bySeverity.describe('Events that some sink gets now, and none by the draft'),
    gained: bySeverity,
    graveLost: z.int().describe('How many of the lost are HIGH, CRITICAL or of unknown severity'),
    lostSample: z.array(sample).describe('At most 20 of the lost, the most urgent first'),
    gainedSample: z.array(sample),
    renamedSources: z.array(z.object({ from: text, to: text })),
    warnings: z.array(text).describe('What looks like a mistake in the draft'),
  }),
  permission: 'read',
  async run({ db, config }, { draft: written, days = 30 }) {
    const draft = await draftOf(written, config);
    const renames = {
      sources: renamesOf(runningSources(config), draftSources(draft)),
      sinks: new Map(),
    } satisfies Renames;
    const comparer = comparePolicies(policyOf(config), policyOf(draft.config), renames);
    const [lost, gained] = [new Sample(), new Sample()];
    const endsAtMs = performance.now() + lookMs;
    const withinMs = days * dayMs;
    const nowMs = await readNowMs(db);
    const isOver = () => performance.now() > endsAtMs;
    const walked = await walkRecent(db, { withinMs, max: lookedMax, isOver }, (recent) => {
      const gainedBefore = comparer.gainedCount();
      const { source, receivedAtMs, sinks, event } = recent;
      const losses = comparer.add({ ...event, source, receivedAtMs, sinks });
      if (losses !== undefined) lost.add(recent, losses);
      else if (comparer.gainedCount() > gainedBefore) gained.add(recent, []);
    });
    const comparison = comparer.result();
    return {
      looked: walked.looked,
      isCut: walked.isCut,
      searchedTo: new Date(walked.searchedToMs ?? nowMs - withinMs).toISOString(),
      before: total(comparison.sinks.map(({ before }) => before ?? 0)),
      after: total(comparison.sinks.map(({ after }) => after ?? 0)),
      sinks: comparison.sinks,
      lost: namedCounts(comparison.lost),
      gained: namedCounts(comparison.gained),
      graveLost: graveLost(comparison),
      lostSample: lost.shown(),
      gainedSample: gained.shown(),
      renamedSources: [...renames.sources].map(([from, to]) => ({ from, to })),
      warnings: draft.config.warnings,
    };
  },
};

/** @throws {InputError} with every problem, line and column */
async function draftOf(written: string, config: Config): Promise<ConfigReading> {
  try {
    return await readDraft(written, config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new InputError(
      error.problems.map(({ where, problem, remedy }) =>
        refusal('draftFault', { fault: `${where} ${problem}. ${remedy}` }),
      ),
    );
  }
}

function policyOf({ routes, sinks }: Config) {
  return { routes, sinks: sinks.map(({ id }) => id) };
}

/** By console and type. Sinks are told apart by secrets, which nobody may guess at here. */
function runningSources({ sources, ground: { registries } }: Config): Identified[] {
  return sources.map(({ id, type, settings }) => {
    const console =
      settings === undefined ? undefined : registries.sources[type]?.consoleOf?.(settings);
    return identified(id, type, console);
  });
}

/** The address of a console needs no key, so another text stands for one that is missing. */
function draftSources({ sources, registries }: ConfigReading): Identified[] {
  return sources.map(({ id, type = '', settings }) => {
    const definition = registries.sources[type];
    const filled = { ...settings };
    for (const key of definition?.secrets ?? []) filled[key] ??= 'not-a-key-at-all';
    const parsed = definition?.config.safeParse(filled);
    const console = parsed?.success ? definition?.consoleOf?.(parsed.data) : undefined;
    return identified(id, type, console);
  });
}

function identified(id: string, type: string, console: string | undefined): Identified {
  return { id, identity: console === undefined ? undefined : JSON.stringify([type, console]) };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The most urgent events of those that were added, of these the newest. */
class Sample {
  #kept: (readonly [RecentEvent, readonly Loss[]])[] = [];

  add(event: RecentEvent, losses: readonly Loss[]): void {
    this.#kept.push([event, losses]);
    if (this.#kept.length > 2 * sampleMax) this.#kept = this.#mostUrgent();
  }

  shown(): z.output<typeof sample>[] {
    return this.#mostUrgent().map(([{ id, receivedAtMs, source, event }, losses]) => ({
      event: String(id),
      receivedAt: new Date(receivedAtMs).toISOString(),
      severity: severityNames[event.severity],
      type: event.type,
      source,
      device: event.body.device?.name ?? null,
      losses: [...losses],
    }));
  }

  #mostUrgent() {
    return this.#kept
      .toSorted(
        ([a], [b]) => priorityOf(a.event.severity) - priorityOf(b.event.severity) || b.id - a.id,
      )
      .slice(0, sampleMax);
  }
}

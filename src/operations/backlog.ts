// What waits or is dead for each sink, those included that are no longer configured.
import { z } from 'zod';
import type { SinkCounts } from '../kit/records/delivery.ts';
import type { SinkPlace } from '../kit/records/sink-state.ts';
import { dropBacklog, reassignBacklog } from '../store/backlog.ts';
import { countDeliveries } from '../store/deliveries/index.ts';
import { listPlaces } from '../store/sinks.ts';
import { name, text } from './fields.ts';
import type { Operation } from './operation.ts';

const counts = z.object({
  sink: text,
  pending: z.number(),
  dead: z.number(),
  grouped: z.number(),
  oldestPendingSeconds: z.number(),
  oldestUrgentSeconds: z.number(),
});

interface Backlog {
  readonly counts: readonly SinkCounts[];
  /** Where each sink posted that was ever configured. */
  readonly places: readonly SinkPlace[];
}

export const list: Operation<Record<never, never>, Backlog> = {
  name: 'backlog-list',
  summary: 'What waits or is dead for each sink, and where each sink posted last',
  input: z.strictObject({}),
  output: z.object({
    counts: z.array(counts),
    places: z.array(z.object({ id: text, place: text.nullable() })),
  }),
  permission: 'read',
  run: async ({ db }) => ({ counts: await countDeliveries(db), places: await listPlaces(db) }),
};

interface MoveInput {
  readonly sink: string;
  /** The sink that gets it. */
  readonly to: string;
}

export const move: Operation<MoveInput, number> = {
  name: 'backlog-move',
  summary: 'Gives another sink all that waits or is dead for one, and says how many that were',
  input: z.strictObject({ sink: name, to: name }),
  output: z.number(),
  permission: 'admin',
  run: ({ db }, { sink, to }) => reassignBacklog(db, sink, to),
};

export const drop: Operation<{ readonly sink: string }, number> = {
  name: 'backlog-drop',
  summary: 'Gives up all that waits or is dead for a sink, and says how many that were',
  input: z.strictObject({ sink: name }),
  output: z.number(),
  permission: 'admin',
  run: ({ db }, { sink }) => dropBacklog(db, sink),
};

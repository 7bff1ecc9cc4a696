// What all sources of one product that is polled have in common: nothing but the plan differs.
import type { AdapterContext } from '../adapter.ts';
import type { PollPlan } from './plan.ts';
import { describePosition } from './position.ts';
import { type PollSettings, pollWarnings } from './settings.ts';
import { singleEvent } from './single-event.ts';
import { PolledSource } from './source.ts';

/** A part of a definition. @param planOf is called for each source and each sample */
export function polledBy<Settings extends PollSettings>(planOf: (settings: Settings) => PollPlan) {
  return {
    warnings: pollWarnings,
    describeCursor: describePosition,
    readItem: (text: string, settings: Settings | undefined) =>
      settings && singleEvent(text, planOf(settings)),
    create: (settings: Settings, context: AdapterContext) =>
      new PolledSource(planOf(settings), context),
  };
}

// Which silences would suppress an event, for commands that try out what would happen to one.

import type { Config } from '../../config/index.ts';
import type { EventFacts } from '../../core/rules/match.ts';
import { MatcherError, type Silence, silence, tryMatcher } from '../../core/silences/index.ts';
import type { Decision } from '../../kit/records/decision.ts';
import type { StoredSilence } from '../../kit/records/silence.ts';
import { listMax, silence as silences } from '../../operations/index.ts';
import { peek } from '../../service/operate.ts';

/** An event that was decided by the routes, and not yet by the silences. */
export interface RoutedEvent {
  readonly source: string;
  readonly event: EventFacts;
  readonly decisions: readonly Decision[];
  /** Milliseconds since the epoch: the silences that are active then. */
  readonly atMs: number;
}

/**
 * The decisions after the silences; undefined if there is no service or database to ask for them
 * (see {@link peek}).
 */
export async function afterSilences(
  config: Config,
  { source, event, decisions, atMs }: RoutedEvent,
): Promise<readonly Decision[] | undefined> {
  const stored = await peek(config, silences.list, { limit: listMax });
  // Listed newest first; the oldest silence that covers the event is the one to name.
  return (
    stored && silence(stored.toReversed().flatMap(compiled), decisions, { source, event, atMs })
  );
}

/** None for a silence that this release cannot read: the service leaves it out as well. */
function compiled({ id, matcher: written, startsAtMs, endsAtMs }: StoredSilence): Silence[] {
  const matcher = tryMatcher(written);
  return matcher instanceof MatcherError ? [] : [{ ...matcher, id, startsAtMs, endsAtMs }];
}

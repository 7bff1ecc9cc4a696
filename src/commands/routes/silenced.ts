// Which silences would suppress an event, for commands that try out what would happen to one.

import { readPages } from '../../cli/pages.ts';
import type { Config } from '../../config/index.ts';
import type { EventFacts } from '../../core/rules/match.ts';
import { MatcherError, type Silence, silence, tryMatcher } from '../../core/silences/index.ts';
import type { Decision } from '../../kit/records/decision.ts';
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
  try {
    const stored = await readPages(async (page) => {
      const answer = await peek(config, silences.list, page);
      if (answer === undefined) throw new NobodyAnswers();
      return answer;
    }, listMax);
    // Listed newest first; the oldest silence that covers the event is the one to name.
    return silence(stored.toReversed().flatMap(compiled), decisions, { source, event, atMs });
  } catch (error) {
    if (error instanceof NobodyAnswers) return undefined;
    throw error;
  }
}

/** None for a silence that this release cannot read: the service leaves it out as well. */
function compiled({ id, matcher: written, startsAt, endsAt }: Listed): Silence[] {
  const matcher = tryMatcher(written);
  if (matcher instanceof MatcherError) return [];
  const [startsAtMs, endsAtMs] = [Date.parse(startsAt), Date.parse(endsAt)];
  return [{ ...matcher, id: Number(id), startsAtMs, endsAtMs }];
}

type Listed = Awaited<ReturnType<typeof silences.list.run>>['items'][number];

class NobodyAnswers extends Error {}

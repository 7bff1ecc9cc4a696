// Which silences would keep an event from its sinks, for commands that try what would become of
// one.

import type { Config } from '../../config/index.ts';
import type { EventFacts } from '../../core/rules/match.ts';
import { MatcherError, type Silence, silence, tryMatcher } from '../../core/silences/index.ts';
import type { Decision } from '../../kit/records/decision.ts';
import type { StoredSilence } from '../../kit/records/silence.ts';
import { listMax, silence as silences } from '../../operations/index.ts';
import { peek } from '../../service/operate.ts';

/**
 * The decisions after the silences of that time; undefined if those cannot be looked at without
 * harm.
 */
export async function afterSilences(
  config: Config,
  source: string,
  event: EventFacts,
  decisions: readonly Decision[],
  atMs: number,
): Promise<readonly Decision[] | undefined> {
  const stored = await peek(config, silences.list, { limit: listMax });
  return (
    stored && silence(stored.toReversed().flatMap(compiled), decisions, { source, event, atMs })
  );
}

/** As the service does, it leaves out what it cannot read. */
function compiled({ id, matcher: written, startsAtMs, endsAtMs }: StoredSilence): Silence[] {
  const matcher = tryMatcher(written);
  return matcher instanceof MatcherError ? [] : [{ ...matcher, id, startsAtMs, endsAtMs }];
}

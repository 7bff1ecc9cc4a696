// Announces sources whose position is another console's, also from a process that cannot work their
// roles because the other service does.

import type { PollSource } from '../../kit/source.ts';
import { listPositions } from '../../store/cursors.ts';
import type { Database } from '../../store/database.ts';
import type { Audience } from '../notices/audience.ts';
import { announce } from '../notices/conditions.ts';
import { type ConsoleOf, planPosition, positionRemarks } from './position.ts';

export interface ForeignDependencies {
  readonly db: Database;
  readonly consoles: readonly ConsoleOf[];
  readonly audience: Audience;
  readonly now: () => number;
}

/**
 * Sources of which nothing may be read, as far as the database knows. @throws the driver's error
 */
export async function foreignSources({
  db,
  consoles,
}: Pick<ForeignDependencies, 'db' | 'consoles'>) {
  return positionRemarks(await listPositions(db), consoles).filter(({ isFault }) => isFault);
}

/**
 * Uses the same name as the process that reads the source, so that nothing is announced twice.
 * @throws the driver's error
 */
export async function announceForeign(deps: ForeignDependencies): Promise<void> {
  for (const { source, text } of await foreignSources(deps)) {
    const to = deps.audience.ofSource(source);
    const values = () => ({ source, message: text });
    const by = { db: deps.db, fence: null, nowMs: deps.now() };
    await announce(by, { name: `source:${source}`, kind: 'source_other', to, values });
  }
}

/**
 * Asks each console whose position belongs to another one whether it knows the position. A console
 * that has only moved does.
 * @returns ids of the sources whose console does not know it; sources whose console does not answer
 * are left out
 * @throws the driver's error
 */
export async function refusedSources(
  db: Database,
  sources: readonly { readonly id: string; readonly source: PollSource }[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const stored = await listPositions(db);
  const consoles = sources.map(({ id, source }) => ({ id, console: source.console }));
  const asked = sources.map(async ({ id, source }) => {
    const plan = planPosition(stored, { id, console: source.console }, consoles);
    if (plan.kind !== 'other') return [];
    const isSame = await Promise.resolve(source.recognises?.(plan.own.cursor!, signal)).catch(
      () => true,
    );
    return isSame === true ? [] : [id];
  });
  return new Set((await Promise.all(asked)).flat());
}

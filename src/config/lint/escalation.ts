// Remarks on steps of an escalation that people cannot stop from where they see them.
import type { ConfigReading } from '../read/reading.ts';
import type { PolicyRoute, Remark } from './remark.ts';

/** One remark, on the first route with steps. */
export function remarkOnEscalation(
  { config }: ConfigReading,
  policy: readonly PolicyRoute[],
): Remark[] {
  const first = policy.find(({ route }) => route.escalate !== undefined);
  if (first === undefined || config.access.publicUrl !== undefined) return [];
  const text =
    'tells more people while nobody acknowledges, and no card shows a way to do so: PUBLIC_URL is not set. Set it to the address of the page';
  return [{ rule: 'no_acknowledgement', where: first.place(['escalate']), text }];
}

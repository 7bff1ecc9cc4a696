// When a message pings the people whom the settings of its sink name. The same for each product.
// Pure.
import { z } from 'zod';
import type { Card } from './card.ts';
import { type SeverityName, severityNames } from './event.ts';

/** The setting of a sink. */
export const mentionFrom = z
  .enum(severityNames)
  .exclude(['UNKNOWN'])
  .optional()
  .describe(
    'From which severity up an event pings the mention; CRITICAL if not set. An unknown one goes with HIGH.',
  );

/** An unknown severity goes with HIGH. What Tocsin says of itself pings nobody. */
export function isPinging(card: Pick<Card, 'kind' | 'severity'>, from: SeverityName = 'CRITICAL') {
  const severity = card.severity === 0 ? 4 : card.severity;
  return card.kind !== 'notice' && severity >= severityNames.indexOf(from);
}

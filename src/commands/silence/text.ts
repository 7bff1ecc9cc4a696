// What the commands about silences print of one. Pure.
import { severitiesText } from '../../core/silences/summary.ts';
import type { silence } from '../../operations/index.ts';

type Hiding = Awaited<ReturnType<typeof silence.add.run>>['added'][number]['wouldHaveHidden'];

export const criticalText =
  "  It hides CRITICAL events, too; 'event.severity < 5' as a condition spares them.\n";

/** The rest of a sentence about the silence. @param span `last 7 days` */
export function hiddenText({ looked, isCut, hidden, bySeverity }: Hiding, span: string): string {
  const events = `${isCut ? 'newest ' : ''}${looked} events of the ${span}`;
  const list = hidden === 0 ? '' : `: ${severitiesText(Object.values(bySeverity))}`;
  return `would have hidden ${hidden} of the ${events}${list}.`;
}

/** To the second. */
export function timeText(iso: string): string {
  return iso.replace(/\.\d+Z$/, 'Z');
}

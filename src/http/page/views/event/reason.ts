// Why something was decided, in the reader's language where we know the reason.
import type { Words } from '../../words/index.ts';

/** A reason that has no words yet is shown as it is stored. */
export function reasonText(reason: string, { reasons }: Words): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : reason;
}

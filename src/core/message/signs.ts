// One sign by severity, for whoever reads without colours. Constants.
import type { Severity } from '../../kit/event.ts';

export const signs: Readonly<Record<Severity, string>> = {
  0: '⚪',
  1: '🔵',
  2: '🟢',
  3: '🟡',
  4: '🟠',
  5: '🔴',
};

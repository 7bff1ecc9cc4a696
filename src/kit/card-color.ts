// The colour of a card: of its severity while its event is open, of its state afterwards. Pure.
import type { Card } from './card.ts';

/** Index = severity number. */
const colors = ['#8C8C8C', '#0099FF', '#2EB67D', '#FFD700', '#FF6600', '#FF0000'] as const;
/** None is that of a severity. */
const colorsOfStates = {
  acknowledged: '#7B4FC9',
  snoozed: '#5C6270',
  resolved: '#1F7A3D',
} as const;

/** `#RRGGBB`. */
export function colorOf({ severity, state }: Pick<Card, 'severity' | 'state'>): string {
  return state === undefined || state.kind === 'open'
    ? colors[severity]
    : colorsOfStates[state.kind];
}

// One item by itself, as people copy it out of a console or an answer, for `readItem`. Pure.
import type { EventDraft } from '../event.ts';
import { parsePieces } from '../json-pieces.ts';
import type { PollPlan } from './plan.ts';

/** The event of a text that is one item alone. Undefined for any other. */
export function singleEvent(
  text: string,
  { draftsOf }: Pick<PollPlan, 'draftsOf'>,
): EventDraft | undefined {
  try {
    const pieces = parsePieces(text);
    if (pieces.sourceOf(pieces.value)?.startsWith('{') !== true) return undefined;
    const [draft] = draftsOf({ pieces, item: pieces.value }, '');
    return draft?.type === 'UNRECOGNISED' ? undefined : draft;
  } catch {
    return undefined;
  }
}

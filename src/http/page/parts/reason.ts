// Why something was decided or went wrong, in the reader's language where we know the reason.
import { failureReasons } from '../../../kit/errors.ts';
import type { Words } from '../words/index.ts';
import type { Choice } from './form.tsx';

/** A reason that has no words yet is shown as it is stored. */
export function reasonText(reason: string, { reasons, failures }: Words): string {
  const known: Readonly<Record<string, string>> = { ...reasons, ...failures };
  return (Object.hasOwn(known, reason) && known[reason]) || reason;
}

/** Why a delivery may have failed or been given up, to choose from. */
export function reasonChoices(words: Words): Choice[] {
  const known = [...failureReasons, 'silenced', 'dropped'];
  return [
    { value: '', text: words.shell.any },
    ...known.map((value) => ({ value, text: reasonText(value, words) })),
  ];
}

// A card's text as one string that says what kind each part is, for tests to read.
import type { Field, Text } from '../../../src/kit/card.ts';

/** Words as they are, strong ones in `**`, the rest as `kind<text>`; code in back-ticks. */
export function shown(text: Text): string {
  return text
    .map((part) => {
      if (part.kind === 'word') return part.isStrong ? `**${part.text}**` : part.text;
      return part.kind === 'code' ? `\`${part.text}\`` : `${part.kind}<${part.text}>`;
    })
    .join('');
}

export function shownFields(fields: readonly Field[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, value }) => [shown(name), shown(value)]));
}

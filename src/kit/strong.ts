// Strong words of a text, for products that mark them by signs around them. Pure.
import type { Part, Text } from './card.ts';

export function isStrong(part: Part): boolean {
  return part.kind === 'word' && part.isStrong === true;
}

/** Strong words side by side as one: the signs between them would be read as others. */
export function withStrongJoined(text: Text): Part[] {
  const parts: Part[] = [];
  for (const part of text) {
    const last = parts.at(-1);
    if (last !== undefined && isStrong(last) && isStrong(part))
      parts[parts.length - 1] = { ...last, text: last.text + part.text };
    else parts.push(part);
  }
  return parts;
}

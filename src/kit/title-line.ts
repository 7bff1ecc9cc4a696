// A card's headline as the title of an alert or a ticket, which products hold shorter than any
// headline may be. Pure.
import { type Card, headlineText } from './card.ts';
import { defanged } from './defang.ts';
import { cutMiddle } from './text.ts';

/**
 * `🔴 CRITICAL · Ransomware on PC-1`: one line of at most `unitsMax` UTF-16 units, cut in its middle.
 * No address of others in it is a link, nor becomes one by the cut. What is cut must be said below.
 */
export function titleLine(card: Card, unitsMax: number): string {
  const whole = defanged(`${card.sign} ${card.level} · ${headlineText(card)}`);
  let line = whole;
  for (let points = unitsMax; line.length > unitsMax; points -= 1)
    line = defanged(cutMiddle(whole, points));
  return line;
}

// When a message pings, and whom. The same for each product. Pure.
import { z } from 'zod';
import type { Card } from './card.ts';
import { type SeverityName, severityNames } from './event.ts';
import type { Message } from './sink.ts';

/** The setting of a sink. */
export const mentionFrom = z
  .enum(severityNames)
  .exclude(['UNKNOWN'])
  .optional()
  .describe(
    'From which severity up an event pings the mention; CRITICAL if not set. An unknown one goes with HIGH.',
  );

/**
 * An unknown severity goes with HIGH. What Tocsin says of itself pings nobody, nor do the news of
 * an incident: its escalation names whom it pings.
 */
export function isPinging(card: Pick<Card, 'kind' | 'severity'>, from: SeverityName = 'CRITICAL') {
  if (card.kind === 'notice' || card.kind === 'news') return false;
  const severity = card.severity === 0 ? 4 : card.severity;
  return severity >= severityNames.indexOf(from);
}

/** Whom the settings of a sink, or of the route, ping. */
export interface MentionSetting {
  readonly mention?: string | undefined;
  /** From which severity up; absent: CRITICAL. */
  readonly mention_from?: SeverityName | undefined;
}

/**
 * Whom the message pings: by the settings, or of a step of an escalation whom the step names.
 * @param syntax what one mention looks like; a step may be for several products, so each sink takes
 * its own
 * @returns none: it pings nobody
 */
export function mentionsOf(
  { card, event }: Pick<Message, 'card' | 'event'>,
  { mention, mention_from }: MentionSetting,
  syntax: RegExp,
): readonly string[] {
  if (card.kind === 'news')
    return (event.body.news?.mention ?? '').split(' ').filter((name) => syntax.test(name));
  return mention !== undefined && isPinging(card, mention_from) ? [mention] : [];
}

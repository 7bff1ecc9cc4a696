// Digests of what a test says of their events, as core makes them, and their cards in English and
// the time of Bangkok.
import { composeDigest, type DigestContext } from '../../../src/core/deliver/digest.ts';
import { digestCard } from '../../../src/core/message/digest.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import type { Digest, DigestMember, MessageForm } from '../../../src/kit/event.ts';
import { storedDigest } from '../../support/digests.ts';

export const language = createLanguage('en', 'Asia/Bangkok');
export const cardOf = (digest: Digest, form: MessageForm = 'full') =>
  digestCard(storedDigest(digest), digest, { product: undefined, language }, form);

export const startMs = Date.parse('2026-03-01T02:00:00.000Z');
const unsaid = {
  device: undefined,
  fileHash: undefined,
  fileName: undefined,
  itemId: undefined,
  link: undefined,
};

/** One for each of `members`, with what it does not say left out. */
export function digestOf(
  members: readonly Partial<DigestMember>[],
  context: Partial<DigestContext> = {},
): Digest {
  const all = members.map((more, n) => ({
    ...unsaid,
    eventId: n + 1,
    severity: 3 as const,
    type: 'PUA',
    receivedAtMs: startMs,
    ...more,
  }));
  return composeDigest(all, { kind: 'group', before: 0, route: 'night', by: [], ...context });
}

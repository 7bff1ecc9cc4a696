// Which posts of the simulated Mattermost are cards of events, and of which: as people read it on
// the card, since this judges what they see.
import type { TenantStream } from '../../simulators/events/index.ts';
import { fieldsDrawn, type Post } from '../../simulators/mattermost/post.ts';

const titles: Readonly<Record<TenantStream, RegExp>> = {
  events: /^Event ID \d+$/,
  suspicious: /^Suspicious Event ID \d+$/,
};

/** Those of one stream: no notice, no digest. */
export function cardsOf(stream: TenantStream, posts: readonly Post[]): Post[] {
  return posts.filter(({ attachments: [card] }) => titles[stream].test(card?.title ?? ''));
}

const numberLine = /^\*\*(?:Suspicious )?Event ID\*\* `(\d+)`$/;

/**
 * The vendor's number of the event: in a line of the card's text, or in a field of a full card, as
 * the release before made all of them. Undefined for what shows none: a notice, a digest, a bare
 * card, an item that had no number.
 */
export function numberOnCard({ attachments: [card] }: Post): number | undefined {
  if (card === undefined) return undefined;
  const lines = [
    ...(card.text ?? '').split('\n'),
    ...fieldsDrawn(card).map(({ title, value }) => `**${title}** ${value}`),
  ];
  // A script, which may hold such a line too, stands below it.
  const found = lines.find((line) => numberLine.test(line));
  return found === undefined ? undefined : Number(numberLine.exec(found)![1]);
}

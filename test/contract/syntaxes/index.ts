// The oracles by syntax: the suite's own readers of what arrives at a far end, apart from anything
// that a sink says of itself. A new syntax is one line here and one function beside it.
import { textRun } from './adaptive-card.ts';
import { webexMarkdown } from './common-mark.ts';
import { discordMarkdown } from './discord.ts';
import { googleChatText } from './google-chat.ts';
import { adf, wiki } from './jira.ts';
import { headers, headerValue, html, mailText } from './mail.ts';
import { matrixHtml } from './matrix.ts';
import { commonMark, fallback, markdown, message } from './mattermost.ts';
import { linkedText, plainText } from './plain.ts';
import type { Reader } from './reading.ts';
import { rocketchatMarkdown } from './rocketchat.ts';
import { mrkdwn, mrkdwnWithLinks, slackText } from './slack.ts';
import { telegramMessage } from './telegram.ts';
import { zulipMarkdown } from './zulip.ts';

export { folded, type Reader, type Reading } from './reading.ts';

export const syntaxes = {
  /** Shown as it is; nothing in it is obeyed. */
  text: plainText,
  /** Shown as it is, and addresses become links: mail, telephones, terminals. */
  'text with links': linkedText,
  'mail headers': headers,
  'mail header value': headerValue,
  'mail text': mailText,
  html,
  'jira document': adf,
  'jira wiki': wiki,
  markdown: commonMark,
  'adaptive card run': textRun,
  discord: discordMarkdown,
  'google chat text': googleChatText,
  'rocketchat markdown': rocketchatMarkdown,
  'webex markdown': webexMarkdown,
  'mattermost message': message,
  'mattermost markdown': markdown,
  'mattermost fallback': fallback,
  'slack text': slackText,
  'slack mrkdwn': mrkdwn,
  'slack mrkdwn with links': mrkdwnWithLinks,
  'telegram message': telegramMessage,
  'matrix html': matrixHtml,
  'zulip markdown': zulipMarkdown,
} as const satisfies Readonly<Record<string, Reader>>;

export type SyntaxName = keyof typeof syntaxes;

/** One text at the far end, as the product's clients get it. */
export interface Place {
  /** `the message`, `the footer`: for the sentence of a failure. */
  readonly where: string;
  readonly syntax: SyntaxName;
  readonly text: string;
  /** In which of several versions it stands that each say everything: `HTML`. */
  readonly version?: string;
  /** A summary for whoever does not see the rest: judged, and not asked to say everything. */
  readonly isSummary?: true;
}

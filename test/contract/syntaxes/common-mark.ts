// Webex's Markdown: CommonMark and what chats add to it, with some HTML in it. The server makes
// mentions of `<@…>`, of which this expects that it does so in code as well.
import { commonMark } from './mattermost.ts';
import type { Reading } from './reading.ts';

export function webexMarkdown(text: string): Reading {
  const { seen, active } = commonMark(text);
  const mentions = text.match(/<@[^>\n]*>/g) ?? [];
  const outside = text.replace(/```[\s\S]*?```|`[^`]*`/g, '');
  const tags = outside.match(/<[a-z!/][^>]*>/gi) ?? [];
  return {
    seen,
    active: [
      ...active,
      ...mentions.map((one) => `mention ${one}`),
      ...tags.map((one) => `an element ${one}`),
    ],
  };
}

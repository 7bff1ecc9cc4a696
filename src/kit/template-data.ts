// A rendered template without any markup, for sinks that pass on data. Pure.
import { plainText } from './card.ts';
import type { RenderedTemplate } from './sink.ts';

/** Only what the template has, in this order: `title`, `text` with its lines, `fields`. */
export function templateData({ title, text, fields }: RenderedTemplate): object {
  return {
    ...(title && { title: plainText(title) }),
    ...(text && { text: text.map(plainText).join('\n') }),
    ...(fields && {
      fields: fields.map(({ name, value }) => ({
        title: plainText(name),
        value: plainText(value),
      })),
    }),
  };
}

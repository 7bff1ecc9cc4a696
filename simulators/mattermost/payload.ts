// The payload of an incoming webhook, typed as strictly as the Go server decodes it: one wrong type
// refuses the whole request.
import { z } from 'zod';

const field = z.looseObject({
  title: z.string().nullish(),
  value: z.unknown(),
  short: z.boolean().nullish(),
});
export const attachment = z.looseObject({
  fallback: z.string().nullish(),
  color: z.string().nullish(),
  pretext: z.string().nullish(),
  author_name: z.string().nullish(),
  title: z.string().nullish(),
  title_link: z.string().nullish(),
  text: z.string().nullish(),
  fields: z.array(field.nullable()).nullish(),
  footer: z.string().nullish(),
  actions: z.array(z.unknown()).nullish(),
});
const payload = z.looseObject({
  text: z.string().nullish(),
  channel: z.string().nullish(),
  username: z.string().nullish(),
  type: z.string().nullish(),
  root_id: z.string().nullish(),
  priority: z.looseObject({ priority: z.string().nullish() }).nullish(),
  attachments: z.array(attachment.nullable()).nullish(),
  props: z.record(z.string(), z.unknown()).nullish(),
});

export type Attachment = z.output<typeof attachment>;
export type Payload = z.output<typeof payload>;

/**
 * Undefined if the body is not what a webhook may send. `contentType`: the header, "" if absent.
 */
export function parsePayload(body: string, contentType: string): Payload | undefined {
  const json = /^application\/x-www-form-urlencoded\b/i.test(contentType)
    ? (new URLSearchParams(body).get('payload') ?? '')
    : body;
  try {
    const parsed = payload.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Rewrites Slack's spellings before Markdown is parsed, and so in code as well. */
export function withSlackSpellings(text: string): string {
  return text
    .replace(/<!(channel|here|all)>/g, '@$1')
    .replace(/<@([A-Za-z0-9]+)>/g, '@$1')
    .replace(/<([^\s<>|]+)\|([^<>\n]+)>/g, '[$2]($1)');
}

/**
 * The attachment with Slack's spellings rewritten where the server does so: in pretext, title, text
 * and values of fields.
 */
export function rewritten(attachment: Attachment): Attachment {
  const text = (value: string | null | undefined) =>
    typeof value === 'string' ? withSlackSpellings(value) : value;
  return {
    ...attachment,
    pretext: text(attachment.pretext),
    text: text(attachment.text),
    title: text(attachment.title),
    fields: attachment.fields
      ?.filter((one) => one !== null)
      .map((one) => ({
        ...one,
        value: typeof one.value === 'string' ? withSlackSpellings(one.value) : one.value,
      })),
  };
}

// Sink `teams`: one Adaptive Card for each message, by a webhook of Power Automate's Workflows. Its
// answer says that the workflow will run, not that the card was shown, and names no message.
import { z } from 'zod';
import type { AdapterContext } from '../kit/adapter.ts';
import type { Card, Limits, Part, Text } from '../kit/card.ts';
import { linesBelow, linesOfCard } from '../kit/card-lines.ts';
import { defanged } from '../kit/defang.ts';
import type { HttpAnswer } from '../kit/http/index.ts';
import { failureOf, strangersAnswer } from '../kit/http/status.ts';
import { mentionFrom, mentionsOf } from '../kit/mention.ts';
import { originOf } from '../kit/origin.ts';
import { placeOf } from '../kit/place.ts';
import { quotaOf } from '../kit/quota.ts';
import type { Message, Sink, SinkDefinition } from '../kit/sink.ts';
import { webUrlOf } from '../kit/web-url.ts';

/** A name of a person in Entra ID. */
const personSyntax = /^[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+$/;

/** Connectors of Office 365, which Microsoft ended. */
function faultIn({ hostname }: URL): string | undefined {
  return /(?:^|\.)(?:webhook\.office\.com|outlook\.office(?:365)?\.com)$/i.test(hostname)
    ? 'is that of an Office 365 connector, which Microsoft has retired: make a workflow with the trigger “When a Teams webhook request is received”'
    : undefined;
}

const config = z.strictObject({
  url: webUrlOf(faultIn).describe(
    'The URL of a workflow with the trigger “When a Teams webhook request is received”; whoever has it can post.',
  ),
  mention: z
    .string()
    .regex(personSyntax, 'is no user principal name, such as ana@example.com')
    .optional()
    .describe(
      'Whom a CRITICAL event pings, or one from mention_from up: the user principal name of a member of the team, such as ana@example.com.',
    ),
  mention_from: mentionFrom,
});
const { mention, mention_from } = config.shape;
const routeSettings = z.strictObject({ mention, mention_from });
type Mention = z.output<typeof routeSettings>;

export const teams: SinkDefinition<typeof config> = {
  type: 'teams',
  config,
  routeSettings,
  example: {
    url: 'https://prod-00.westeurope.logic.azure.com/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sig=xxxgeneratedsignaturexxx',
    mention: 'ana@example.com',
  },
  secrets: ['url'],
  create,
};

/** Teams takes 28 kB a message, of which the parts of a text weigh what their JSON does. */
const limits: Limits = {
  total: 24_000,
  value: 2_000,
  weigh: (part) => Buffer.byteLength(JSON.stringify(linesOf([part]))),
};
/** A workflow is throttled at some four requests a second, and in bursts long before. */
const pace = { limit: 1, remaining: 0, resetMs: 1_000 };

function create({ url, ...usual }: z.output<typeof config>, { http, now }: AdapterContext): Sink {
  const address = new URL(url);
  const { host, pathname, search, searchParams } = address;
  // A new signature leaves the workflow what it is.
  const place = placeOf(originOf(address), pathname);
  const secrets = [url, pathname + search, pathname, searchParams.get('sig') ?? url];
  const isQueued = ({ status, body }: HttpAnswer) => status === 202 && body.trim() === '';
  return {
    // Each workflow has a rate of its own, though many are called at one host.
    origin: place,
    place,
    limits,
    can: { table: true, mention: true },
    async send(message, { deliveryId, signal }) {
      const setting = { ...usual, ...(message.settings as Mention | undefined) };
      const answer = await http.request({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(postOf(message, deliveryId, setting)),
        signal,
      });
      if (!isQueued(answer))
        throw (
          failureOf(answer, host, secrets, now()) ??
          strangersAnswer(answer, host, 'a workflow', secrets)
        );
      return { quota: quotaOf(answer.headers, now()) ?? pace };
    },
  };
}

function postOf(message: Message, deliveryId: string, setting: Mention) {
  const { card } = message;
  const people = mentionsOf(message, setting, personSyntax);
  const { headline, notes, ...rest } = linesOfCard(card);
  const pings = people.map((name) => ({ type: 'TextBlock', text: tagOf(name), wrap: true }));
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full', entities: people.map(entityOf) },
    body: [
      {
        ...{ type: 'Container', id: deliveryId, style: styleOf(card), bleed: true },
        items: [...[headline, ...notes].flatMap(linesOf), ...pings],
      },
      {
        type: 'Container',
        items: linesBelow({ headline, notes: [], ...rest }).flatMap(linesOf),
      },
    ],
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content },
    ],
  };
}

/** Index = severity number. */
const styles = ['emphasis', 'accent', 'accent', 'warning', 'attention', 'attention'] as const;
const stylesOfStates = {
  acknowledged: 'accent',
  snoozed: 'emphasis',
  resolved: 'good',
} as const;

function styleOf({ severity, state }: Card) {
  return state === undefined || state.kind === 'open'
    ? styles[severity]
    : stylesOfStates[state.kind];
}

function tagOf(name: string): string {
  return `<at>${name}</at>`;
}

function entityOf(name: string) {
  return { type: 'mention', text: tagOf(name), mentioned: { id: name, name } };
}

/** One, or one for each line of a script. Such a block takes no Markdown and no mentions. */
function linesOf(text: Text): object[] {
  const lines: object[][] = [[]];
  for (const part of text) {
    if (part.kind === 'block') {
      const texts = part.text.split('\n').map((line) => (line === '' ? ' ' : line));
      lines.push(...texts.map((line) => [runOf({ kind: 'code', text: line })]), []);
    } else lines.at(-1)!.push(runOf(part));
  }
  const filled = lines.filter((inlines) => inlines.length > 0);
  return filled.map((inlines) => ({ type: 'RichTextBlock', spacing: 'None', inlines }));
}

/** Clients put a date into the place of `{{DATE(…)}}` in any text. */
const dateFunction = /\{\{(?=DATE|TIME)/gi;

function runOf(part: Part): object {
  const text = defanged(part.text).replace(dateFunction, '{ {');
  const run = { type: 'TextRun', text };
  switch (part.kind) {
    case 'word':
      return part.isStrong ? { ...run, weight: 'Bolder' } : run;
    case 'time':
      return run;
    case 'link':
      return { ...run, selectAction: { type: 'Action.OpenUrl', url: part.url } };
    default:
      return { ...run, fontType: 'Monospace' };
  }
}

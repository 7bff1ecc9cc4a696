// The configured routes: as they are written, and tried on an event that is not stored.
import { z } from 'zod';
import type { EscalationStep } from '../core/rules/escalation.ts';
import type { EventFacts } from '../core/rules/match.ts';
import { durationText } from '../kit/duration.ts';
import type { EventBody, EventDraft } from '../kit/event.ts';
import { type SeverityName, severityNames } from '../kit/event.ts';
import { type Locale, locales } from '../kit/locale.ts';
import { createMask } from '../kit/mask.ts';
import { refusal } from '../kit/refusals.ts';
import { decision, decisionOn } from './decision.ts';
import { name, text, time } from './fields.ts';
import { InputError, type Operation, type OperationContext } from './operation.ts';
import { assertKnown } from './pause.ts';
import { sentencesOf } from './route-sentences/index.ts';

interface ShownStep {
  readonly after: string;
  readonly to: readonly string[];
  readonly mention: readonly string[];
  readonly repeat: number;
  readonly minSeverity: SeverityName;
}

interface ShownRoute {
  readonly name: string;
  readonly to: readonly string[];
  readonly minSeverity: SeverityName;
  readonly escalate: readonly ShownStep[];
  readonly sentences: readonly string[];
  readonly written: string | null;
}

interface ShowInput {
  readonly locale?: Locale | undefined;
}

export const show: Operation<ShowInput, { readonly routes: readonly ShownRoute[] }> = {
  name: 'routes-show',
  summary: 'The routes in their order, in sentences and as they are written',
  route: 'GET /routes',
  input: z.strictObject({
    locale: z.enum(locales).meta({ default: 'en' }).optional().describe('Of the sentences'),
  }),
  output: z.object({
    routes: z.array(
      z.object({
        name: text,
        to: z.array(text),
        minSeverity: z.enum(severityNames),
        escalate: z
          .array(
            z.object({
              after: text.describe('A duration such as 15m'),
              to: z.array(text),
              mention: z.array(text),
              repeat: z.int(),
              minSeverity: z.enum(severityNames),
            }),
          )
          .describe('Whom it tells while nobody acknowledges, in the order of time'),
        sentences: z.array(text).describe('What it does, for people'),
        written: text
          .nullable()
          .describe('YAML, its variables not filled in; null: the one route of no file'),
      }),
    ),
  }),
  permission: 'read',
  async run({ config }, { locale = 'en' }) {
    const mask = createMask(config.secrets);
    const { routes: written } = config.ground;
    return {
      routes: config.routes.map((route, index) => ({
        ...{ name: route.name, to: route.to, minSeverity: severityNames[route.minSeverity] },
        escalate: (route.escalate ?? []).map(shownStep),
        sentences: sentencesOf(route, written[index]?.content, locale).map(mask),
        written: written[index] === undefined ? null : mask(written[index].text),
      })),
    };
  },
};

function shownStep({ afterMs, minSeverity, ...step }: EscalationStep): ShownStep {
  const { to, mention, repeat } = step;
  const from = severityNames[minSeverity];
  return { after: durationText(afterMs), to, mention, repeat, minSeverity: from };
}

const facts = z.record(z.string(), z.union([z.string().max(10_000), z.number()])).optional();

/** Only the parts whose form rules rely on. */
const body = z.looseObject({
  device: facts,
  tenant: facts,
  file: facts,
  process: facts,
  parentProcess: facts,
  user: z.string().optional(),
  recurrence: z.number().optional(),
  techniques: z
    .array(z.looseObject({ id: z.string() }))
    .max(1000)
    .optional(),
});

const written = z.strictObject({
  stream: z.string().meta({ default: 'event' }).optional(),
  type: z.string().meta({ default: 'UNRECOGNISED' }).optional(),
  severity: z.enum(severityNames).meta({ default: 'UNKNOWN' }).optional(),
  status: z.string().nullish(),
  action: z.string().nullish(),
  body: body.optional(),
});

interface TestInput {
  readonly source: string;
  readonly event?: z.output<typeof written> | undefined;
  readonly item?: string | undefined;
  readonly at?: string | undefined;
}

export const test: Operation<TestInput, z.infer<typeof decision>> = {
  name: 'route-test',
  summary: 'What the routes and silences as they are now would do with an event, and why',
  route: 'POST /routes/test',
  input: z
    .strictObject({
      source: name.describe('The source that would report it'),
      event: written.optional().describe('The event in our own form; or give "item"'),
      item: text.max(1_000_000).optional().describe('JSON, as the vendor’s console shows the item'),
      at: time.optional().describe('When it would arrive; absent: now'),
    })
    .refine(
      ({ event, item }) => (event === undefined) !== (item === undefined),
      'expected event or item, one of the two',
    ),
  output: decision,
  permission: 'read',
  async run(context, { source, event, item, at }) {
    const ids = context.config.sources.map(({ id }) => id);
    assertKnown('source', source, ids);
    const read = event === undefined ? itemOf(context, source, item!) : factsOf(event);
    return await decisionOn(context, { source, event: read, at });
  },
};

function factsOf(event: z.output<typeof written>): EventFacts {
  const { stream = 'event', type = 'UNRECOGNISED', severity = 'UNKNOWN' } = event;
  return {
    ...{ stream, type, severity: severityNames.indexOf(severity) as EventFacts['severity'] },
    ...{ status: event.status ?? null, action: event.action ?? null },
    body: (event.body ?? {}) as EventBody,
  };
}

/** @throws {InputError} */
function itemOf({ config }: OperationContext, source: string, text: string): EventDraft {
  const { type, settings } = config.sources.find(({ id }) => id === source)!;
  const draft = config.ground.registries.sources[type]?.readItem?.(text, settings);
  if (draft !== undefined) return draft;
  throw new InputError([refusal('notOneItem', { source })]);
}

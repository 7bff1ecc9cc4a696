// Makes the messages of one sink: in its language, within its limits, by what it can do. The only
// place where messages are made.
import type { Card, Field, Text } from '../../kit/card.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { Message, RenderedTemplate, Sink } from '../../kit/sink.ts';
import type { TemplateWords } from '../template/fields.ts';
import { actionsOf, type Buttons, type CardButton } from './actions.ts';
import type { CardView, Composer } from './composer.ts';
import { fitted } from './fit.ts';
import { code, joined } from './text.ts';

/** What a card was held for: the others of its route, for a while; or the digest of a storm. */
export type HeldCard =
  | { readonly by: 'group'; readonly seconds: number; readonly route: string | undefined }
  | { readonly by: 'storm' };

/** What a card says of one delivery besides its event. */
export interface Circumstances extends CardView {
  /** Its route has steps that escalate it. */
  readonly hasSteps?: boolean | undefined;
  /** It was to come together with others, and comes as a card of its own. */
  readonly held?: HeldCard | undefined;
  readonly delayed?: Message['delayed'];
  /** Of an edit: the first card came so late. */
  readonly wasLateSeconds?: number | undefined;
  readonly mayBeRepeated?: boolean | undefined;
  /** See {@link Message.settings}. */
  readonly settings?: unknown;
  readonly template?: RenderedTemplate | undefined;
}

const delays = {
  sink: 'delayedBySink',
  backlog: 'delayedByBacklog',
  pause: 'delayedByPause',
} as const;

/** Code points of the name of a channel, or of a route. */
const nameMax = 80;

export class Voice {
  readonly #sink: Pick<Sink, 'limits' | 'can'>;
  readonly #composer: Composer;
  readonly #buttons: Buttons | undefined;

  /** @param buttons absent: its cards have none */
  constructor(sink: Pick<Sink, 'limits' | 'can'>, composer: Composer, buttons?: Buttons) {
    this.#sink = sink;
    this.#composer = composer;
    this.#buttons = sink.can?.buttons ? buttons : undefined;
  }

  get templateWords(): TemplateWords {
    return this.#composer.templateWords;
  }

  message(event: StoredEvent, circumstances: Circumstances): Message {
    const { form, delayed, mayBeRepeated, settings, template } = circumstances;
    const message: { -readonly [Key in keyof Message]: Message[Key] } = {
      card: this.#cardOf(event, circumstances),
      form,
      event,
      elsewhere: (place) =>
        this.#composer.language.say('elsewhere', { place: code(place, nameMax) }),
    };
    if (mayBeRepeated === true) message.mayBeRepeated = true;
    if (delayed !== undefined) message.delayed = delayed;
    if (settings !== undefined) message.settings = settings;
    if (template !== undefined) message.template = template;
    if (message.card.actions !== undefined) message.actionsUrl = this.#buttons!.url;
    return message;
  }

  #cardOf(event: StoredEvent, circumstances: Circumstances): Card {
    const { limits, can } = this.#sink;
    const composed = this.#withActions(event, circumstances);
    const templated = withTemplate(composed, circumstances.template);
    const remark = this.#remarkOf(circumstances);
    const whole =
      remark.length === 0 ? templated : { ...templated, remarks: [remark, ...templated.remarks] };
    const shown = can?.table ? whole : withoutTable(whole);
    return limits === undefined ? shown : fitted(shown, limits);
  }

  /**
   * Buttons for the cards of events, digests and steps. A notice has no incident, and a reply stands
   * below a card that has them: it comes without its incident.
   */
  #withActions(event: StoredEvent, circumstances: Circumstances): Card {
    const card = this.#composer.compose(event, circumstances);
    const buttons = this.#buttons;
    const { incident, hasSteps = false } = circumstances;
    const isOfIncident =
      card.kind === 'news' ? incident !== undefined : card.kind !== 'notice' && event.id !== 0;
    if (buttons === undefined || !isOfIncident) return card;
    // The steps are those of the events in a digest.
    const { snoozeMaxMs } = buttons;
    const view = { incident, hasSteps: hasSteps && card.kind === 'event', snoozeMaxMs };
    const tokenOf = (button: CardButton): string => buttons.tokenOf(button);
    return { ...card, actions: actionsOf(event, view, this.#composer.language, tokenOf) };
  }

  /** One after the other, so that all at once take no line each; empty if there is none. */
  #remarkOf({ held, delayed, wasLateSeconds, mayBeRepeated = false }: Circumstances): Text {
    const isLate = delayed !== undefined || wasLateSeconds !== undefined;
    if (held === undefined && !isLate && !mayBeRepeated) return [];
    const { language } = this.#composer;
    const remarks: Text[] = [];
    if (held?.by === 'storm') remarks.push(language.say('heldByStorm', {}));
    else if (held !== undefined) {
      const route = code(held.route, nameMax);
      remarks.push(language.say('heldByRoute', { time: language.span(held.seconds), route }));
    }
    if (delayed !== undefined) {
      const name = delays[delayed.reason];
      remarks.push(language.say(name, { time: language.span(delayed.seconds) }));
    }
    if (wasLateSeconds !== undefined)
      remarks.push(language.say('wasLate', { time: language.span(wasLateSeconds) }));
    if (mayBeRepeated) remarks.push(language.say('mayBeRepeated', {}));
    return joined(' ', remarks);
  }
}

/** The first line of the template's text becomes the headline, the others remarks below it. */
function withTemplate(card: Card, template: RenderedTemplate | undefined): Card {
  if (template === undefined) return card;
  const { title, text, fields } = template;
  const [headline, ...remarks] = text ?? [];
  return {
    ...card,
    ...(title !== undefined && { title }),
    ...(headline !== undefined && { headline, remarks: [...card.remarks, ...remarks] }),
    ...(fields !== undefined && {
      fields: fields.filter(({ isShort }) => isShort),
      details: fields.filter(({ isShort }) => !isShort),
    }),
  };
}

const separator: Text = [{ kind: 'word', text: ' · ' }];

/** The same card with the rows of its table as details, each under its sign. */
function withoutTable(card: Card): Card {
  const { table, ...rest } = card;
  if (table === undefined) return card;
  const rows = table.rows.map(([sign = [], ...cells]): Field => {
    const shown = cells.filter((cell) => cell.length > 0);
    return {
      name: sign,
      value: shown.flatMap((cell, at) => (at > 0 ? [...separator, ...cell] : cell)),
    };
  });
  const more = table.more === undefined ? [] : [{ name: [], value: table.more }];
  return { ...rest, details: [...rows, ...more, ...card.details] };
}

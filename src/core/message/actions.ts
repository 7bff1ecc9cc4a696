// What a reader can do from a card, by what became of its event: buttons for what is done most, and
// one menu for the rest. Pure.
import type { CardAction } from '../../kit/card.ts';
import { durationsWithin } from '../../kit/duration.ts';
import type { EventBody, StoredEvent } from '../../kit/event.ts';
import type { IncidentState, IncidentView } from '../../kit/incident.ts';
import type { ActionName, Language } from './language.ts';

/** A button of the card of a root event, or of a step that escalates it. */
export interface CardButton {
  readonly action: ActionName;
  /** The root event. */
  readonly eventId: number;
  /** The event of the step in whose message it stands; absent: it is the root event's own. */
  readonly stepId?: number;
  /** Of the incident as the card shows it; 0: nothing happened since the event. */
  readonly version: number;
}

/** Makes buttons work: only where the service knows the address at which a press reaches it. */
export interface Buttons {
  /** Where the buttons of the sink call. */
  readonly url: string;
  tokenOf(button: CardButton): string;
  /** No choice snoozes for longer; absent: each that there is. */
  readonly snoozeMaxMs?: number;
}

const [hour, day] = [3600, 86_400];
const snoozes: Spans = { '1h': hour, '4h': 4 * hour, '24h': day };
const silences: Spans = { '4h': 4 * hour, '24h': day, '7d': 7 * day };

/** Seconds of each length of time, by how a choice names it. */
type Spans = Readonly<Record<string, number>>;

/** What stands in the menu, and for how long each may be; null: it takes no time. */
const inMenu = {
  reopen: null,
  snooze: snoozes,
  silenceFile: silences,
  silenceDevice: silences,
  escalate: null,
  why: null,
  details: null,
} as const satisfies Partial<Record<ActionName, Spans | null>>;
type MenuAction = keyof typeof inMenu;

interface Offer {
  readonly buttons: readonly ActionName[];
  readonly menu: readonly MenuAction[];
}

const always = ['silenceFile', 'silenceDevice', 'why', 'details'] as const;
/**
 * In the order in which they stand; some need something of the event. At most two buttons and the
 * menu, which have one line together on a phone.
 */
const byState: Readonly<Record<IncidentState, Offer>> = {
  open: {
    buttons: ['acknowledge', 'resolve'],
    menu: ['snooze', 'silenceFile', 'silenceDevice', 'escalate', 'why', 'details'],
  },
  acknowledged: { buttons: ['resolve'], menu: ['reopen', ...always] },
  snoozed: { buttons: ['acknowledge', 'resolve'], menu: ['reopen', ...always] },
  resolved: { buttons: ['reopen'], menu: always },
};

export interface ActionView {
  readonly incident: IncidentView | undefined;
  /** Its route has steps that escalate it. */
  readonly hasSteps: boolean;
  readonly snoozeMaxMs?: number | undefined;
}

/** @param event the root event, or that of a step; stored */
export function actionsOf(
  event: Pick<StoredEvent, 'id' | 'body'>,
  { incident, hasSteps, snoozeMaxMs = Number.POSITIVE_INFINITY }: ActionView,
  language: Language,
  tokenOf: Buttons['tokenOf'],
): CardAction[] {
  const isPossible = possibleOf(event.body, hasSteps);
  const version = incident?.version ?? 0;
  const isOffered = (action: ActionName) => isPossible[action] !== false;
  const of = (action: ActionName): CardAction => ({
    name: action,
    label: language.action(action),
    token: tokenOf({ action, ...placeOf(event), version }),
  });
  const { buttons, menu } = byState[incident?.state ?? 'open'];
  const choices = menu.filter(isOffered).flatMap((action) => {
    const all = choicesOf(action, language);
    return action === 'snooze' ? within(all, snoozeMaxMs) : all;
  });
  return [
    ...buttons.map(
      (action): CardAction => ({
        ...of(action),
        ...(action === 'acknowledge' && { style: 'primary' }),
      }),
    ),
    { ...of('more'), choices },
  ];
}

function possibleOf(
  { news, file, device }: EventBody,
  hasSteps: boolean,
): Partial<Record<ActionName, boolean>> {
  // News do not name the file.
  if (news !== undefined)
    return { silenceFile: false, silenceDevice: news.about.device !== undefined };
  return {
    silenceFile: file?.hash !== undefined,
    silenceDevice: device?.name !== undefined,
    escalate: hasSteps,
  };
}

function placeOf({ id, body }: Pick<StoredEvent, 'id' | 'body'>) {
  return body.news === undefined ? { eventId: id } : { eventId: body.news.eventId, stepId: id };
}

function within(choices: Choices, maxMs: number): Choices {
  if (maxMs >= snoozes['24h']! * 1000) return choices;
  const lengths = durationsWithin(Object.keys(snoozes), maxMs);
  return choices.filter(({ value }) => lengths.includes(value.slice('snooze.'.length)));
}

type Choices = NonNullable<CardAction['choices']>;

/** Made once a language, and not for each card. */
const made = new WeakMap<Language, Map<MenuAction, Choices>>();

function choicesOf(action: MenuAction, language: Language): Choices {
  const known = made.get(language) ?? new Map<MenuAction, Choices>();
  made.set(language, known);
  const spans = inMenu[action];
  const choices =
    known.get(action) ??
    (spans === null
      ? [{ label: language.action(action), value: action }]
      : Object.entries(spans).map(([span, seconds]) => ({
          label: language.action(action, seconds),
          value: `${action}.${span}`,
        })));
  known.set(action, choices);
  return choices;
}

/** What somebody chose in the menu of a card. */
export interface Choice {
  readonly action: MenuAction;
  /** For how long: `4h`. */
  readonly span: string | undefined;
}

/** @returns undefined for what no menu offers: chat products do not check it */
export function choiceOf(value: string | undefined): Choice | undefined {
  const [name = '', span, ...more] = (value ?? '').split('.');
  if (!Object.hasOwn(inMenu, name) || more.length > 0) return undefined;
  const action = name as MenuAction;
  const spans: Spans | null = inMenu[action];
  const isOffered = spans === null ? span === undefined : Object.hasOwn(spans, span ?? '');
  return isOffered ? { action, span } : undefined;
}

// What a reader can do from a card, by what became of its event. Pure.
import type { CardAction } from '../../kit/card.ts';
import { plainText } from '../../kit/card.ts';
import type { StoredEvent } from '../../kit/event.ts';
import type { IncidentState, IncidentView } from '../../kit/incident.ts';
import type { ActionName, Language } from './language.ts';

/** A button of the card of a root event. */
export interface CardButton {
  readonly action: ActionName;
  readonly eventId: number;
  /** Of the incident as the card shows it; 0: nothing happened since the event. */
  readonly version: number;
}

/** Makes buttons work: only where the service knows the address at which a press reaches it. */
export interface Buttons {
  /** Where the buttons of the sink call. */
  readonly url: string;
  tokenOf(button: CardButton): string;
}

interface Option {
  readonly value: string;
  readonly seconds: number;
}

const [hour, day] = [3600, 86_400];
const snoozes: readonly Option[] = [
  { value: '1h', seconds: hour },
  { value: '4h', seconds: 4 * hour },
  { value: '24h', seconds: day },
];
const silences: readonly Option[] = [
  { value: '4h', seconds: 4 * hour },
  { value: '24h', seconds: day },
  { value: '7d', seconds: 7 * day },
];
const menus: Partial<Record<ActionName, readonly Option[]>> = {
  snooze: snoozes,
  silenceFile: silences,
  silenceDevice: silences,
};
const styles: Partial<Record<ActionName, 'primary' | 'danger'>> = {
  acknowledge: 'primary',
  escalate: 'danger',
};

/** In the order in which they stand; some need something of the event. */
const byState: Readonly<Record<IncidentState, readonly ActionName[]>> = {
  open: [
    'acknowledge',
    'resolve',
    'snooze',
    'silenceFile',
    'silenceDevice',
    'escalate',
    'why',
    'details',
  ],
  acknowledged: ['resolve', 'reopen', 'silenceFile', 'silenceDevice', 'why', 'details'],
  snoozed: ['acknowledge', 'resolve', 'reopen', 'silenceFile', 'silenceDevice', 'why', 'details'],
  resolved: ['reopen', 'silenceFile', 'silenceDevice', 'why', 'details'],
};

export interface ActionView {
  readonly incident: IncidentView | undefined;
  /** Its route has steps that escalate it. */
  readonly hasSteps: boolean;
}

/** @param event the root event, stored */
export function actionsOf(
  event: Pick<StoredEvent, 'id' | 'body'>,
  { incident, hasSteps }: ActionView,
  language: Language,
  tokenOf: Buttons['tokenOf'],
): CardAction[] {
  const { file, device } = event.body;
  const isPossible: Partial<Record<ActionName, boolean>> = {
    silenceFile: file?.hash !== undefined,
    silenceDevice: device?.name !== undefined,
    escalate: hasSteps,
  };
  const version = incident?.version ?? 0;
  return byState[incident?.state ?? 'open']
    .filter((action) => isPossible[action] !== false)
    .map((action) => actionOf(tokenOf({ action, eventId: event.id, version }), action, language));
}

function actionOf(token: string, name: ActionName, language: Language): CardAction {
  const [style, menu] = [styles[name], menus[name]];
  return {
    name,
    label: language.action(name),
    token,
    ...(style !== undefined && { style }),
    ...(menu !== undefined && {
      choices: menu.map(({ value, seconds }) => ({
        label: plainText(language.span(seconds)),
        value,
      })),
    }),
  };
}

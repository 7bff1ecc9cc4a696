// Which buttons a card offers, by what became of its event and by what the event holds.
import { describe, expect, it, test } from 'vitest';
import { actionsOf, type CardButton, choiceOf } from '../../../src/core/message/actions.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import type { IncidentState } from '../../../src/kit/incident.ts';
import { storedEvent } from '../../support/events.ts';
import { incidentNews, incidentView } from '../../support/incidents.ts';

const language = createLanguage('en', 'UTC');
const tokenOf = ({ action, eventId, version }: CardButton) => `${action} ${eventId} ${version}`;
const actions = (state: IncidentState | undefined, more = {}, event = storedEvent()) =>
  actionsOf(
    event,
    { incident: state && incidentView({ state, version: 3 }), hasSteps: false, ...more },
    language,
    tokenOf,
  );
const names = (...parameters: Parameters<typeof actions>) =>
  actions(...parameters).map(({ name }) => name);
const menu = (...parameters: Parameters<typeof actions>) =>
  actions(...parameters)
    .find(({ name }) => name === 'more')!
    .choices!.map(({ value }) => value);

describe('a card offers', () => {
  const silences = ['File', 'Device'].flatMap((what) =>
    ['4h', '24h', '7d'].map((span) => `silence${what}.${span}`),
  );
  const snoozes = ['snooze.1h', 'snooze.4h', 'snooze.24h'];
  const always = [...silences, 'why', 'details'];
  test.each<[IncidentState | undefined, string[], string[]]>([
    [undefined, ['acknowledge', 'resolve', 'more'], [...snoozes, ...always]],
    ['open', ['acknowledge', 'resolve', 'more'], [...snoozes, ...always]],
    ['acknowledged', ['resolve', 'more'], ['reopen', ...always]],
    ['snoozed', ['acknowledge', 'resolve', 'more'], ['reopen', ...always]],
    ['resolved', ['reopen', 'more'], always],
  ])('of what is %s: %o, and in the menu %o', (state, buttons, choices) => {
    expect(names(state)).toEqual(buttons);
    expect(menu(state)).toEqual(choices);
  });

  it('an escalation only where the route has steps, and only while it is open', () => {
    expect(menu('open', { hasSteps: true })).toContain('escalate');
    expect(menu('open')).not.toContain('escalate');
    expect(menu('acknowledged', { hasSteps: true })).not.toContain('escalate');
  });

  it('no snooze that would be refused', () => {
    const snoozed = (hours: number) =>
      menu('open', { snoozeMaxMs: hours * 3_600_000 }).filter((one) => one.startsWith('snooze'));
    expect(snoozed(4)).toEqual(['snooze.1h', 'snooze.4h']);
    expect(snoozed(0.5)).toEqual([]);
    expect(snoozed(24)).toEqual(snoozes);
  });

  it('no silence of a file or device that the event does not name', () => {
    const plain = storedEvent({ body: {} });
    expect(menu(undefined, {}, plain)).toEqual([...snoozes, 'why', 'details']);
  });
});

it('gives the buttons of a step those of its root event, and says where they stand', () => {
  const step = storedEvent({ id: 5000, body: { news: incidentNews({ eventId: 4711 }) } });
  const tokens: CardButton[] = [];
  const view = { incident: incidentView({ version: 3 }), hasSteps: false };
  const offered = actionsOf(step, view, language, (button) => `${tokens.push(button)}`);
  expect(offered.map(({ name }) => name)).toEqual(['acknowledge', 'resolve', 'more']);
  expect(tokens[0]).toEqual({ action: 'acknowledge', eventId: 4711, stepId: 5000, version: 3 });
  const choices = offered.flatMap((one) => one.choices ?? []).map(({ value }) => value);
  expect(choices).toContain('escalate');
  expect(choices).toContain('silenceDevice.4h');
  expect(choices.join()).not.toContain('silenceFile');
});

it('gives each button a token of its event, its action and the version that the card shows', () => {
  expect(actions(undefined)[0]).toMatchObject({
    name: 'acknowledge',
    label: 'Acknowledge',
    token: 'acknowledge 4711 0',
    style: 'primary',
  });
  expect(actions('resolved')[0]?.token).toBe('reopen 4711 3');
});

it('says in the menu what each choice does, and for how long', () => {
  const choices = actions('open', { hasSteps: true }).flatMap(({ choices = [] }) => choices);
  expect(choices.map(({ label }) => label)).toEqual([
    ...['Snooze for 1 h', 'Snooze for 4 h', 'Snooze for 24 h'],
    ...['Silence this file for 4 h', 'Silence this file for 24 h', 'Silence this file for 7 d'],
    ...['4 h', '24 h', '7 d'].map((span) => `Silence this device for ${span}`),
    ...['Escalate now', 'Why this card?', 'Show details'],
  ]);
});

it('reads back every choice that it offers', () => {
  const offered = [undefined, 'acknowledged'] as const;
  for (const value of offered.flatMap((state) => menu(state, { hasSteps: true }))) {
    const { action, span } = choiceOf(value)!;
    expect([action, span].filter(Boolean).join('.')).toBe(value);
  }
});

test.each([
  undefined,
  '',
  'acknowledge',
  'snooze',
  'snooze.9d',
  'why.4h',
  'silenceFile.7d.',
  'constructor',
  'snooze.toString',
])('takes %s for no choice: the product does not check what comes back', (value) => {
  expect(choiceOf(value)).toBeUndefined();
});

it('has names of letters alone, each once', () => {
  const all = names('open', { hasSteps: true });
  expect(all.filter((name) => !/^[A-Za-z]+$/.test(name))).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
});

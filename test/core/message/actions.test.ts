// Which buttons a card offers, by what became of its event and by what the event holds.
import { describe, expect, it, test } from 'vitest';
import { actionsOf, type CardButton } from '../../../src/core/message/actions.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import type { IncidentState } from '../../../src/kit/incident.ts';
import { storedEvent } from '../../support/events.ts';
import { incidentView } from '../../support/incidents.ts';

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

describe('a card offers', () => {
  const silences = ['silenceFile', 'silenceDevice'];
  test.each<[IncidentState | undefined, string[]]>([
    [undefined, ['acknowledge', 'resolve', 'snooze', ...silences, 'why', 'details']],
    ['open', ['acknowledge', 'resolve', 'snooze', ...silences, 'why', 'details']],
    ['acknowledged', ['resolve', 'reopen', ...silences, 'why', 'details']],
    ['snoozed', ['acknowledge', 'resolve', 'reopen', ...silences, 'why', 'details']],
    ['resolved', ['reopen', ...silences, 'why', 'details']],
  ])('of what is %s: %o', (state, expected) => {
    expect(names(state)).toEqual(expected);
  });

  it('an escalation only where the route has steps, and only while it is open', () => {
    expect(names('open', { hasSteps: true })).toContain('escalate');
    expect(names('acknowledged', { hasSteps: true })).not.toContain('escalate');
  });

  it('no silence of a file or device that the event does not name', () => {
    const plain = storedEvent({ body: {} });
    expect(names(undefined, {}, plain)).toEqual([
      'acknowledge',
      'resolve',
      'snooze',
      'why',
      'details',
    ]);
  });
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

it('offers lengths of time in a menu', () => {
  const choices = actions(undefined).flatMap(({ name, choices = [] }) =>
    choices.map(({ label, value }) => `${name} ${value} ${label}`),
  );
  expect(choices).toEqual([
    'snooze 1h 1 h',
    'snooze 4h 4 h',
    'snooze 24h 24 h',
    ...['silenceFile', 'silenceDevice'].flatMap((name) => [
      `${name} 4h 4 h`,
      `${name} 24h 24 h`,
      `${name} 7d 7 d`,
    ]),
  ]);
});

it('has names of letters alone, each once', () => {
  const all = names('open', { hasSteps: true });
  expect(all.filter((name) => !/^[A-Za-z]+$/.test(name))).toEqual([]);
  expect(new Set(all).size).toBe(all.length);
});

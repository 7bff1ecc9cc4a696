// A card says what the vendor says now, for each word that may change; what Tocsin stored stays.
import { expect, it, test } from 'vitest';
import { currentOf } from '../../../src/core/message/current.ts';
import { type VendorWords, vendorNames } from '../../../src/kit/incident.ts';
import { digestOfStorm, storedDigest } from '../../support/digests.ts';
import { storedEvent } from '../../support/events.ts';
import { incidentView } from '../../support/incidents.ts';
import { messageOf } from '../../support/voice.ts';
import { shown, shownFields } from './shown.ts';

const failed = storedEvent();
const cardWith = (vendor: VendorWords, form: 'full' | 'bare' = 'full') =>
  messageOf(failed, { form, incident: incidentView({ version: 2, vendor }) }).card;

/** What each changed word must change. */
const cases: Readonly<Record<(typeof vendorNames)[number], [string, string]>> = {
  action: ['DETECTED', '**detected, NOT blocked**'],
  lastAction: ['QUARANTINE_SUCCESS', 'quarantined'],
  status: ['CLOSED', '`CLOSED`'],
  comment: ['false alarm', 'prose<false alarm>'],
  fileStatus: ['RESTORED', '`RESTORED`'],
  sandboxStatus: ['MALICIOUS', '`MALICIOUS`'],
};

test.each(vendorNames)('a card says the new %s', (name) => {
  const [value, words] = cases[name];
  const { headline, fields, details } = cardWith({ [name]: value });
  const values = Object.values(shownFields([...fields, ...details]));
  const said = [shown(headline), ...values];
  expect(said.filter((text) => text.includes(words))).not.toEqual([]);
});

it('does not go on to say that a quarantine failed which succeeded', () => {
  expect(shown(messageOf(failed).card.headline)).toContain('**quarantine FAILED**');
  const { headline, fields } = cardWith({ lastAction: 'QUARANTINE_SUCCESS' });
  expect(shown(headline)).toMatch(/: blocked, quarantined$/);
  expect(JSON.stringify([headline, fields])).not.toContain('FAILED');
});

it('forgets a comment that was taken away', () => {
  const noted = storedEvent({ body: { ...failed.body, comment: 'look at it' } });
  const incident = incidentView({ version: 2, vendor: { comment: '' } });
  expect(JSON.stringify(messageOf(noted).card)).toContain('look at it');
  expect(JSON.stringify(messageOf(noted, { incident }).card)).not.toContain('look at it');
});

it('says nothing of the vendor on a bare card', () => {
  expect(JSON.stringify(cardWith({ sandboxStatus: 'x`y' }, 'bare'))).not.toContain('x`y');
});

it('has the severity that the incident has come to', () => {
  const event = storedEvent({ severity: 3 });
  const incident = incidentView({ version: 2, severity: 5 });
  expect(messageOf(event, { incident }).card).toMatchObject({ severity: 5, level: 'CRITICAL' });
});

it('says how often it happened once, and not what was true at first', () => {
  const event = storedEvent({ body: { ...failed.body, recurrence: 2 } });
  const incident = incidentView({ version: 2, occurrences: 11 });
  const { fields } = messageOf(event, { incident }).card;
  expect(shownFields(fields).Recurrence).toMatch(/^11 times/);
});

it('leaves alone what nothing happened to, and what is no event of a vendor', () => {
  expect(currentOf(failed, undefined)).toBe(failed);
  const digest = storedDigest(digestOfStorm);
  expect(currentOf(digest, incidentView({ severity: 5 }))).toBe(digest);
});

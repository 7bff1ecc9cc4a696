// The headline: what on which host, whose, and whether it was stopped.
import { describe, expect, it, test } from 'vitest';
import { headlineOf } from '../../../src/core/message/headline.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import type { EventBody, StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import { sources } from '../../../src/sources/index.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { shown } from './shown.ts';

const product = createProductOf([], sources)({ source: 'di', stream: 'event' });
const language = createLanguage('en', 'UTC');
const room = { what: 100, device: 120, user: 80 };

function headline(event: Partial<StoredEvent>, body: EventBody = {}): string {
  const device = { name: 'PC-1' };
  const whole = storedEvent({ action: null, ...event, body: { device, ...body } });
  return shown(headlineOf(whole, { product, language }, room));
}

test.each<[string, Partial<StoredEvent>, EventBody, string]>([
  [
    'what was blocked and then failed says both',
    { action: 'PREVENTED' },
    { threatType: 'MALWARE_RANSOMWARE', lastAction: 'QUARANTINE_FAILED', user: 'A\\b' },
    'Ransomware on `PC-1` (`A\\b`): blocked, **quarantine FAILED**',
  ],
  [
    'an account of the device itself is said without its name',
    { type: 'AMSI_BYPASS' },
    { user: 'pc-1\\ann,CORP\\bob, PC-1\\eve' },
    'AMSI bypass on `PC-1` (`ann, CORP\\bob, eve`)',
  ],
  [
    'an account whose domain only looks like the device keeps it',
    { type: 'AMSI_BYPASS' },
    { user: 'XPC-1\\ann' },
    'AMSI bypass on `PC-1` (`XPC-1\\ann`)',
  ],
  [
    'what was only seen says that it was not blocked',
    { type: 'CREDENTIAL_DUMP', action: 'DETECTED' },
    {},
    'Credential dump on `PC-1`: **detected, NOT blocked**',
  ],
  [
    'a type that says more than the threat’s goes first',
    { type: 'RANSOMWARE_FILE_ENCRYPTION' },
    { threatType: 'MALWARE_TROJAN' },
    'Ransomware encrypting files on `PC-1`',
  ],
  [
    'a trigger says what a generic type does not',
    { type: 'STATIC_ANALYSIS' },
    { trigger: 'DDE_USAGE' },
    'DDE in a document on `PC-1`',
  ],
  [
    'the vendor’s own sentence stands in for generic words',
    { type: 'SUSPICIOUS_ACTIVITY' },
    { description: 'A service was installed from a temporary folder. Rule 12.' },
    'prose<A service was installed from a temporary folder> on `PC-1`',
  ],
  [
    'a sentence that is too long for a headline does not',
    { type: 'SUSPICIOUS_ACTIVITY' },
    { description: 'x'.repeat(101) },
    'Suspicious activity on `PC-1`',
  ],
  [
    'a word that nobody knows is shown as the vendor writes it',
    { type: 'NEW_IN_6_0', action: 'VAPORISED' },
    {},
    '`NEW_IN_6_0` on `PC-1`: `VAPORISED`',
  ],
  [
    'a device without a name is its number',
    { type: 'AMSI_BYPASS' },
    { device: { id: '88' } },
    'AMSI bypass on `#88`',
  ],
  [
    'a device that nobody names is unknown',
    { type: 'AMSI_BYPASS' },
    { device: {} },
    'AMSI bypass on an unknown device',
  ],
  ['a type that is empty is an event', { type: ' ' }, {}, 'Event on `PC-1`'],
  ['a word from a prototype is no term', { type: 'constructor' }, {}, '`constructor` on `PC-1`'],
])('%s', (_title, event, body, expected) => {
  expect(headline(event, body)).toBe(expected);
});

describe('whatever an attacker writes', () => {
  it('is never among our own words', () => {
    const event = eventOfTexts((field) => `evil-${field}`);
    const text = headlineOf(event, { product, language }, room);
    for (const part of text) if (part.kind === 'word') expect(part.text).not.toContain('evil');
  });

  it('no hash is in it', () => {
    expect(shown(headlineOf(storedEvent(), { product, language }, room))).not.toMatch(
      /[0-9a-f]{32}/,
    );
  });
});

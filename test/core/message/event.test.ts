// The card of an event: what decides, the form that was asked for, and that nothing of an attacker
// stands among our own words.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type EventOptions, eventCard } from '../../../src/core/message/event.ts';
import { createLanguage } from '../../../src/core/message/language.ts';
import type { Card, Text } from '../../../src/kit/card.ts';
import type { StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import { isNeutral, neutralText } from '../../../src/kit/text.ts';
import { sources } from '../../../src/sources/index.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { shown, shownFields } from './shown.ts';

const product = createProductOf([], sources)({ source: 'di', stream: 'event' });
const languages = { en: createLanguage('en', 'UTC'), th: createLanguage('th', 'Asia/Bangkok') };

function cardOf(
  event: StoredEvent,
  more: Partial<EventOptions> = {},
  locale: 'en' | 'th' = 'en',
): Card {
  const options = { form: 'full', showTenant: true, title: 'number', ...more } as const;
  return eventCard(event, { product, language: languages[locale] }, options);
}

function textsOf(card: Card): Text[] {
  const fields = [...card.fields, ...card.details].flatMap(({ name, value }) => [name, value]);
  const cells = [...(card.table?.columns ?? []), ...(card.table?.rows ?? []).flat()];
  return [card.title, card.headline, card.footer, ...card.remarks, ...fields, ...cells];
}

describe('what decides', () => {
  it('stands in at most six fields, in the order in which a reader asks', () => {
    expect(shownFields(cardOf(storedEvent()).fields)).toEqual({
      Device: '`ACCT-PC-07` · `192.0.2.17` · `CORP\\somchai`',
      Outcome: 'blocked → **quarantine FAILED**',
      File: '`invoice 2026-02.pdf.exe`',
      'MITRE ATT&CK': '`T1059.001 PowerShell`, `T1486 Data Encrypted for Impact`',
      'Tenant / MSP': '`บริษัท ตัวอย่าง จำกัด` / `ผู้ให้บริการตัวอย่าง`',
      Recurrence: '3 times · 2 devices',
    });
  });

  it('names the tenant only where there are several', () => {
    const fields = shownFields(cardOf(storedEvent(), { showTenant: false }).fields);
    expect(fields).not.toHaveProperty('Tenant / MSP');
  });

  it('takes a file’s name from its path if it has none', () => {
    const event = storedEvent({ body: { file: { path: 'C:\\Temp\\a.exe' } } });
    expect(shownFields(cardOf(event).fields)).toEqual({ Outcome: 'blocked', File: '`a.exe`' });
  });
});

describe('how often it was seen', () => {
  const counts = (recurrence: number, affectedDevices: number) => {
    const { fields, details } = cardOf(storedEvent({ body: { recurrence, affectedDevices } }));
    return shownFields([...fields, ...details].slice(1));
  };

  test.each([
    [3.7, 1, { Recurrence: '3 times' }],
    [3, 2, { Recurrence: '3 times · 2 devices' }],
    [1, 2, { 'Affected Devices': '2 devices' }],
  ])('%s times on %s devices is said once', (times, devices, expected) => {
    expect(counts(times, devices)).toMatchObject(expected);
    const said = Object.keys(counts(times, devices));
    expect(said.filter((name) => /Recurrence|Affected/.test(name))).toEqual(Object.keys(expected));
  });

  it('is not said of what was seen once on one device', () => {
    expect(Object.keys(counts(1, 1)).join()).not.toMatch(/Recurrence|Affected/);
  });
});

it('says the ten facts that the original script promised', () => {
  const { fields, details } = cardOf(storedEvent());
  const said = shownFields([...fields, ...details]);
  const { Device, File } = said;
  expect([Device, File]).toEqual([
    '`ACCT-PC-07` · `192.0.2.17` · `CORP\\somchai`',
    '`invoice 2026-02.pdf.exe`',
  ]);
  for (const name of ['Event ID', 'Type', 'Severity', 'Status', 'OS', 'Path', 'File Hash', 'Time'])
    expect(said[name], name).toMatch(/\S/);
});

it('says its number and its time below as well, where a search finds them', () => {
  const { details, footer } = cardOf(storedEvent());
  const { 'Event ID': number, Time } = shownFields(details);
  expect([number, Time]).toEqual(['`1203`', 'time<2026-03-01 02:03:04 +00:00>']);
  expect(shown(footer)).toContain('1203');
});

it('puts a script last, since it may have many lines', () => {
  const { details } = cardOf(storedEvent());
  expect(shown(details.at(-1)!.name)).toBe('Script');
});

describe('the title', () => {
  it('is the console’s number of it, in the words of its stream', () => {
    expect(shown(cardOf(storedEvent()).title)).toBe('Event ID 1203');
    expect(shown(cardOf(storedEvent(), {}, 'th').title)).toBe('รหัสเหตุการณ์ 1203');
  });

  it('is what the original script wrote, for whoever looks for that', () => {
    expect(shown(cardOf(storedEvent(), { title: 'stream' }).title)).toBe('New Event Detected');
  });

  it('is Tocsin’s own number where the vendor’s is none', () => {
    const event = storedEvent({ id: 9, body: { itemId: '@channel' } });
    expect(shown(cardOf(event).title)).toBe('Event ID 9');
  });
});

it('says in the footer whose it is, which, and when', () => {
  expect(shown(cardOf(storedEvent()).footer)).toBe(
    'Deep Instinct Security · Event ID 1203 · time<2026-03-01 02:03:04 +00:00>',
  );
});

describe('the bare form', () => {
  it('holds nothing that the event brought', () => {
    const event = eventOfTexts((field) => `evil-${field}`);
    const bare = JSON.stringify(cardOf({ ...event, occurredAt: null }, { form: 'bare' }));
    expect(bare).not.toContain('evil');
  });

  it('says what it is, that the rest is stored, and when it happened', () => {
    const card = cardOf(storedEvent(), { form: 'bare' });
    expect(shown(card.headline)).toBe('Event ID 1203');
    expect(shownFields(card.details)).toEqual({
      Message: 'The rest of this event could not be posted. It is stored as number 4711.',
      Time: 'time<2026-03-01 02:03:04 +00:00>',
    });
  });
});

test('a short card has a quarter of the room', () => {
  const event = eventOfTexts((field) => `${field} `.repeat(2_000));
  const size = (form: 'full' | 'short') =>
    textsOf(cardOf(event, { form }))
      .flat()
      .reduce((sum, { text }) => sum + [...text].length, 0);
  expect(size('full')).toBeGreaterThan(8_000);
  expect(size('full')).toBeLessThan(16_000);
  expect(size('short')).toBeLessThan(2_600);
});

describe.each(['full', 'short'] as const)('whatever an attacker writes, in the %s form', (form) => {
  it.each(['en', 'th'] as const)('is neutral, and none of our own words, in %s', (locale) => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      fc.constantFrom('@channel', '\u202E', '`x`', '{what}', '[a]', '**b**', 'a\nb', '\u0000'),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 4, maxLength: 12 }), (texts) => {
        const event = eventOfTexts((field) => `evil-${texts[field.length % texts.length]}`);
        for (const text of textsOf(cardOf(event, { form }, locale))) {
          for (const part of text) {
            if (part.kind === 'word' || part.kind === 'time' || part.kind === 'link')
              expect(part.text).not.toContain('evil-');
            else if (part.kind === 'block')
              expect(neutralText(part.text, { multiline: true })).toBe(part.text);
            else expect(isNeutral(part.text)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

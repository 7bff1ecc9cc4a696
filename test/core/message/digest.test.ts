// The card of a digest: how many of what on which devices, why they came together, and the most
// severe ones with a way to each.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestCard } from '../../../src/core/message/digest.ts';
import type { Digest, MessageForm } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import { sources } from '../../../src/sources/index.ts';
import { digestOfStorm, storedDigest } from '../../support/digests.ts';
import { cardOf, digestOf, language } from './digest-of.ts';
import { shown, shownFields } from './shown.ts';

const product = createProductOf([], sources)({ source: 'di', stream: 'event' });

describe('the headline', () => {
  it('says how many, how fast, what, and on how many devices', () => {
    const card = cardOf(digestOfStorm);
    expect([card.sign, card.level]).toEqual(['🟠', 'HIGH']);
    expect(shown(card.headline)).toBe(
      '412 events in 2 min · `RANSOMWARE` 280, `PUA` 112, `MACRO` 12, +1 · 37 devices',
    );
  });

  it('says the types in our words where all events are of one product', () => {
    const words = { product, language };
    const digest = digestOf([{ type: 'STATIC_ANALYSIS' }]);
    expect(shown(digestCard(storedDigest(digest), digest, words, 'full').headline)).toContain(
      'Malicious file 1',
    );
  });

  it('names the type of the most severe event, however rare that is', () => {
    const many = ['PUA', 'MACRO', 'SCRIPT'].flatMap((type) => [{ type }, { type }]);
    const digest = digestOf([...many, { type: 'RANSOMWARE', severity: 5 }]);
    expect(shown(cardOf(digest).headline)).toBe(
      '7 events · `RANSOMWARE` 1, `PUA` 2, `MACRO` 2, +1',
    );
    const types = digest.types.filter(({ name }) => name !== 'RANSOMWARE');
    expect(shown(cardOf({ ...digest, types }).headline)).toBe(
      '7 events · `RANSOMWARE`, `PUA` 2, `MACRO` 2, +1',
    );
  });

  it('names a device that is the only one, and counts no many', () => {
    const digest = digestOf([{ device: 'A' }]);
    expect(shown(cardOf(digest).headline)).toBe('1 event · `PUA` 1 · `A`');
    expect(shownFields(cardOf(digest).fields)).toEqual({ Severity: 'MEDIUM 1' });
    expect(shown(cardOf(digest, 'bare').headline)).toBe('1 event · 1 device');
  });

  it('leaves out devices that nobody named', () => {
    expect(shown(cardOf(digestOf([{}, {}])).headline)).toBe('2 events · `PUA` 2');
  });
});

it('names the tenants when there are several, in the table and behind each device', () => {
  const dc01 = (tenant: string) => ({ device: 'DC01', tenant, source: 'events' });
  const card = cardOf(digestOf([dc01('Bakery'), dc01('Clinic'), dc01('Clinic')]));
  expect(shown(card.headline)).toContain('2 devices');
  expect(shownFields([...card.fields, ...card.details])).toMatchObject({
    'Affected Devices': '`DC01` / `Clinic` 2, `DC01` / `Bakery` 1',
    'Tenant / MSP': '`Clinic` 2, `Bakery` 1',
  });
  expect(card.table!.rows.map((row) => shown(row[2]!)).sort()).toEqual([
    '`DC01` / `Bakery`',
    '`DC01` / `Clinic`',
    '`DC01` / `Clinic`',
  ]);
  expect(JSON.stringify(cardOf(digestOf([dc01('Bakery')])))).not.toContain('Bakery');
});

describe('why they came together', () => {
  const by = [
    { field: 'device', value: 'SRV-1' },
    { field: 'device_group', value: 'Finance' },
  ];
  const why = (digest: Digest) => shown(cardOf(digest).remarks[0]!);

  it('is the route, by what, and how many were sent before', () => {
    expect(why(digestOf([{}, {}], { by, before: 40 }))).toBe(
      'Grouped by route `night` (Device `SRV-1`, Device Group `Finance`). 40 were sent before.',
    );
    expect(why(digestOf([{}, {}], { by: [{ field: 'user', value: '' }] }))).toBe(
      'Grouped by route `night`.',
    );
  });

  it('is a storm', () => {
    const sentence =
      'Too many events to read one by one. Until that is over, the less urgent ones come in digests.';
    expect(why(digestOfStorm)).toBe(sentence);
    expect(why({ ...digestOfStorm, before: 900 })).toBe(`${sentence} 900 came before.`);
    const { title, footer } = cardOf(digestOfStorm);
    expect(shown(title)).toBe('Digest of a Storm');
    expect(shown(footer)).toMatch(/^Tocsin · /);
  });
});

describe('the same file on many devices', () => {
  const copies = (count: number, fileHash: string, fileName?: string) =>
    Array.from({ length: count }, (_, n) => ({ fileHash, fileName, device: `PC-${n % 37}` }));
  const files = (digest: Digest, form: MessageForm = 'full') =>
    cardOf(digest, form).remarks.slice(1).map(shown);

  it('is one line, and in a group by it, says how many came before', () => {
    const all = copies(120, 'ff00', 'evil.exe');
    expect(files(digestOf(all))).toEqual(['`evil.exe` on 37 devices: 120 events']);
    const byHash = { by: [{ field: 'hash', value: 'ff00' }], before: 40 };
    expect(cardOf(digestOf(all, byHash)).remarks.map(shown)).toEqual([
      'Grouped by route `night`.',
      '`evil.exe` on 37 devices: 120 events, 40 more before',
    ]);
    expect(files(digestOf(copies(1, 'ff00'), byHash))).toEqual([
      '`ff00` on 1 device: 1 event, 40 more before',
    ]);
  });

  it('has no line if it was seen once, and the lines of the others say how many there are', () => {
    expect(files(digestOf([{ fileHash: 'a' }, { fileHash: 'b' }]))).toEqual([]);
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((hash) => copies(2, hash));
    expect(files(digestOf(many))).toHaveLength(4);
    expect(files(digestOf(many)).at(-1)).toBe('Other files: 4');
    expect(files(digestOf(many), 'short')).toHaveLength(3);
    expect(files(digestOf([{ fileHash: 'a' }, { fileHash: 'a' }]))).toEqual(['`a`: 2 events']);
  });
});

it('says whole hashes below everything else, where they are searched for and copied', () => {
  const hash = 'a1b2c3d4'.repeat(8);
  const all = [1, 2].map(() => ({ fileHash: hash, fileName: 'evil.exe' }));
  const { headline, remarks, fields, details } = cardOf(digestOf(all));
  expect(shownFields(details)['File Hash']).toBe(`\`evil.exe\` \`${hash}\``);
  expect(JSON.stringify([headline, remarks, fields])).not.toMatch(/[0-9a-f]{21}/);
});

it('says the hash of a file without a name in short', () => {
  const all = [1, 2].map(() => ({ fileHash: 'a1b2c3d4'.repeat(8) }));
  expect(cardOf(digestOf(all)).remarks.slice(1).map(shown)).toEqual([
    '`a1b2c3d4a1…4a1b2c3d4`: 2 events',
  ]);
});

describe('the fields', () => {
  it('count by severity and type, name the devices, and say from when to when', () => {
    const card = cardOf(digestOfStorm);
    const fields = shownFields(card.fields);
    const details = shownFields(card.details);
    expect(Object.keys(fields)).toEqual(['Severity', 'Type']);
    expect(fields.Severity).toBe('HIGH 280 · MEDIUM 112 · LOW 20');
    expect(fields.Type).toBe('`RANSOMWARE` 280, `PUA` 112, `MACRO` 12, `DUAL_USE` 8');
    expect(details['Affected Devices']).toMatch(/^(`PC-\d\d` 12, ){5}.*, \+29$/);
    expect(details.Received).toBe(
      'time<2026-03-01 09:00:00 +07:00> – time<2026-03-01 09:02:03 +07:00>',
    );
  });

  it('that would be empty are left out', () => {
    const { fields, details } = cardOf(digestOf([{}]));
    expect(Object.keys(shownFields([...fields, ...details]))).toEqual(['Severity', 'Received']);
    const silent = cardOf(digestOf([{ type: ' ', device: '' }]));
    expect(JSON.stringify(silent)).not.toMatch(/null|undefined|"text":""/);
  });

  it('of the short form are fewer, and there is no table', () => {
    const card = cardOf(digestOfStorm, 'short');
    const fields = shownFields([...card.fields, ...card.details]);
    expect(Object.keys(fields)).toEqual([
      ...['Severity', 'Type', 'Affected Devices', 'File Hash', 'Received'],
    ]);
    expect(fields['Affected Devices']).toMatch(/^(`PC-\d\d` 12, ){3}\+34$/);
    expect(card.table).toBeUndefined();
  });

  it('of the bare form are numbers and times, without a word of an event', () => {
    const card = cardOf(digestOfStorm, 'bare');
    expect(shown(card.headline)).toBe('412 events in 2 min · 37 devices');
    const said = shownFields([...card.fields, ...card.details]);
    expect(Object.keys(said)).toEqual(['Severity', 'Received']);
    const barely = (text: string) => {
      const member = {
        type: text,
        device: text,
        tenant: text,
        fileHash: text,
        fileName: text,
        itemId: text,
      };
      const context = { route: text, by: [{ field: text, value: text }] };
      return cardOf(digestOf([member, member], context), 'bare');
    };
    const strange = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const seen = strange.filter((text) => /\p{L}/u.test(text));
    fc.assert(
      fc.property(seen, (text) => {
        expect(barely(text)).toEqual(barely('x'));
      }),
    );
  });
});

// The mask for secrets: in whatever encoding they come, none survives; and ordinary words do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMask } from '../../src/kit/mask.ts';

type Encode = (text: string) => string;
const eachByte =
  (write: (byte: number) => string): Encode =>
  (text) =>
    [...Buffer.from(text)].map(write).join('');
const eachUnit =
  (write: (unit: number) => string): Encode =>
  (text) =>
    Array.from({ length: text.length }, (_, at) => write(text.charCodeAt(at))).join('');
const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
const base64At =
  (before: number): Encode =>
  (text) =>
    Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(text), Buffer.from('tail')]).toString(
      'base64',
    );
const html: Encode = (text) =>
  text.replace(
    /[&<>"']/g,
    (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[one]!,
  );

const encodings: Readonly<Record<string, Encode>> = {
  plain: (text) => text,
  'upper case': (text) => text.toUpperCase(),
  'percent-encoded': encodeURIComponent,
  'percent-encoded in small letters': (text) =>
    encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'percent-encoded throughout': eachByte((byte) => `%${hex(byte, 2)}`),
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'JSON-escaped': (text) => JSON.stringify(text).slice(1, -1),
  'JSON-escaped with slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'JSON-escaped throughout': eachUnit((unit) => `\\u${hex(unit, 4)}`),
  'HTML-escaped': html,
  'HTML-escaped by numbers': eachUnit((unit) => `&#${unit};`),
  'HTML-escaped by hexadecimal numbers': eachUnit((unit) => `&#x${hex(unit, 2).toUpperCase()};`),
  'in base64': base64At(0),
  'in base64 one byte on': base64At(1),
  'in base64 two bytes on': base64At(2),
  'in base64 for URLs': (text) => base64At(1)(text).replaceAll('+', '-').replaceAll('/', '_'),
  'in base64 that is percent-encoded': (text) => encodeURIComponent(base64At(2)(text)),
  'in hex': eachByte((byte) => hex(byte, 2)),
  'in large hex': eachByte((byte) => hex(byte, 2).toUpperCase()),
  'JSON in HTML': (text) => html(JSON.stringify(text)),
};

/** Undoes an encoding as far as a reader could; what is left of the secret would show. */
function readable(text: string): string[] {
  const base64 = [...text.matchAll(/[\w+/-]{8,}={0,2}/g)].flatMap(([run]) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString('utf8')),
  );
  const hexes = [...text.matchAll(/(?:[0-9a-f]{2}){4,}/gi)].map(([run]) =>
    Buffer.from(run, 'hex').toString('utf8'),
  );
  return [text, ...base64, ...hexes];
}

// Of ASCII that is printed, as headers and URLs allow; long enough to be no word. A backslash at
// the end would belong to what follows.
const secrets = fc
  .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => text.trim() === text && !text.endsWith('\\'));
const around = fc
  .string({ maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => !/[%\\&]/.test(text));

describe.each(Object.entries(encodings))('a secret %s', (_name, encode) => {
  test('survives in no answer', () => {
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        const shown = createMask([secret])(`${before} ${encode(secret)} ${after}`);
        expect(shown).toContain('[secret]');
        const outside = shown.replaceAll('[secret]', ' ');
        for (const text of readable(outside))
          expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
      }),
      { numRuns: 60 },
    );
  });
});

test('a credential of a proxy is masked as it goes over the wire', () => {
  const mask = createMask(['http://ann:pa%24%24word@proxy.example:3128']);
  const header = Buffer.from('ann:pa$$word').toString('base64');
  expect(mask(`Proxy-Authorization: Basic ${header}`)).toBe('Proxy-Authorization: Basic [secret]');
  expect(mask('user ann, password pa$$word, at proxy.example')).toBe(
    'user ann, password [secret], at proxy.example',
  );
});

test('a user without a password is a token', () => {
  expect(createMask(['https://t0ken-of-it@hooks.example/'])('t0ken-of-it')).toBe('[secret]');
  expect(createMask(['postgres://tocsin@db.example/tocsin'])('role tocsin of db.example')).toBe(
    'role tocsin of db.example',
  );
});

test('words that a URL has in common with ordinary text stay readable', () => {
  const mask = createMask(['https://chat.example/hooks/3hook5id7of9twenty6letters?v=1', 'abc', '']);
  const text = 'the hooks of chat.example answered 404: v=1, abc, %zz \\ &amp; 100 %';
  expect(mask(text)).toBe(text);
});

test.each([
  'https://chat.example.com/api/webhooks/123456789012345678/abcdefghijkl',
  'https://chat.example.com/v1/spaces/AAAAexample/messages?token=abcdefghijkl',
  'https://chat.example.com/services/T0EXAMPLE/abcdefghijkl',
  'https://flow.example.com/workflows/0123abcd/triggers/manual/paths/invoke?sig=abcdefghijkl',
])('the path of %s spoils no other address, and no key of JSON', (secret) => {
  const mask = createMask([secret]);
  const text = '{"messages": 1} /hooks/standard-webhooks /services/x /triggers/a /workflows/b';
  expect(mask(text)).toBe(text);
  expect(mask(`${secret} abcdefghijkl`)).toBe('[secret] [secret]');
});

describe('an ordinary word in place of a secret', () => {
  const sentence =
    'c.example answered 401: the API key is wrong, revoked or may not read events. Check TOKENS_KEY: `tocsin check` (the token alone).';

  test.each(['wrong', 'Wrong', 'revoked', 'events', 'tocsin', 'token'])(
    '%s leaves a sentence whole',
    (secret) => {
      expect(createMask([secret])(sentence)).toBe(sentence);
    },
  );

  test.each([
    ['Authorization: wrong', 'Authorization: [secret]'],
    ['{"token":"wrong"}', '{"token":"[secret]"}'],
    ['{"token": "wrong", "n": 1}', '{"token": "[secret]", "n": 1}'],
    ['?key=wrong&n=1', '?key=[secret]&n=1'],
    ['postgres://ann:wrong@db.example', 'postgres://ann:[secret]@db.example'],
    ['not-wrong, wrongs', 'not-[secret], wrongs'],
  ])('is masked as a value: %s', (text, shown) => {
    expect(createMask(['wrong'])(text)).toBe(shown);
  });

  test('is no excuse for a word that a secret may well be', () => {
    expect(createMask(['dragon'])('the API key is dragon, revoked')).toBe(
      'the API key is [secret], revoked',
    );
  });
});

test('text without a secret stays as it is, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('~'));
      expect(createMask(['~a-secret-that-is-not-in-it~'])(text)).toBe(text);
    }),
  );
});

// Addresses of others: no reader makes a link of one, and a person still reads it.
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { defanged } from '../../src/kit/defang.ts';

test.each([
  ['http://evil.example/a.b?c.d', 'hxxp://evil[.]example/a.b?c.d'],
  ['HTTPS://EVIL.EXAMPLE', 'HXXPS://EVIL[.]EXAMPLE'],
  ['ftp://198.51.100.7/x', 'ftp[:]//198[.]51[.]100[.]7/x'],
  ['see www.evil.example and go', 'see www[.]evil[.]example and go'],
  ['truncatedwww2.evil.example', 'truncatedwww2[.]evil[.]example'],
  ['https://user:pw@evil.example:8443/', 'hxxps://user:pw@evil[.]example:8443/'],
  ['hxxp://evil[.]example', 'hxxp://evil[.]example'],
  // One address right behind another.
  ['https://evil.example)[tel://evil.example', 'hxxps://evil[.]example)[tel[:]//evil[.]example'],
  ['://[a](https://evil.example', '[:]//[a](https[:]//evil[.]example'],
  ['http://a@https://b.co', 'hxxp://a@https[:]//b[.]co'],
  ['http://a.b://c.d', 'hxxp://a[.]b[:]//c[.]d'],
  ['http://http://evil.example', 'hxxp://http[:]//evil[.]example'],
  ['http://a.b ://c.d', 'hxxp://a[.]b [:]//c[.]d'],
  ['a-very-long-name-of-a-scheme://x.y', 'a-very-long-name-of-a-scheme[:]//x[.]y'],
  ['1http://x.y', '1hxxp://x[.]y'],
  ['invoice 2026.pdf.exe', 'invoice 2026.pdf.exe'],
  ['C:\\Windows\\system32', 'C:\\Windows\\system32'],
])('%s', (text, shown) => {
  expect(defanged(text)).toBe(shown);
});

it('leaves no address of the web whole', () => {
  const piece = fc.constantFrom('http', 's', '://', 'www.', 'evil', '.', 'example', '/', ' ', 'h');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const safe = defanged(pieces.join(''));
      expect(safe).not.toMatch(/https?:\/\/|www\.[a-z]/i);
      expect(safe.replaceAll(/[[\]]/g, '').replaceAll('hxxp', 'http')).toBe(pieces.join(''));
    }),
    { numRuns: 2_000 },
  );
});

it('takes time in proportion to the text', () => {
  const start = performance.now();
  for (const text of ['://', 'www.', 'a.', 'h'].map((one) => one.repeat(50_000))) defanged(text);
  expect(performance.now() - start).toBeLessThan(2_000);
});

// Names of hosts and addresses of mail: programs of mail find none, and a reader reads them.
import { expect, it, test } from 'vitest';
import { unlinked, unlinkedHtml } from '../../../src/sinks/email/unlinked.ts';
import { mailLinksIn } from '../../contract/syntaxes/plain.ts';

test.each([
  ['evil.com', 'evil[.]com'],
  ['see a.evil.com/login?x=1, b.ORG', 'see a.evil[.]com/login?x=1, b[.]ORG'],
  ['somchai@corp.co.th', 'somchai@corp[.]co[.]th'],
  ['a@192.0.2.1', 'a[@]192.0.2.1'],
  ['mailto:eve@evil', 'mailto[:]eve@evil'],
  ['ธนาคาร.ไทย', 'ธนาคาร[.]ไทย'],
  ['evil.xn--p1ai', 'evil[.]xn--p1ai'],
  ['invoice 2026-02.pdf.exe', 'invoice 2026-02.pdf.exe'],
  ['C:\\Windows\\a.dll', 'C:\\Windows\\a.dll'],
  ['192.0.2.17', '192.0.2.17'],
  ['It ended. In time.', 'It ended. In time.'],
  ['evil[.]com', 'evil[.]com'],
])('%s is %s in plain text, and no link', (text, shown) => {
  expect(unlinked(text)).toBe(shown);
  expect(mailLinksIn(unlinked(text))).toEqual([]);
});

test.each(['evil.com', 'a.b@evil.co.th', 'report.zip', 'a@192.0.2.1', 'ธนาคาร.ไทย'])(
  'in HTML %s is no link, and is copied as it is',
  (text) => {
    const html = unlinkedHtml(text);
    const texts = html.split(/<\/?span>/);
    expect(texts.join('')).toBe(text);
    expect(texts.length).toBeGreaterThan(1);
    for (const one of texts) expect(mailLinksIn(one)).toEqual([]);
  },
);

it('takes time in proportion to the text', () => {
  const start = performance.now();
  for (const text of ['a.', '.co', 'a@', '@1', 'ก.'].map((one) => one.repeat(50_000))) {
    unlinked(text);
    unlinkedHtml(text);
  }
  expect(performance.now() - start).toBeLessThan(2_000);
});

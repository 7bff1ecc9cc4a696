// Where hashes and techniques lead, if the configuration says so; nothing but checked characters
// gets into an address.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { hashText, type Links, techniqueText } from '../../../src/core/message/links.ts';
import type { Text } from '../../../src/kit/card.ts';
import { shown } from './shown.ts';

const links: Links = {
  hash: 'https://scan.example/file/{hash}?a=b',
  technique: 'https://attack.example/techniques/{technique}/',
};
const hash = 'a1B2'.repeat(16);
const urlsOf = (text: Text) => text.flatMap((part) => (part.kind === 'link' ? [part.url] : []));

describe('without a pattern', () => {
  it('values stand alone', () => {
    expect(shown(hashText(hash, 200, {}))).toBe(`\`${hash}\``);
    expect(shown(techniqueText({ id: 'T1059', name: 'Shell' }, 100, { links: {} }))).toBe(
      '`T1059 Shell`',
    );
    expect(hashText(undefined, 200, { links })).toEqual([]);
  });
});

describe('with one', () => {
  it('the site stands behind a hash, which stays as it is to be copied', () => {
    const text = hashText(hash, 200, { links });
    expect(shown(text)).toBe(`\`${hash}\` · link<scan.example>`);
    expect(urlsOf(text)).toEqual([`https://scan.example/file/${hash}?a=b`]);
  });

  test.each([
    ['T1059', 'T1059'],
    ['T1059.001', 'T1059/001'],
  ])('the number of the technique %s leads to %s', (id, path) => {
    const text = techniqueText({ id, name: 'PowerShell' }, 100, { links });
    expect(shown(text)).toBe(`link<${id}> \`PowerShell\``);
    expect(urlsOf(text)).toEqual([`https://attack.example/techniques/${path}/`]);
    expect(shown(techniqueText({ id }, 100, { links }))).toBe(`link<${id}>`);
  });

  test.each(['TA0002', 't1059', 'T1059.01', 'T1059/../x', ' T1059'])('%j has no page', (id) => {
    expect(urlsOf(techniqueText({ id }, 100, { links }))).toEqual([]);
  });

  test.each(['', 'abc', `${hash}/../x`, `${hash} `, '$&'.repeat(20)])('%j leads nowhere', (bad) => {
    expect(urlsOf(hashText(bad, 200, { links }))).toEqual([]);
  });

  it('no text of others changes where a link leads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (text) => {
        const all = [
          ...urlsOf(hashText(text, 200, { links })),
          ...urlsOf(techniqueText({ id: text, name: text }, 100, { links })),
        ];
        for (const url of all)
          expect(url).toMatch(/^https:\/\/(scan|attack)\.example\/[a-z]+\/[0-9a-zA-Z/]+(\?a=b)?$/);
      }),
    );
  });
});

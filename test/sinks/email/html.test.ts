// The two bodies of a mail: everything of the card stands in both, and nothing of others is markup
// or an address.
import { describe, expect, it } from 'vitest';
import { type Card, word } from '../../../src/kit/card.ts';
import { htmlOf, textOf } from '../../../src/sinks/email/html.ts';
import { digestOfGroup, storedDigest } from '../../support/digests.ts';
import { storedEvent } from '../../support/events.ts';
import { messageOf } from '../../support/voice.ts';

const code = (text: string) => ({ kind: 'code', text }) as const;

function card(facts: Partial<Card> = {}): Card {
  return {
    ...{ kind: 'event', severity: 5, sign: '🔴', level: 'CRITICAL' },
    title: [word('Event ID '), code('1203')],
    headline: [word('Ransomware on '), code('<b>PC-1</b>')],
    remarks: [[word('Delayed by 3 min.')]],
    fields: [{ name: [word('File')], value: [code('http://evil.example/"x"')] }],
    details: [{ name: [word('Script')], value: [{ kind: 'block', text: 'a\nb & c' }] }],
    footer: [word('Tocsin')],
    ...facts,
  };
}

describe('the HTML', () => {
  it('shows text of others, and reads no tag and no address in it', () => {
    const html = htmlOf(card());
    expect(html).toMatch(/<code [^<>]*>&#60;b&#62;PC-1&#60;\/b&#62;<\/code>/);
    expect(html).toMatch(/<code [^<>]*>hxxp:\/\/evil\[\.\]example\/&#34;x&#34;<\/code>/);
    expect(html).toMatch(/<code [^<>]*white-space:pre-wrap[^<>]*>a\nb &#38; c<\/code>/);
  });

  it('links to the console’s page, and to nothing that is no web address', () => {
    const link = 'https://console.example/?a=1&b=2';
    expect(htmlOf(card({ link }))).toMatch(
      /<a href="https:\/\/console\.example\/\?a=1&#38;b=2" [^<>]*>Event ID <code [^<>]*>1203<\/code><\/a>/,
    );
    expect(htmlOf(card({ link: 'javascript:alert(1)' }))).not.toContain('<a ');
  });
});

it('loads nothing, and looks right without its sheet: every colour of light stands in a tag', () => {
  const html = htmlOf(card());
  expect(html).not.toMatch(/<(?:img|link|script|iframe|svg)\b|\bsrc=|url\(|@import|@font-face/i);
  const bare = html.replace(/<style>.*?<\/style>/s, '');
  expect(bare).toContain('border-left:6px solid #e03131');
  expect(bare).toMatch(/<body [^<>]*background:#fff;color:#1f2328/);
});

describe('both', () => {
  const shown = (one: Card) => [htmlOf(one), textOf(one)];

  it('say the headline, remarks, facts and footer', () => {
    for (const body of shown(card()))
      for (const text of [
        'CRITICAL',
        'Ransomware',
        'Delayed by 3 min.',
        'File',
        'Script',
        'Tocsin',
      ])
        expect(body).toContain(text);
  });

  it('say the rows of a digest, and how many there are besides', () => {
    const digest = messageOf(storedDigest(digestOfGroup), {}, { can: { table: true } }).card;
    const more = { ...digest, table: { ...digest.table!, more: [word('and 30 more')] } };
    for (const body of shown(more)) {
      expect(body).toContain('and 30 more');
      for (const row of digest.table!.rows)
        for (const [part] of row.filter((cell) => cell.length > 0))
          if (part!.kind === 'word') expect(body).toContain(part!.text);
    }
  });

  it('are whole for an event that says next to nothing', () => {
    for (const body of shown(messageOf(storedEvent({ body: {} })).card))
      expect(body).not.toMatch(/undefined|null|NaN|\[object/);
  });
});

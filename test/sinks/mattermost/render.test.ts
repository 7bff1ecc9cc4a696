// A card as a post: what stands where, in both styles; its golden forms; that nothing of an event
// is obeyed in any part of any form, as three real parsers and a stricter model read it; and that
// it is one post, whatever stands in each field.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Card, Text } from '../../../src/kit/card.ts';
import { word } from '../../../src/kit/card.ts';
import type { Severity, StoredEvent } from '../../../src/kit/event.ts';
import { locales } from '../../../src/kit/locale.ts';
import type { MessageForm } from '../../../src/kit/sink.ts';
import type { Payload } from '../../../src/sinks/mattermost/post.ts';
import { type CardStyle, rendered } from '../../../src/sinks/mattermost/render.ts';
import { activeIn, outsideCode, readable } from '../../contract/syntaxes/mattermost-model.ts';
import { readers } from '../../contract/syntaxes/mattermost-parsers.ts';
import { anyHostile, hugeHostile } from '../../hostile/markdown.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import {
  asMarked,
  drawn,
  factsOf,
  floods,
  meant,
  messageOf,
  notice,
  post,
  sizes,
  type Written,
  withBody,
} from './posts.ts';

const forms: readonly MessageForm[] = ['full', 'short', 'bare'];
const styles: readonly CardStyle[] = ['compact', 'full'];
const attachmentOf = (payload: Payload) => payload.attachments[0]!;

describe('a post', () => {
  const payload = post(storedEvent());

  it('says in its message how bad it is, what happened where, to whom, and whether it was stopped', () => {
    expect(payload.text).toBe(
      '🟠 **HIGH** · Ransomware on `ACCT-PC-07` (`CORP\\somchai`): blocked, **quarantine FAILED**',
    );
    expect(post(storedEvent(), { locale: 'th' }).text).toMatch(
      /^🟠 \*\*HIGH\*\* · .* บน `ACCT-PC-07` \(`CORP\\somchai`\): .*\*\*กักกันไม่สำเร็จ\*\*$/,
    );
  });

  it('has its remarks and its footer in the text that folds, once it has a state or buttons', () => {
    const { card } = messageOf(storedEvent(), { mayBeRepeated: true });
    const look = { style: 'compact' } as const;
    const fresh = rendered(card, look);
    expect(fresh.text).toContain('\nPossibly a repetition');
    expect(fresh.attachment.footer).toContain('1203');
    const state = { kind: 'resolved', text: [word('done')], more: [word('a note')] } as const;
    const actions = [{ name: 'a', label: 'A', token: 't' }];
    for (const living of [
      rendered({ ...card, state }, look),
      rendered({ ...card, actions }, { ...look, actionsUrl: 'http://127.0.0.1/' }),
    ]) {
      expect(living.text).not.toContain('repetition');
      expect(living.attachment.footer).toBeUndefined();
      expect(living.attachment.text).toMatch(/^[^\n]*1203[^\n]*\n(a note\n)?Possibly a repetition/);
    }
    expect(rendered({ ...card, state }, look).text).toMatch(/\ndone$/);
  });

  it('holds no hash and no path in its message', () => {
    const { path, hash } = storedEvent().body.file!;
    expect(payload.text).not.toContain(path);
    expect(payload.text).not.toContain(hash);
  });

  it('has the facts as lines of a text that folds and that the search finds, and no fields', () => {
    expect(attachmentOf(payload).fields).toBeUndefined();
    const { file, device } = storedEvent().body;
    const facts = factsOf(payload);
    expect(Object.keys(facts).slice(0, 3)).toEqual(['Device', 'Outcome', 'File']);
    expect(facts['File Hash']).toBe(`\`${file!.hash}\``);
    for (const value of [device!.ip!, '1203', 'T1059.001', 'CORP\\somchai', file!.path!])
      expect(attachmentOf(payload).text).toContain(value);
  });

  it('has the facts as fields in the style `full`', () => {
    const { fields } = attachmentOf(post(storedEvent(), { style: 'full' }));
    expect(fields!.length).toBeGreaterThan(20);
    expect(fields!.slice(0, 3)).toEqual([
      {
        title: 'Device',
        value: '`ACCT-PC-07` · `192.0.2.17` · `CORP\\somchai`',
        short: true,
      },
      { title: 'Outcome', value: 'blocked → **quarantine FAILED**', short: true },
      { title: 'File', value: '`invoice 2026-02.pdf.exe`', short: true },
    ]);
    expect(fields!.find(({ title }) => title === 'Path')!.short).toBe(true);
    expect(fields!.find(({ title }) => title === 'File Hash')!.short).toBe(false);
  });

  it('leads from its title to the console, and says below whose it is, its number and its time', () => {
    expect(attachmentOf(payload)).toMatchObject({
      title: 'Event ID 1203',
      title_link: 'https://console.example/events/1203',
      footer: 'Deep Instinct Security · Event ID 1203 · 2026-03-01 09:03:04 +07:00',
    });
  });

  it('says in a notification what the message says, without its markup', () => {
    expect(attachmentOf(payload).fallback).toBe(
      'HIGH · Ransomware on ACCT-PC-07 (CORP\\somchai): blocked, quarantine FAILED',
    );
    const forging = post(withBody({ device: { name: 'PC-1 (admin): blocked' } }));
    expect(attachmentOf(forging).fallback).toContain('on “PC-1 (admin): blocked”');
    const long = post(withBody({ device: { name: 'x'.repeat(900) }, user: '@channel' }));
    expect([...attachmentOf(long).fallback].length).toBeLessThanOrEqual(400);
    expect(attachmentOf(long).fallback).toContain('@\u200Bchannel');
  });

  test.each([
    [0, '#8C8C8C', '⚪', 'UNKNOWN'],
    [1, '#0099FF', '🔵', 'INFO'],
    [2, '#00FF00', '🟢', 'LOW'],
    [3, '#FFD700', '🟡', 'MEDIUM'],
    [4, '#FF6600', '🟠', 'HIGH'],
    [5, '#FF0000', '🔴', 'CRITICAL'],
  ] as const)('of severity %i is %s %s %s', (severity: Severity, color, sign, name) => {
    const { text, attachments } = post(storedEvent({ severity }));
    expect(text.startsWith(`${sign} **${name}** · `)).toBe(true);
    expect(attachments[0]!.color).toBe(color);
    expect(attachments[0]!.fallback.startsWith(`${name} · `)).toBe(true);
  });

  it('says below its message what a reader must know before the rest', () => {
    const late = post(withBody({}), {
      delayed: { seconds: 7_200, reason: 'backlog' },
      mayBeRepeated: true,
    });
    expect(late.text.split('\n').slice(1)).toEqual([
      'Delayed by 2 h: many messages were queued. Possibly a repetition: an earlier attempt got no answer.',
    ]);
  });

  it('leaves out what the source did not say', () => {
    for (const body of [{}, { process: {} }]) {
      const silent = post(withBody(body, { status: null, action: null }));
      expect(factsOf(silent)).toEqual({
        Type: 'Malicious file (`STATIC_ANALYSIS`)',
        Severity: 'HIGH',
        'Event ID': '`#4711`',
        Time: '2026-03-01 09:03:04 +07:00',
      });
      expect(JSON.stringify(silent)).not.toMatch(/null|undefined|""|``/);
    }
  });

  it('leaves out what holds nothing to see', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', ' ', '\u0000', '\t\n', '\u00A0\u3000'),
        fc.constantFrom(...styles),
        (nothing, style) => {
          const shown = post(
            eventOfTexts(() => nothing),
            { style },
          );
          for (const value of Object.values(factsOf(shown))) expect(value).toMatch(/[\p{L}\d]/u);
          for (const { value } of attachmentOf(shown).fields ?? [])
            expect(value).toMatch(/[\p{L}\d]/u);
          expect(JSON.stringify(shown)).not.toMatch(/null|undefined|""|``/);
        },
      ),
    );
  });

  it('notifies nobody who has a word of a description or of a message among the own keywords', () => {
    const body = {
      description: 'Known ransomware, asks for bitcoin.',
      comment: 'ransomware again',
    };
    const said = notice('sink_paused', {
      sink: 'soc',
      reason: 'bad_config',
      message: 'No ransomware here.',
    });
    const events = [withBody(body), withBody(body, { type: 'SUSPICIOUS_ACTIVITY' }), said];
    for (const event of events) {
      for (const style of styles) {
        const { text, attachments } = post(event, { style });
        const [{ text: below = '', fields = [] }] = attachments as [(typeof attachments)[0]];
        const running = [text, below, ...fields.map(({ value }) => value)].map(outsideCode);
        expect(JSON.stringify(attachments)).toContain('ransomware');
        expect(running.join(' ')).not.toMatch(/ransomware|bitcoin/);
      }
    }
  });

  it('keeps the lines of a script, below its name, and cuts it in the middle', () => {
    const script = `begin\n${'x\n'.repeat(5_000)}end`;
    const { text } = attachmentOf(post(withBody({ file: { script } })));
    expect(text).toMatch(/^\*\*Script\*\*\n```\nbegin\n(x\n)+x?…x?(\nx)*\nend\n```$/m);
  });

  it('keeps neighbours that are read from right to left in the order of the line', () => {
    const event = withBody({
      device: { name: 'שרת', ip: '192.0.2.1' },
      user: 'מסמך',
      tenant: { name: 'מאפייה', provider: 'ספק' },
    });
    const payload = post(event);
    expect(payload.text).toContain('on `שרת`\u200E (`מסמך`\u200E)');
    expect(attachmentOf(payload).fallback).toContain('on שרת\u200E (מסמך\u200E)');
    expect(factsOf(payload)).toMatchObject({
      Device: '`שרת`\u200E · `192.0.2.1` · `מסמך`\u200E',
      'Tenant / MSP': '`מאפייה`\u200E / `ספק`\u200E',
    });
  });

  it('shows each value so that it can be read', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~][ -~]{0,30}[!-~]$/), (text) => {
        const expected = text.replace(/\[\.\]|hxxp|\[:\]/gi, '').trim();
        const shown = factsOf(post(eventOfTexts(() => expected)));
        for (const name of ['File', 'Path', 'File Hash', 'Target'])
          expect(readable(shown[name] ?? '``')).toBe(expected);
      }),
    );
  });
});

describe.each(locales)('the golden post in %s', (locale) => {
  const since = '2026-03-01T00:00:00.000Z';
  const until = '2026-03-01T02:00:00.000Z';
  const of = (event: StoredEvent, written: Written = {}) => post(event, { locale, ...written });
  const ofNotice = (...said: Parameters<typeof notice>) => of(notice(...said));
  const cases: Record<string, Payload> = {
    event: of(storedEvent({ severity: 5 })),
    event_full: of(storedEvent({ severity: 5 }), { style: 'full' }),
    suspicious: of(storedEvent({ stream: 'suspicious', severity: 2 }), { showTenant: false }),
    short: of(storedEvent(), { form: 'short' }),
    bare: of(storedEvent(), { form: 'bare' }),
    delayed: of(withBody({}), { delayed: { seconds: 7_200, reason: 'sink' } }),
    elsewhere: of(withBody({}), { refusedChannel: 'soc' }),
    watching: ofNotice('watching', {
      source: 'deepinstinct_events',
      from: since,
      host: 'console.example',
    }),
    source_reset: ofNotice('source_reset', {
      source: 'di',
      message: 'console.example began anew. Run `tocsin source reset di`.',
    }),
    source_rejected: ofNotice('source_rejected', {
      source: 'di',
      message: 'console.example answered 401.',
    }),
    sink_paused: ofNotice('sink_paused', {
      sink: 'soc',
      reason: 'bad_config',
      message: 'chat.example answered 404.',
    }),
    sink_failing: ofNotice('sink_failing', { sink: 'soc', unreached: 'timeout', since }),
    sink_back: ofNotice('sink_back', { sink: 'soc', since, until }),
    credential_ending: ofNotice('credential_ending', {
      source: 'di',
      ends: '2026-03-15T00:00:00.000Z',
    }),
    credential_renewed: ofNotice('credential_renewed', { source: 'di' }),
    deliveries_dead: ofNotice('deliveries_dead', { sink: 'soc', count: '3' }),
    deliveries_dead_over: ofNotice('deliveries_dead_over', { sink: 'soc' }),
    clock_leapt: ofNotice('clock_leapt', { seconds: '-3600', now: since }),
    database_failing: ofNotice('database_failing', { since, reason: 'its disk is full (53100)' }),
    database_back: ofNotice('database_back', { since, until }),
    sample: ofNotice('sample', { sink: 'soc' }),
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const file = new URL(`../../fixtures/mattermost/${name}.${locale}.json`, import.meta.url);
    await expect(`${JSON.stringify(cases[name], null, 2)}\n`).toMatchFileSnapshot(file.pathname);
  });

  test.each(Object.keys(cases))('%s is only shown', (name) => {
    expect(activeIn(cases[name]!, meant)).toEqual([]);
  });
});

describe('our own words look as they are written', () => {
  const cardOf = (headline: Text, more: Partial<Card> = {}): Card => ({
    kind: 'notice',
    severity: 1,
    sign: '🔵',
    level: 'INFO',
    title: [word('T')],
    headline,
    remarks: [],
    fields: [],
    details: [],
    footer: [word('F')],
    ...more,
  });
  const shown = (headline: Text, more: Partial<Card> = {}) =>
    rendered(cardOf(headline, more), { style: 'compact' }).text.replace('🔵 **INFO** · ', '');
  const strong = (text: string) => ({ kind: 'word', text, isStrong: true }) as const;
  const code = (text: string) => ({ kind: 'code', text }) as const;

  test.each<[string, Text, string]>([
    ['strong words', [word('was '), strong('not'), word(' read')], 'was **not** read'],
    ['strong words with blanks around them', [strong(' a '), code('b')], ' **a** `b`'],
    ['strong blanks', [word('a'), strong(' '), word('b')], 'a b'],
    ['a value behind a blank', [word('on '), code('PC')], 'on `PC`'],
    ['a value in brackets', [word('('), code('PC'), word(')')], '(`PC`)'],
    ['a value that touches words', [word('x'), code('a@b.co')], 'x\u200B`a@b.co`'],
    ['values that touch', [code('a'), code('b')], '`a`\u200B`b`'],
    ['a tag', [word('#tag')], '\\#\u200Btag'],
    ['a mention', [word('@channel')], '@\u200Bchannel'],
    ['a channel', [word('~town-square')], '\\~\u200Btown-square'],
    ['markup', [word('[x](y) *a* _b_ `c`')], '\\[x\\](y) \\*a\\* \\_b\\_ ˋcˋ'],
    ['an address', [word('https://a.co/b')], 'https:\u200B//a\\.co/b'],
    [
      'a link',
      [{ kind: 'link', text: '[1]', url: 'https://a.co/(x)' }],
      '[\\[1\\]](https://a.co/%28x%29)',
    ],
    ['a link to nowhere', [{ kind: 'link', text: '1', url: 'javascript:alert(1)' }], '1'],
    ['a time', [{ kind: 'time', text: '09:03:04', iso: '' }], '09:03:04'],
  ])('%s', (_title, headline, expected) => {
    expect(shown(headline)).toBe(expected);
  });

  test.each(['- a', '+ a', '1. a', '12) a', '===', '---'])('a line that begins %j', (text) => {
    const [, line] = shown([word('h')], { remarks: [[word(text)]] }).split('\n');
    expect(line).toBe(`\u200B${text}`);
  });

  test('a fact without a name is its value alone', () => {
    const { attachment } = rendered(cardOf([], { details: [{ name: [], value: [word('- v')] }] }), {
      style: 'full',
    });
    expect(attachment).toMatchObject({ text: '\u200B- v', fields: undefined });
  });

  test('a title has no emphasis and no link of its own, since clients give it both', () => {
    const title: Text = [
      strong('a'),
      word(' '),
      { kind: 'link', text: 'b', url: 'https://a.co' },
      code('**c**'),
    ];
    const { attachment } = rendered(cardOf([], { title }), { style: 'compact' });
    expect(attachment.title).toBe('a b\u200B`∗∗c∗∗`');
  });

  test('fields are fields as long as a client draws them, then lines', () => {
    const details = Array.from({ length: 40 }, (_, n) => ({
      name: [word(`N${n}`)],
      value: [code(n % 2 === 0 ? 'a' : 'b'.repeat(70))],
    }));
    const { attachment } = rendered(cardOf([], { details }), { style: 'full' });
    const lines = attachment.text!.split('\n').length;
    expect(attachment.fields!.length).toBeGreaterThanOrEqual(16);
    expect(attachment.fields!.length + lines).toBe(40);
  });
});

it('renders a field that stands in many cards as it would anew', () => {
  const { card } = messageOf(storedEvent());
  const constant = [...card.fields, ...card.details].filter((field) => field.constant);
  expect(constant.length).toBeGreaterThan(8);
  const shown = (): unknown => rendered(card, { style: 'compact' });
  const anew = (fields: Card['fields']) => fields.map(({ name, value }) => ({ name, value }));
  const copied = { ...card, fields: anew(card.fields), details: anew(card.details) };
  const [first, second] = [shown(), shown()];
  expect(first).toEqual(rendered(copied, { style: 'compact' }));
  expect(second).toEqual(first);
});

describe('nothing of an event is obeyed', () => {
  const runs = Number(process.env.PARSER_RUNS ?? 400);
  const hostileEvent = fc.array(anyHostile, { minLength: 3, maxLength: 6 }).map((texts) => {
    let next = 0;
    return eventOfTexts(() => texts[next++ % texts.length]!);
  });

  test('in any part of any form, as a model reads it that sees too much', () => {
    fc.assert(
      fc.property(
        hostileEvent,
        fc.constantFrom(...forms),
        fc.constantFrom(...styles),
        (event, form, style) => {
          expect(activeIn(post(event, { form, style }), meant)).toEqual([]);
        },
      ),
      { numRuns: 2 * runs },
    );
  });

  test.each(Object.entries(readers))('in any part of any form, as %s reads it', (_name, read) => {
    fc.assert(
      fc.property(
        hostileEvent,
        fc.constantFrom(...forms),
        fc.constantFrom(...styles),
        (event, form, style) => {
          for (const [text, expected] of drawn(messageOf(event, { form }), { style }))
            expect(asMarked(read(text))).toEqual({ ...expected, others: [] });
        },
      ),
      { numRuns: runs },
    );
  });

  test('in a notice', () => {
    fc.assert(
      fc.property(anyHostile, anyHostile, (text, other) => {
        const event = notice('sink_paused', {
          sink: text,
          reason: other,
          message: text,
          more: other,
        });
        expect(activeIn(post(event), meant)).toEqual([]);
        for (const read of Object.values(readers))
          for (const [shown, expected] of drawn(messageOf(event)))
            expect(asMarked(read(shown))).toEqual({ ...expected, others: [] });
      }),
      { numRuns: runs },
    );
  });
});

describe('the size', () => {
  const everything = (text: string, written: Written) => {
    const event = eventOfTexts(() => text);
    const techniques = Array.from({ length: 200 }, () => ({ id: text, name: text, tactic: text }));
    const many = { ...event, severity: 5 as const, body: { ...event.body, techniques } };
    return sizes(
      post(many, {
        mention: `@${'m'.repeat(64)}`,
        username: 'ก'.repeat(64),
        iconUrl: `https://example.com/${'i'.repeat(900)}`,
        channel: 'c'.repeat(64),
        refusedChannel: 'c'.repeat(64),
        delayed: { seconds: 7_200, reason: 'sink' },
        mayBeRepeated: true,
        ...written,
      }),
    );
  };
  const expectOnePost = (text: string, written: Written) => {
    const { bytes, text: line, attachment, blocks } = everything(text, written);
    expect(bytes).toBeLessThan(90_000);
    expect(line).toBeLessThanOrEqual(12_000);
    expect(attachment).toBeLessThan(16_000);
    expect(blocks).toBeLessThanOrEqual(90);
  };
  const anyLocale = fc.constantFrom(...locales);

  test('of a post with everything in it is that of one, whatever 100 kB stand in each field', () => {
    fc.assert(
      fc.property(hugeHostile, anyLocale, fc.constantFrom(...styles), (text, locale, style) =>
        expectOnePost(text, { locale, style }),
      ),
      { numRuns: 60 },
    );
  });

  test.each(floods)('of %j is under every limit in all forms', (unit) => {
    for (const length of [100_000, 1_000, 70, 30]) {
      const text = unit.repeat(Math.ceil(length / unit.length));
      for (const locale of locales) {
        for (const style of styles) expectOnePost(text, { locale, style });
        expect(everything(text, { locale, form: 'short' }).bytes).toBeLessThan(8_000);
        expect(everything(text, { locale, form: 'bare' }).bytes).toBeLessThan(4_000);
      }
    }
  });

  test('of a short post is under 8 kB, whatever 100 kB stand in each field', () => {
    fc.assert(
      fc.property(hugeHostile, anyLocale, (text, locale) => {
        expect(everything(text, { locale, form: 'short' }).bytes).toBeLessThan(8_000);
      }),
      { numRuns: 60 },
    );
  });

  test('of a notice is bounded, too', () => {
    fc.assert(
      fc.property(hugeHostile, fc.constantFrom(...styles), (text, style) => {
        const values = Object.fromEntries(
          Array.from({ length: 50 }, (_, n) => [`${text.slice(0, 200)}${n}`, text]),
        );
        const event = notice('sink_paused', { ...values, sink: text, message: text });
        const { bytes, text: line, attachment, blocks } = sizes(post(event, { style }));
        expect(bytes).toBeLessThan(90_000);
        expect(line).toBeLessThanOrEqual(12_000);
        expect(attachment).toBeLessThan(16_000);
        expect(blocks).toBeLessThanOrEqual(90);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a bare post', () => {
  test.each(locales)('says which of the streams its number is of, in %s', (locale) => {
    const [event, suspicious] = ['event', 'suspicious'].map((stream) => {
      const { text, attachments } = post(storedEvent({ stream }), { form: 'bare', locale });
      return [text, attachments[0]!.title, attachments[0]!.fallback];
    });
    for (const [n, text] of event!.entries()) expect(suspicious![n]).not.toBe(text);
  });

  it('holds the number only if it is one', () => {
    const textOf = (itemId: string) => post(withBody({ itemId }), { form: 'bare' }).text;
    expect(textOf('1203')).toBe('🟠 **HIGH** · Event ID 1203');
    expect(textOf('@channel')).toBe('🟠 **HIGH** · Event ID 4711');
  });
});

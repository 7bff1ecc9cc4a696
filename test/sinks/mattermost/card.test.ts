// The card: its golden forms, how long it may get, and that nothing of an event is obeyed in any of
// its fields.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageForm } from '../../../src/kit/sink.ts';
import { en } from '../../../src/sinks/mattermost/locales/en.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { card, fields, notice, sizes, withBody } from './cards.ts';
import { anyHostile, hugeHostile } from './hostile.ts';
import { activeIn, readable } from './model.ts';

const forms: readonly MessageForm[] = ['full', 'short', 'bare'];

describe.each(['en', 'th'] as const)('the golden card in %s', (locale) => {
  const cases: Record<string, ReturnType<typeof card>> = {
    event: card(storedEvent({ severity: 5 }), {}, locale),
    suspicious: card(
      storedEvent({ stream: 'suspicious', severity: 2 }),
      { showTenant: false },
      locale,
    ),
    short: card(storedEvent(), { form: 'short' }, locale),
    bare: card(storedEvent(), { form: 'bare' }, locale),
    delayed: card(withBody({}), { delayed: { seconds: 7_200, reason: 'sink' } }, locale),
    watching: card(
      notice('watching', {
        source: 'deepinstinct_events',
        from: '2026-03-01T00:00:00.000Z',
        host: 'console.example',
      }),
      {},
      locale,
    ),
    source_reset: card(
      notice('source_reset', {
        source: 'di',
        message: 'console.example began anew. Run `tocsin source reset di`.',
      }),
      {},
      locale,
    ),
    source_rejected: card(
      notice('source_rejected', { source: 'di', message: 'console.example answered 401.' }),
      {},
      locale,
    ),
    sink_paused: card(
      notice('sink_paused', {
        sink: 'soc',
        reason: 'bad_config',
        message: 'chat.example answered 404.',
      }),
      {},
      locale,
    ),
    sink_failing: card(
      notice('sink_failing', {
        sink: 'soc',
        reason: 'unreachable',
        since: '2026-03-01T00:00:00.000Z',
      }),
      {},
      locale,
    ),
    credential_ending: card(
      notice('credential_ending', { source: 'di', ends: '2026-03-15T00:00:00.000Z' }),
      {},
      locale,
    ),
    credential_renewed: card(notice('credential_renewed', { source: 'di' }), {}, locale),
    deliveries_dead: card(notice('deliveries_dead', { sink: 'soc', count: '3' }), {}, locale),
    deliveries_dead_over: card(notice('deliveries_dead_over', { sink: 'soc' }), {}, locale),
    sink_back: card(
      notice('sink_back', {
        sink: 'soc',
        since: '2026-03-01T00:00:00.000Z',
        until: '2026-03-01T02:00:00.000Z',
      }),
      {},
      locale,
    ),
    clock_leapt: card(
      notice('clock_leapt', { seconds: '-3600', now: '2026-03-01T00:00:00.000Z' }),
      {},
      locale,
    ),
    database_failing: card(
      notice('database_failing', {
        since: '2026-03-01T00:00:00.000Z',
        reason: 'its disk is full (53100)',
      }),
      {},
      locale,
    ),
    database_back: card(
      notice('database_back', {
        since: '2026-03-01T00:00:00.000Z',
        until: '2026-03-01T02:00:00.000Z',
      }),
      {},
      locale,
    ),
    sample: card(notice('sample', { sink: 'soc' }), {}, locale),
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const file = new URL(`../../fixtures/mattermost/${name}.${locale}.json`, import.meta.url);
    await expect(`${JSON.stringify(cases[name], null, 2)}\n`).toMatchFileSnapshot(file.pathname);
  });

  test.each(Object.keys(cases))('%s is only shown', (name) => {
    expect(activeIn(cases[name]!, [/\*\*[A-Z]+\*\*/.exec(cases[name]!.text)?.[0] ?? ''])).toEqual(
      [],
    );
  });
});

describe('what the card shows', () => {
  test('device, file name and hash stand in the line, where search finds them', () => {
    const { text } = card(storedEvent());
    const { device, file } = storedEvent().body;
    for (const value of [device!.name!, file!.name!, file!.hash!])
      expect(text).toContain(`\`${value}\``);
  });

  test('neighbours that are read from right to left stand in the order of the line', () => {
    const event = withBody({
      device: { name: 'שרת' },
      file: { name: 'מסמך', hash: '0'.repeat(64) },
    });
    const { text, attachments } = card(event);
    expect(text).toContain('`שרת`\u200E · `מסמך`\u200E · `000');
    expect(attachments[0]!.fallback).toMatch(/שרת\u200E, מסמך\u200E$/);
    const tenant = withBody({ tenant: { name: 'מאפייה', provider: 'ספק' } });
    expect(fields(tenant)[en.tenant]).toBe('`מאפייה`\u200E / `ספק`\u200E');
  });

  test('what the source did not say is left out', () => {
    const event = withBody({}, { status: null, action: null });
    expect(fields(event)).toEqual({
      'Event ID': '`#4711`',
      Type: '`STATIC_ANALYSIS`',
      Severity: 'HIGH',
      Timestamp: '2026-03-01 09:03:04 +07:00',
    });
    expect(JSON.stringify(card(event))).not.toMatch(/null|undefined|""|``/);
  });
});

describe('nothing of an event is obeyed', () => {
  test('in any field of any form', () => {
    fc.assert(
      fc.property(
        fc.array(anyHostile, { minLength: 3, maxLength: 6 }),
        fc.constantFrom(...forms),
        (texts, form) => {
          let next = 0;
          const event = eventOfTexts(() => texts[next++ % texts.length]!);
          expect(activeIn(card(event, { form }), ['**HIGH**'])).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('and each value can be read', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~][ -~]{0,30}[!-~]$/), (text) => {
        const shown = fields(eventOfTexts(() => text.replace(/\[\.\]|hxxp|\[:\]/gi, '')));
        const expected = text.replace(/\[\.\]|hxxp|\[:\]/gi, '').trim();
        for (const title of ['Device', 'User', 'File Name', 'Path', 'File Hash', 'Target']) {
          expect(readable(shown[title] ?? '``')).toBe(expected);
        }
      }),
    );
  });
});

describe('the size', () => {
  const everything = (text: string, form: MessageForm, locale: 'en' | 'th') => {
    const event = eventOfTexts(() => text);
    const techniques = Array.from({ length: 200 }, () => ({ id: text, name: text, tactic: text }));
    const many = { ...event, severity: 5 as const, body: { ...event.body, techniques } };
    const iconUrl = `https://example.com/${'i'.repeat(900)}`;
    const options = {
      mention: `@${'m'.repeat(64)}`,
      username: 'ก'.repeat(64),
      iconUrl,
      channel: 'c'.repeat(64),
      refusedChannel: 'c'.repeat(64),
    };
    return card(many, { form, delayed: { seconds: 7_200, reason: 'sink' } }, locale, options);
  };

  test('of a card with everything in it is one post, whatever 100 kB stand in each field', () => {
    fc.assert(
      fc.property(hugeHostile, fc.constantFrom('en' as const, 'th' as const), (text, locale) => {
        const { bytes, text: line, attachment, blocks } = sizes(everything(text, 'full', locale));
        expect(bytes).toBeLessThan(90_000);
        expect(line).toBeLessThanOrEqual(12_000);
        expect(attachment).toBeLessThan(16_000);
        expect(blocks).toBeLessThanOrEqual(90);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['😀', '👩🏽‍💻', '\\', '"', '<!', '*', '\u202E', 'ก', '<|', 'x ', '\n'])(
    'of %j is under every limit in all forms',
    (unit) => {
      const text = unit.repeat(Math.ceil(100_000 / unit.length));
      for (const locale of ['en', 'th'] as const) {
        const full = sizes(everything(text, 'full', locale));
        expect(full.bytes).toBeLessThan(90_000);
        expect(full.attachment).toBeLessThan(16_000);
        expect(full.blocks).toBeLessThanOrEqual(90);
        expect(sizes(everything(text, 'short', locale)).bytes).toBeLessThan(8_000);
        expect(sizes(everything(text, 'bare', locale)).bytes).toBeLessThan(4_000);
      }
    },
  );

  test('of a short card is under 8 kB, whatever 100 kB stand in each field', () => {
    fc.assert(
      fc.property(hugeHostile, fc.constantFrom('en' as const, 'th' as const), (text, locale) => {
        expect(sizes(everything(text, 'short', locale)).bytes).toBeLessThan(8_000);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['en', 'th'] as const)(
    'a bare card says which of the streams its number is of, in %s',
    (locale) => {
      const texts = ['event', 'suspicious'].map((stream) =>
        card(storedEvent({ stream }), { form: 'bare' }, locale),
      );
      const [event, suspicious] = texts.map(({ text, attachments: [one] }) => [
        text,
        one!.title,
        one!.fallback,
      ]);
      for (const [n, text] of event!.entries()) expect(suspicious![n]).not.toBe(text);
    },
  );

  test('a bare card holds the number only if it is one', () => {
    expect(card(withBody({ itemId: '1203' }), { form: 'bare' }).text).toBe(
      '🟠 **HIGH** · Event ID 1203',
    );
    expect(card(withBody({ itemId: '@channel' }), { form: 'bare' }).text).toBe(
      '🟠 **HIGH** · Event ID 4711',
    );
  });
});

test('the mention has a threshold, which a notice of Tocsin itself never reaches', () => {
  const options = { mention: '@soc', mentionFrom: 'LOW' };
  expect(card(storedEvent({ severity: 2 }), {}, 'en', options).text).toContain(' @soc');
  expect(card(storedEvent({ severity: 1 }), {}, 'en', options).text).not.toContain('@soc');
  const alarm = { ...notice('source_failing', {}), severity: 4 as const };
  expect(card(alarm, {}, 'en', options).text).not.toContain('@soc');
});

// The card: what it shows, what it leaves out, how long it may get, and that nothing of an event is
// obeyed in any of its fields.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventBody, Notice, Severity, StoredEvent } from '../../../src/kit/event.ts';
import { createProductOf } from '../../../src/kit/product.ts';
import type { Message, MessageForm } from '../../../src/kit/sink.ts';
import { cardOf } from '../../../src/sinks/mattermost/card.ts';
import { en } from '../../../src/sinks/mattermost/locales/en.ts';
import { createWording } from '../../../src/sinks/mattermost/wording.ts';
import { sources } from '../../../src/sources/index.ts';
import { eventOfTexts, storedEvent } from '../../support/events.ts';
import { anyHostile, hugeHostile } from './hostile.ts';
import { activeIn, attachmentLength, blocksOf, outsideCode, readable } from './model.ts';

const wordings = {
  en: createWording('en', 'Asia/Bangkok'),
  th: createWording('th', 'Asia/Bangkok'),
};
const productOf = createProductOf([], sources);
const forms: readonly MessageForm[] = ['full', 'short', 'bare'];

function card(
  event: StoredEvent,
  more: Partial<Message> = {},
  locale: 'en' | 'th' = 'en',
  options = {},
) {
  const message: Message = { event, form: 'full', showTenant: true, ...more };
  return cardOf(message, 'delivery-1', {
    wording: wordings[locale],
    productOf,
    hasPriority: false,
    ...options,
  });
}

function withBody(body: EventBody, more: Partial<StoredEvent> = {}): StoredEvent {
  return storedEvent({ body, ...more });
}

/** Titles to values of a card's fields. */
function fields(event: StoredEvent, more: Partial<Message> = {}): Record<string, string> {
  const [attachment] = card(event, more).attachments;
  return Object.fromEntries(attachment!.fields.map(({ title, value }) => [title, value]));
}

const notice = (kind: Notice['kind'], values: Notice['values']): StoredEvent =>
  storedEvent({
    source: 'tocsin',
    stream: 'notice',
    type: kind.toUpperCase(),
    severity: 1,
    body: { notice: { kind, values } },
  });

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

test.each([
  ['en', '1', '1', '1 event came in 1 digest.'],
  ['en', '56', '1', '56 events came in 1 digest.'],
  ['en', '56', '4', '56 events came in 4 digests.'],
  ['th', '56', '1', '56 เหตุการณ์มาในสรุปรวม 1 ฉบับ'],
] as const)('a storm’s end says in %s that %s in %s came', (locale, count, digests, words) => {
  const shown = card(
    notice('storm_over', { sink: 'soc', since: '2026-03-01T00:00:00.000Z', count, digests }),
    {},
    locale,
  );
  expect(shown.text).toContain(words);
  expect(shown.attachments[0]!.fallback).toContain(words);
  expect(shown.attachments[0]!.fields.map(({ title }) => title)).not.toContain('count');
});

test('a silence’s end says that it hid one event', () => {
  const shown = card(
    notice('silence_over', { silence: '1', owner: 'anna', reason: 'ended', count: '1' }),
  );
  expect(shown.text).toContain('It hid 1 event.');
});

describe('what the card shows', () => {
  test.each([
    [0, '#8C8C8C', '⚪', 'UNKNOWN'],
    [1, '#0099FF', '🔵', 'INFO'],
    [2, '#00FF00', '🟢', 'LOW'],
    [3, '#FFD700', '🟡', 'MEDIUM'],
    [4, '#FF6600', '🟠', 'HIGH'],
    [5, '#FF0000', '🔴', 'CRITICAL'],
  ] as const)('severity %i is %s %s %s', (severity: Severity, color, sign, name) => {
    const { text, attachments } = card(storedEvent({ severity }));
    expect(text.startsWith(`${sign} **${name}** · `)).toBe(true);
    expect(attachments[0]).toMatchObject({ color, title: `${sign} New Event Detected` });
    expect(attachments[0]!.fallback).toContain(name);
  });

  test('the vendor’s word for the severity stands beside ours if it differs', () => {
    expect(fields(withBody({ severityRaw: 'VERY_HIGH' }, { severity: 5 })).Severity).toBe(
      'CRITICAL (`VERY_HIGH`)',
    );
    expect(fields(withBody({ severityRaw: 'HIGH' }, { severity: 4 })).Severity).toBe('HIGH');
  });

  test('an action that failed afterwards stands out, in the line too', () => {
    const event = withBody({ lastAction: 'QUARANTINE_FAILED' });
    expect(fields(event)['Last Action']).toBe('⚠ `QUARANTINE_FAILED`');
    expect(card(event).text).toContain('⚠ `PREVENTED` → `QUARANTINE_FAILED`');
    const fine = withBody({ lastAction: 'QUARANTINE_SUCCESS' });
    expect(fields(fine)['Last Action']).toBe('`QUARANTINE_SUCCESS`');
    expect(card(fine).text).not.toContain('⚠');
  });

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

  test('fields that hold nothing to see are left out', () => {
    fc.assert(
      fc.property(fc.constantFrom('', ' ', '\u0000', '\t\n', '\u00A0\u3000'), (nothing) => {
        const shown = card(eventOfTexts(() => nothing));
        for (const { value } of shown.attachments[0]!.fields) expect(value).toMatch(/[\p{L}\d]/u);
        expect(JSON.stringify(shown)).not.toMatch(/null|undefined|""|``/);
      }),
    );
  });

  test('once is no recurrence, and one device no crowd', () => {
    expect(fields(withBody({ recurrence: 1, affectedDevices: 1 }))).not.toHaveProperty(
      'Recurrence',
    );
    const several = fields(withBody({ recurrence: 9, affectedDevices: 2 }));
    expect(several).toMatchObject({ Recurrence: '9', 'Affected Devices': '2' });
  });

  test('the tenant is named where several are', () => {
    const event = withBody({ tenant: { name: 'บริษัท ก', provider: 'MSP B' } });
    expect(fields(event, { showTenant: true })['Tenant / MSP']).toBe('`บริษัท ก` / `MSP B`');
    expect(fields(event, { showTenant: false })).not.toHaveProperty('Tenant / MSP');
  });

  test('a word of a description or of a message notifies nobody who has it among the own keywords', () => {
    const body = {
      description: 'Known ransomware, asks for bitcoin.',
      comment: 'ransomware again',
    };
    const said = notice('sink_paused', {
      sink: 'soc',
      reason: 'bad_config',
      message: 'No ransomware here.',
    });
    for (const event of [withBody(body), said]) {
      const [attachment] = card(event).attachments;
      const running = attachment!.fields.map(({ value }) => outsideCode(value)).join(' ');
      expect(JSON.stringify(attachment)).toContain('ransomware');
      expect(running).not.toMatch(/ransomware|bitcoin/);
    }
  });

  test('a script keeps its lines, and is cut in the middle', () => {
    const script = `begin\n${'x\n'.repeat(5_000)}end`;
    const shown = fields(withBody({ file: { script } })).Script!;
    expect(shown).toMatch(/^```\nbegin\n(x\n)+x?…x?(\nx)*\nend\n```$/);
  });

  test('a process shows its command, its user and its number', () => {
    const process = { name: 'a.exe', commandLine: 'rundll32 b.dll,Run', user: 'CORP\\x', id: 12 };
    expect(fields(withBody({ process })).Process).toBe(
      '`a.exe` · `rundll32 b.dll,Run` · `CORP\\x` · PID 12',
    );
    expect(fields(withBody({ process: { name: 'a.exe', commandLine: 'a.exe /q' } })).Process).toBe(
      '`a.exe /q`',
    );
    expect(fields(withBody({ process: {} }))).not.toHaveProperty('Process');
  });

  test('the time is that of the operator’s zone with its offset; without one, the next that is known', () => {
    const zone = (timeZone: string) =>
      createWording('en', timeZone).time('2026-07-01T23:59:59.999Z');
    expect(zone('Asia/Bangkok')).toBe('2026-07-02 06:59:59 +07:00');
    expect(zone('UTC')).toBe('2026-07-01 23:59:59 +00:00');
    expect(zone('America/New_York')).toBe('2026-07-01 19:59:59 -04:00');
    expect(zone('Asia/Kathmandu')).toBe('2026-07-02 05:44:59 +05:45');
    const observed = withBody({ observedAt: '2026-03-01T00:00:00Z' }, { occurredAt: null });
    expect(fields(observed)).toMatchObject({ [en.timeObserved]: '2026-03-01 07:00:00 +07:00' });
    const arrived = fields(withBody({}, { occurredAt: 'soon' }));
    expect(arrived).toMatchObject({ [en.timeReceived]: '2026-03-01 09:03:09 +07:00' });
    expect(arrived).not.toHaveProperty(en.timestamp);
  });

  test.each([
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'America/St_Johns',
    'Africa/Monrovia',
    'Etc/GMT+12',
  ])(
    'the time in %s is what its calendar says, on either side of each change of the clocks and in old years',
    (timeZone) => {
      const { time } = createWording('en', timeZone);
      const calendar = new Intl.DateTimeFormat('sv-SE', {
        timeZone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const isSame = (ms: number) =>
        time(new Date(ms).toISOString()).startsWith(`${calendar.format(ms)} `);
      const halfHours = Array.from({ length: 366 * 48 }, (_, n) => Date.UTC(2024) + n * 1_800_000);
      const old = Array.from({ length: 80 * 12 }, (_, n) => Date.UTC(1900, n) + 1000);
      expect([...halfHours, ...old].filter((ms) => !isSame(ms))).toEqual([]);
    },
  );

  test.each([
    ['https://console.example/events/1203', 'https://console.example/events/1203'],
    ['http://console.example:8080/', 'http://console.example:8080/'],
    [
      'https://console.example/a) [x](https://evil.example',
      'https://console.example/a%29%20[x]%28https://evil.example',
    ],
    ['javascript:alert(1)', undefined],
    ['mmaction://x', undefined],
    ['https://u:p@console.example/', undefined],
    ['/relative', undefined],
    [`https://console.example/${'a'.repeat(1_000)}`, undefined],
  ])('the link %s becomes %s', (link, shown) => {
    expect(card(withBody({ link })).attachments[0]!.title_link).toBe(shown);
  });

  test.each([
    [60, '1 min'],
    [1_800, '30 min'],
    [7_200, '2 h'],
    [86_400 * 3, '3 d'],
  ])('a delay of %i seconds is said as %s', (seconds, span) => {
    const { text } = card(storedEvent(), { delayed: { seconds, reason: 'backlog' } });
    expect(text.split('\n')[1]).toBe(`⏳ delayed ${span}: backlog`);
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

  test('in a notice', () => {
    fc.assert(
      fc.property(anyHostile, anyHostile, (text, other) => {
        const event = notice('sink_paused', {
          sink: text,
          reason: other,
          message: text,
          more: other,
        });
        expect(activeIn(card(event), ['**INFO**'])).toEqual([]);
      }),
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
  const sizes = (post: ReturnType<typeof card>) => ({
    bytes: Buffer.byteLength(JSON.stringify(post)),
    text: [...post.text].length,
    attachment: attachmentLength(post),
    blocks: blocksOf({ ...post.attachments[0] }),
  });
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

  test('of a notice is bounded, too', () => {
    fc.assert(
      fc.property(hugeHostile, (text) => {
        const values = Object.fromEntries(
          Array.from({ length: 50 }, (_, n) => [`${text.slice(0, 200)}${n}`, text]),
        );
        const {
          bytes,
          text: line,
          attachment,
          blocks,
        } = sizes(card(notice('sink_paused', { ...values, sink: text, message: text })));
        expect(bytes).toBeLessThan(90_000);
        expect(line).toBeLessThanOrEqual(12_000);
        expect(attachment).toBeLessThan(16_000);
        expect(blocks).toBeLessThanOrEqual(90);
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

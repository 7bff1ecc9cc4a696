// A digest as a post: what it shows and leaves out, how long it may get, and that nothing of its
// events is obeyed, least of all in the table.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMarkdown } from '../../../simulators/markdown/index.ts';
import { parsePayload } from '../../../simulators/mattermost/payload.ts';
import { draftPosts } from '../../../simulators/mattermost/post.ts';
import { composeDigest, type DigestContext } from '../../../src/core/deliver/digest.ts';
import type { Digest, DigestMember, MessageForm, Severity } from '../../../src/kit/event.ts';
import type { Message } from '../../../src/kit/sink.ts';
import { cardOf } from '../../../src/sinks/mattermost/card.ts';
import { createWording } from '../../../src/sinks/mattermost/wording.ts';
import { digestOfGroup, digestOfStorm, storedDigest } from '../../support/digests.ts';
import { anyHostile, hugeHostile } from './hostile.ts';
import { activeIn, attachmentLength, blocksOf, type PostBody } from './model.ts';

const wordings = {
  en: createWording('en', 'Asia/Bangkok'),
  th: createWording('th', 'Asia/Bangkok'),
};

function post(
  digest: Digest,
  more: Partial<Message> = {},
  locale: 'en' | 'th' = 'en',
  options = {},
) {
  const message: Message = { event: storedDigest(digest), form: 'full', showTenant: true, ...more };
  return cardOf(message, 'delivery-1', {
    wording: wordings[locale],
    hasPriority: false,
    ...options,
  });
}

type Card = ReturnType<typeof post>;
const titlesOf = (card: Card) => card.attachments[0]!.fields.map(({ title }) => title);
const fieldOf = (card: Card, wanted: string) =>
  card.attachments[0]!.fields.find(({ title }) => title === wanted)?.value;

const startMs = Date.parse('2026-03-01T02:00:00.000Z');
const unsaid = {
  device: undefined,
  fileHash: undefined,
  fileName: undefined,
  itemId: undefined,
  link: undefined,
};
function digestOf(
  members: readonly Partial<DigestMember>[],
  context: Partial<DigestContext> = {},
): Digest {
  const all = members.map((more, n) => ({
    ...unsaid,
    eventId: n + 1,
    severity: 3 as const,
    type: 'PUA',
    receivedAtMs: startMs,
    ...more,
  }));
  return composeDigest(all, { kind: 'group', before: 0, route: 'night', by: [], ...context });
}

/**
 * The channel's reading of the table: cells as they are written, by row; the heads are the first.
 */
function tableIn(value: string) {
  const blocks = parseMarkdown(value);
  const [table, after] = blocks;
  if (table?.kind !== 'table') throw new Error('no table');
  return { table, after, blocks: blocks.length };
}

/**
 * All that is active in a post beyond a digest's own table, its own bold word and links to the
 * console.
 */
function activeInDigest(card: Card, rows: number): string[] {
  const [attachment] = card.attachments;
  const fields = attachment!.fields.flatMap((field) => {
    if (field.title !== 'Most Severe') return [field];
    const lines = field.value
      .split('\n')
      .filter((line) => line !== '' && !/^\| --- [-| ]+$/.test(line));
    const cells = lines.flatMap((line) => line.split('|').slice(1, -1));
    return cells.map((text) => ({
      ...field,
      value: text.trim().replace(/^\[\d+\]\((https:\/\/console\.example\/[^\s()<>|]*)\)$/, 'link'),
    }));
  });
  const own = /\*\*[A-Z]+\*\*/.exec(card.text)?.[0] ?? '';
  const seen: PostBody = { ...card, attachments: [{ ...attachment, fields }] };
  return [...activeIn(seen, [own]), ...brokenTable(card, rows), ...heardIn(card)];
}

function brokenTable(card: Card, rows: number): string[] {
  const value = fieldOf(card, 'Most Severe');
  if (value === undefined) return rows === 0 ? [] : ['no table'];
  const { table, after, blocks } = tableIn(value);
  const problems: string[] = [];
  if (table.rows.length !== rows + 1)
    problems.push(`${table.rows.length - 1} rows instead of ${rows}`);
  if (blocks > 2 || (after !== undefined && after.kind !== 'paragraph'))
    problems.push('something else behind it');
  // As it is written: a reader fills up what is missing, and drops what is too much.
  const widths = value
    .split('\n')
    .flatMap((line) => (line.startsWith('|') ? [line.split(/(?<!\\)\|/).length] : []));
  if (widths.length !== rows + 2) problems.push(`${widths.length} lines of a table`);
  if (new Set(widths).size > 1) problems.push('a row of another width');
  for (const row of table.rows)
    if (row.length !== table.rows[0]!.length) problems.push('a row of another width');
  for (const node of table.rows.flatMap((row) => row.slice(0, -1)).flat()) {
    if (node.kind !== 'text' && node.kind !== 'code') problems.push(`a ${node.kind} in a cell`);
  }
  return problems;
}

/** What the simulated channel makes of it: one post that pings nobody. */
function heardIn(card: Card): string[] {
  const posts = draftPosts(parsePayload(JSON.stringify(card), 'application/json')!) ?? [];
  return [
    ...(posts.length === 1 ? [] : [`${posts.length} posts`]),
    ...posts.flatMap(({ mentions }) => mentions),
  ];
}

describe.each(['en', 'th'] as const)('the golden digest in %s', (locale) => {
  const cases: Record<string, Card> = {
    digest_group: post(digestOfGroup, {}, locale),
    digest_storm: post(digestOfStorm, {}, locale),
    digest_short: post(digestOfStorm, { form: 'short' }, locale),
    digest_bare: post(digestOfStorm, { form: 'bare' }, locale),
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const file = new URL(`../../fixtures/mattermost/${name}.${locale}.json`, import.meta.url);
    await expect(`${JSON.stringify(cases[name], null, 2)}\n`).toMatchFileSnapshot(file.pathname);
  });
});

describe('the first line', () => {
  test('says how bad, how many, how fast, what, and on how many devices', () => {
    const [first] = post(digestOfStorm).text.split('\n');
    expect(first).toBe(
      '🟠 **HIGH** · 412 events in 2 min · `RANSOMWARE` 280, `PUA` 112, `MACRO` 12, +1 · 37 devices',
    );
  });

  test('of one event or one device counts no many', () => {
    expect(post(digestOf([{ device: 'A' }])).text.split('\n')[0]).toBe(
      '🟡 **MEDIUM** · 1 event · `PUA` 1 · 1 device',
    );
  });

  test('names the tenants when there are several, in the table and behind each device', () => {
    const dc01 = (tenant: string) => ({ device: 'DC01', tenant, source: 'events' });
    const card = post(digestOf([dc01('Bakery'), dc01('Clinic'), dc01('Clinic')]));
    expect(card.text.split('\n')[0]).toContain('2 devices');
    expect(fieldOf(card, 'Affected Devices')).toBe('`DC01` / `Clinic` 2, `DC01` / `Bakery` 1');
    expect(fieldOf(card, 'Tenant / MSP')).toBe('`Clinic` 2, `Bakery` 1');
    expect(fieldOf(card, 'Most Severe')).toContain('| Tenant / MSP |');
    expect(JSON.stringify(post(digestOf([dc01('Bakery')])))).not.toContain('Bakery');
  });

  test('leaves out devices that nobody named', () => {
    expect(post(digestOf([{}, {}])).text).toBe(
      '🟡 **MEDIUM** · 2 events · `PUA` 2\nTogether by route `night`.',
    );
  });

  test.each<[Severity, string[], string | undefined]>([
    [5, ['@soc'], 'urgent'],
    [4, [], undefined],
    [0, [], undefined],
  ])('of severity %i pings %j', (severity, mentions, priority) => {
    const card = post(digestOf([{ severity }, { severity: 1 }]), {}, 'en', {
      mention: '@soc',
      hasPriority: true,
    });
    expect(heardIn(card)).toEqual(mentions);
    expect(card.priority?.priority).toBe(priority);
  });

  test.each<[Severity, string, string[]]>([
    [4, 'HIGH', ['@soc']],
    [0, 'HIGH', ['@soc']],
    [3, 'HIGH', []],
    [0, 'CRITICAL', []],
    [1, 'INFO', ['@soc']],
  ])('of severity %i, with a mention from %s on, pings %j', (severity, mentionFrom, mentions) => {
    const card = post(digestOf([{ severity }]), {}, 'en', { mention: '@soc', mentionFrom });
    expect(heardIn(card)).toEqual(mentions);
  });

  test('is followed by what held it up', () => {
    const card = post(digestOfStorm, { delayed: { seconds: 7200, reason: 'backlog' } });
    expect(card.text.split('\n')[1]).toBe('⏳ delayed 2 h: backlog');
  });
});

describe('why they came together', () => {
  const by = [
    { field: 'device', value: 'SRV-1' },
    { field: 'device_group', value: 'Finance' },
  ];
  const second = (digest: Digest) => post(digest).text.split('\n')[1];

  test('is the route, by what, and how many were sent before', () => {
    const digest = digestOf([{}, {}], { by, before: 40 });
    expect(second(digest)).toBe(
      'Together by route `night` (Device `SRV-1`, Device Group `Finance`): 40 sent before.',
    );
    expect(second(digestOf([{}, {}], { by: [{ field: 'user', value: '' }] }))).toBe(
      'Together by route `night`.',
    );
  });

  test('is a storm', () => {
    const card = post(digestOfStorm);
    const why =
      'Too many at once to read one by one: what is less urgent comes together until that is over.';
    expect(card.text.split('\n')[1]).toBe(why);
    expect(second({ ...digestOfStorm, before: 900 })).toBe(`${why} 900 came before.`);
    expect(card.attachments[0]).toMatchObject({ title: '🟠 Digest of a Storm', footer: 'Tocsin' });
  });
});

describe('the same file on many devices', () => {
  const copies = (count: number, fileHash: string, fileName?: string) =>
    Array.from({ length: count }, (_, n) => ({ fileHash, fileName, device: `PC-${n % 37}` }));
  const incidents = (digest: Digest, form: MessageForm = 'full') =>
    post(digest, { form })
      .text.split('\n')
      .filter((line) => line.startsWith('📄') || line.startsWith('Other '));

  test('is one line, and in a group by it, says how many came before', () => {
    const all = copies(120, 'ff00', 'evil.exe');
    expect(incidents(digestOf(all))).toEqual(['📄 `evil.exe` `ff00` on 37 devices, 120 events']);
    const byHash = { by: [{ field: 'hash', value: 'ff00' }], before: 40 };
    expect(post(digestOf(all, byHash)).text.split('\n').slice(1)).toEqual([
      'Together by route `night`.',
      '📄 `evil.exe` `ff00` on 37 devices, 120 events; 40 more before',
    ]);
    expect(incidents(digestOf(copies(1, 'ff00'), byHash))).toEqual([
      '📄 `ff00` on 1 device, 1 event; 40 more before',
    ]);
  });

  test('has no line if it was seen once, and the lines of the others say how many there are', () => {
    expect(incidents(digestOf([{ fileHash: 'a' }, { fileHash: 'b' }]))).toEqual([]);
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((hash) => copies(2, hash));
    expect(incidents(digestOf(many))).toHaveLength(6);
    expect(incidents(digestOf(many)).at(-1)).toBe('Other files: 2');
    expect(incidents(digestOf(many), 'short')).toHaveLength(3);
    expect(incidents(digestOf([{ fileHash: 'a' }, { fileHash: 'a' }]))).toEqual([
      '📄 `a`, 2 events',
    ]);
  });
});

describe('the fields', () => {
  test('count by severity and type, name the devices, and say from when to when', () => {
    const card = post(digestOfStorm);
    expect(titlesOf(card)).toEqual([
      'Severity',
      'Type',
      'Affected Devices',
      'Received',
      'Most Severe',
    ]);
    expect(fieldOf(card, 'Severity')).toBe('HIGH 280 · MEDIUM 112 · LOW 20');
    expect(fieldOf(card, 'Type')).toBe('`RANSOMWARE` 280, `PUA` 112, `MACRO` 12, `DUAL_USE` 8');
    expect(fieldOf(card, 'Affected Devices')).toMatch(/^(`PC-\d\d` 12, ){5}.*, \+29$/);
    expect(fieldOf(card, 'Received')).toBe(
      '2026-03-01 09:00:00 +07:00 – 2026-03-01 09:02:03 +07:00',
    );
  });

  test('that would be empty are left out', () => {
    expect(titlesOf(post(digestOf([{}])))).toEqual(['Severity', 'Type', 'Received', 'Most Severe']);
    expect(JSON.stringify(post(digestOf([{ type: ' ', device: '' }])))).not.toMatch(
      /null|undefined|""|``|\\n\\n/,
    );
  });

  test('of the short form are fewer, and there is no table', () => {
    const card = post(digestOfStorm, { form: 'short' });
    expect(titlesOf(card)).toEqual(['Severity', 'Type', 'Affected Devices', 'Received']);
    expect(fieldOf(card, 'Affected Devices')).toMatch(/^(`PC-\d\d` 12, ){3}\+34$/);
  });

  test('of the bare form are numbers and times, without a word of an event', () => {
    const card = post(digestOfStorm, { form: 'bare' });
    expect(card.text).toBe('🟠 **HIGH** · 412 events in 2 min · 37 devices');
    expect(titlesOf(card)).toEqual(['Severity', 'Received']);
    fc.assert(
      fc.property(anyHostile, (text) => {
        const member = {
          type: text,
          device: text,
          tenant: text,
          fileHash: text,
          fileName: text,
          itemId: text,
        };
        const digest = digestOf([member, member], {
          route: text,
          by: [{ field: text, value: text }],
        });
        const plain = {
          type: 'x',
          device: 'x',
          tenant: 'x',
          fileHash: 'x',
          fileName: 'x',
          itemId: 'x',
        };
        expect(post(digest, { form: 'bare' })).toEqual(
          post(digestOf([plain, plain]), { form: 'bare' }),
        );
      }),
    );
  });
});

describe('the table', () => {
  const link = 'https://console.example/events/1203';
  const rowsOf = (digest: Digest) => fieldOf(post(digest), 'Most Severe')!.split('\n');

  test('names severity, type, device, file and time, with a link to the console, and how many more there are', () => {
    const all = Array.from({ length: 412 }, () => ({
      device: 'A',
      fileName: 'a.exe',
      itemId: '1203',
      link,
    }));
    const lines = rowsOf(digestOf(all));
    expect(lines).toHaveLength(2 + 12 + 2);
    expect(lines[0]).toBe('| Severity | Type | Device | File Name | Received | Event ID |');
    expect(lines[2]).toBe(
      `| 🟡 MEDIUM | \`PUA\` | \`A\` | \`a.exe\` | 09:00:00 | [1203](${link}) |`,
    );
    expect(lines.slice(-2)).toEqual(['', 'and 400 more']);
  });

  test('leaves out columns in which nothing stands, and says the day if there are several', () => {
    const digest = digestOf([{}, { receivedAtMs: startMs + 86_400_000 }]);
    expect(rowsOf(digest)).toEqual([
      '| Severity | Type | Received | Event ID |',
      '| --- | --- | --- | --- |',
      '| 🟡 MEDIUM | `PUA` | 2026-03-01 09:00:00 | 1 |',
      '| 🟡 MEDIUM | `PUA` | 2026-03-02 09:00:00 | 2 |',
    ]);
  });

  test.each([
    ['https://console.example/a|b(c)', '[1](https://console.example/a%7Cb%28c%29)'],
    [`https://console.example/${'|'.repeat(200)}`, '1'],
    ['javascript:alert(1)', '1'],
    ['https://u:p@console.example/', '1'],
  ])('makes of the link %s %s', (odd, shown) => {
    expect(rowsOf(digestOf([{ link: odd }]))[2]).toBe(
      `| 🟡 MEDIUM | \`PUA\` | 09:00:00 | ${shown} |`,
    );
  });

  test('keeps its cells although a name holds bars and line breaks', () => {
    const lines = rowsOf(digestOf([{ device: 'a|b\\|c\n| d |', fileName: '|\n|---|' }]));
    expect(lines[2]).toBe('| 🟡 MEDIUM | `PUA` | `a¦b\\¦c⏎¦ d ¦` | `¦⏎¦---¦` | 09:00:00 | 1 |');
  });
});

describe('nothing of an event is obeyed', () => {
  const link = fc.constantFrom(
    undefined,
    'https://console.example/events/1',
    'https://console.example/a|b)[x](https://evil.example',
    'https://console.example/`<!channel>`',
    'javascript:alert(1)',
  );

  test('in any place of any form, and no row of the table breaks', () => {
    const texts = fc.array(anyHostile, { minLength: 3, maxLength: 6 });
    const kinds = fc.constantFrom('group' as const, 'storm' as const);
    const forms = fc.constantFrom<MessageForm>('full', 'short', 'bare');
    fc.assert(
      fc.property(
        texts,
        link,
        kinds,
        forms,
        fc.integer({ min: 1, max: 15 }),
        (hostile, one, kind, form, count) => {
          let next = 0;
          const text = () => hostile[next++ % hostile.length]!;
          const member = () => ({
            type: text(),
            device: text(),
            tenant: text(),
            fileName: text(),
            itemId: text(),
            link: one,
          });
          const members = Array.from({ length: count }, () => ({
            ...member(),
            fileHash: hostile[0],
          }));
          const by = [
            { field: text(), value: text() },
            { field: 'device', value: text() },
          ];
          const digest = digestOf(members, { kind, by, before: 7, route: text() });
          const rows = form === 'full' ? Math.min(count, 12) : 0;
          expect(activeInDigest(post(digest, { form }), rows)).toEqual([]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('the size', () => {
  const sizes = (card: Card) => ({
    bytes: Buffer.byteLength(JSON.stringify(card)),
    text: [...card.text].length,
    attachment: attachmentLength(card),
    blocks: blocksOf({ ...card.attachments[0] }),
  });
  const everything = (text: string, form: MessageForm, locale: 'en' | 'th') => {
    const url = `https://console.example/${'|'.repeat(159)}`;
    const members = Array.from({ length: 60 }, (_, n) => {
      const own = `${n}${text}`;
      return {
        severity: 5 as const,
        type: own,
        device: own,
        fileHash: `${n % 6}${text}`,
        fileName: own,
        itemId: own,
        link: url,
      };
    });
    const by = Array.from({ length: 12 }, () => ({ field: text, value: text }));
    const options = {
      mention: `@${'m'.repeat(64)}`,
      refusedChannel: 'c'.repeat(64),
      channel: 'c'.repeat(64),
    };
    const delayed = { seconds: 7200, reason: 'sink' } as const;
    return sizes(
      post(
        digestOf(members, { by, route: text, before: 9_999 }),
        { form, delayed },
        locale,
        options,
      ),
    );
  };
  const expectOnePost = (text: string, locale: 'en' | 'th') => {
    const full = everything(text, 'full', locale);
    expect(full.bytes).toBeLessThan(90_000);
    expect(full.text).toBeLessThanOrEqual(12_000);
    expect(full.attachment).toBeLessThan(16_000);
    expect(full.blocks).toBeLessThanOrEqual(90);
    expect(everything(text, 'short', locale).bytes).toBeLessThan(8_000);
    expect(everything(text, 'bare', locale).bytes).toBeLessThan(4_000);
  };

  test('is that of one post, whatever 100 kB stand in each place', () => {
    fc.assert(
      fc.property(hugeHostile, fc.constantFrom('en' as const, 'th' as const), expectOnePost),
      { numRuns: 30 },
    );
  });

  test.each(['😀', '👩🏽‍💻', '\\', '"', '<!', '*', '\u202E', 'ก', '<|', 'x ', '\n', '://a'])(
    'of %j is under every limit',
    (unit) => {
      const text = unit.repeat(Math.ceil(1_000 / unit.length));
      for (const locale of ['en', 'th'] as const) expectOnePost(text, locale);
    },
  );
});

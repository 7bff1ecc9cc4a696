// A digest as a post: one line a row, whom it pings, that nothing of its events is obeyed, and that
// it is one post.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parsePayload } from '../../../simulators/mattermost/payload.ts';
import { draftPosts } from '../../../simulators/mattermost/post.ts';
import type { Digest, MessageForm, Severity } from '../../../src/kit/event.ts';
import { type Locale, locales } from '../../../src/kit/locale.ts';
import type { Payload } from '../../../src/sinks/mattermost/post.ts';
import { activeIn } from '../../contract/syntaxes/mattermost-model.ts';
import { readers } from '../../contract/syntaxes/mattermost-parsers.ts';
import { digestOf } from '../../core/message/digest-of.ts';
import { anyHostile, hugeHostile } from '../../hostile/markdown.ts';
import { digestOfGroup, digestOfStorm, storedDigest } from '../../support/digests.ts';
import {
  asMarked,
  drawn,
  factsOf,
  floods,
  meant,
  messageOf,
  post,
  sizes,
  type Written,
} from './posts.ts';

const postOf = (digest: Digest, written: Written = {}) => post(storedDigest(digest), written);

/** What the simulated channel makes of it: one post, and whom it pings. */
function heardIn(payload: Payload): string[] {
  const posts = draftPosts(parsePayload(JSON.stringify(payload), 'application/json')!) ?? [];
  return [
    ...(posts.length === 1 ? [] : [`${posts.length} posts`]),
    ...posts.flatMap(({ mentions }) => mentions),
  ];
}

/** The lines below the facts. */
function rowsOf({ attachments: [attachment] }: Payload): string[] {
  return attachment!.text!.split('\n').filter((line) => !line.startsWith('**'));
}

describe.each(locales)('the golden digest in %s', (locale) => {
  const cases: Record<string, Payload> = {
    digest_group: postOf(digestOfGroup, { locale }),
    digest_storm: postOf(digestOfStorm, { locale }),
    digest_short: postOf(digestOfStorm, { locale, form: 'short' }),
    digest_bare: postOf(digestOfStorm, { locale, form: 'bare' }),
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const file = new URL(`../../fixtures/mattermost/${name}.${locale}.json`, import.meta.url);
    await expect(`${JSON.stringify(cases[name], null, 2)}\n`).toMatchFileSnapshot(file.pathname);
  });
});

describe('a digest', () => {
  it('says in its first line how bad, how many, how fast, what, and on how many devices', () => {
    expect(postOf(digestOfStorm).text.split('\n')[0]).toBe(
      '🟠 **HIGH** · 412 events in 2 min · `RANSOMWARE` 280, `PUA` 112, `MACRO` 12, +1 · 37 devices',
    );
  });

  it('is followed by what held it up, then by why its events came together', () => {
    const late = postOf(digestOfStorm, { delayed: { seconds: 7200, reason: 'backlog' } });
    expect(late.text.split('\n').slice(1, 3)).toEqual([
      'Delayed by 2 h: many messages were queued.',
      expect.stringMatching(/^Too many events to read one by one\./),
    ]);
  });

  it('has one line a row, with a link to the console, in both styles', () => {
    const member = {
      device: 'A|B',
      fileName: '| a |\n|---|',
      itemId: '1203',
      link: 'https://console.example/a|b(c)',
    };
    for (const style of ['compact', 'full'] as const) {
      const rows = rowsOf(postOf(digestOf(Array.from({ length: 20 }, () => member)), { style }));
      expect(rows).toHaveLength(13);
      expect(rows[0]).toMatch(
        /^🟡 · `PUA` · `A\|B` · `\| a \|⏎\|---\|` · .*09:00:00.* · \[1203\]\(https:\/\/console\.example\/a%7Cb%28c%29\)$/,
      );
      expect(rows.at(-1)).toBe('and 8 more at [console\\.example](https://console.example/)');
    }
  });

  test.each([
    'javascript:alert(1)',
    'https://u:p@console.example/',
    `https://a.b/${'|'.repeat(999)}`,
  ])('makes no link of %s', (link) => {
    expect(rowsOf(postOf(digestOf([{ link }])))[0]).toMatch(/ · 1$/);
  });

  it('says nothing of what nobody named', () => {
    const [row] = rowsOf(postOf(digestOf([{}])));
    expect(row).toMatch(/^🟡 · `PUA` · [^`]*09:00:00[^`]* · 1$/);
    const silent = postOf(digestOf([{ type: ' ', device: '' }]));
    expect(JSON.stringify(silent)).not.toMatch(/null|undefined|""|``|\\n\\n/);
  });

  it('of the bare form has no word of an event', () => {
    const bare = postOf(digestOfStorm, { form: 'bare' });
    expect(bare.text.split('\n')[0]).toBe('🟠 **HIGH** · 412 events in 2 min · 37 devices');
    expect(Object.keys(factsOf(bare))).toEqual(['Severity', 'Received']);
  });

  test.each<[Severity, string[], string | undefined]>([
    [5, ['@soc'], 'urgent'],
    [4, [], undefined],
    [0, [], undefined],
  ])('of severity %i pings %j', (severity, mentions, priority) => {
    const digest = digestOf([{ severity }, { severity: 1 }]);
    const payload = postOf(digest, { mention: '@soc', hasPriority: true });
    expect(heardIn(payload)).toEqual(mentions);
    expect(payload.priority?.priority).toBe(priority);
  });

  test.each([
    [4, 'HIGH', ['@soc']],
    [0, 'HIGH', ['@soc']],
    [3, 'HIGH', []],
    [0, 'CRITICAL', []],
    [1, 'INFO', ['@soc']],
  ] as const)(
    'of severity %i, with a mention from %s on, pings %j',
    (severity, mentionFrom, mentions) => {
      const payload = postOf(digestOf([{ severity }]), { mention: '@soc', mentionFrom });
      expect(heardIn(payload)).toEqual(mentions);
    },
  );
});

describe('nothing of an event is obeyed', () => {
  const link = fc.constantFrom(
    undefined,
    'https://console.example/events/1',
    'https://console.example/a|b)[x](https://evil.example',
    'https://console.example/`<!channel>`',
    'javascript:alert(1)',
  );
  const digests = fc
    .tuple(
      fc.array(anyHostile, { minLength: 3, maxLength: 6 }),
      link,
      fc.constantFrom('group' as const, 'storm' as const),
      fc.integer({ min: 1, max: 15 }),
    )
    .map(([hostile, one, kind, count]) => {
      let next = 0;
      const text = () => hostile[next++ % hostile.length]!;
      const members = Array.from({ length: count }, () => ({
        type: text(),
        device: text(),
        tenant: text(),
        fileName: text(),
        itemId: text(),
        fileHash: hostile[0],
        link: one,
      }));
      const by = [
        { field: text(), value: text() },
        { field: 'device', value: text() },
      ];
      return digestOf(members, { kind, by, before: 7, route: text() });
    });
  const forms = fc.constantFrom<MessageForm>('full', 'short', 'bare');
  const runs = Number(process.env.PARSER_RUNS ?? 300);

  test('in any place of any form, and every row keeps its line', () => {
    fc.assert(
      fc.property(digests, forms, (digest, form) => {
        const payload = postOf(digest, { form });
        expect(activeIn(payload, meant)).toEqual([]);
        expect(heardIn(payload)).toEqual([]);
        const rows = form === 'full' ? Math.min(digest.count, 12) : 0;
        expect(rowsOf(payload)).toHaveLength(rows + (form === 'full' && digest.count > 12 ? 1 : 0));
      }),
      { numRuns: 2 * runs },
    );
  });

  test.each(Object.entries(readers))('in any place of any form, as %s reads it', (_name, read) => {
    fc.assert(
      fc.property(digests, forms, (digest, form) => {
        for (const [text, expected] of drawn(messageOf(storedDigest(digest), { form }))) {
          const { links, ...found } = asMarked(read(text));
          const { links: wanted, ...rest } = expected;
          expect(found).toEqual({ ...rest, others: [] });
          // As a link may stand in Markdown; one that is no web address is none.
          for (const one of links)
            expect(one).toMatch(/^https:\/\/console\.example\/[^\s()<>|`]*$/);
          expect(links.length).toBe(wanted.filter((one) => one.startsWith('https:')).length);
        }
      }),
      { numRuns: runs },
    );
  });
});

describe('the size', () => {
  const everything = (text: string, form: MessageForm, locale: Locale) => {
    const url = `https://console.example/${'|'.repeat(159)}`;
    const members = Array.from({ length: 60 }, (_, n) => {
      const own = `${n}${text}`;
      return {
        severity: 5 as const,
        type: own,
        device: own,
        tenant: own,
        fileHash: `${n % 6}${text}`,
        fileName: own,
        itemId: own,
        link: url,
      };
    });
    const by = Array.from({ length: 12 }, () => ({ field: text, value: text }));
    const digest = digestOf(members, { by, route: text, before: 9_999 });
    return sizes(
      postOf(digest, {
        form,
        locale,
        delayed: { seconds: 7200, reason: 'sink' },
        mention: `@${'m'.repeat(64)}`,
        refusedChannel: 'c'.repeat(64),
        channel: 'c'.repeat(64),
      }),
    );
  };
  const expectOnePost = (text: string, locale: Locale) => {
    const full = everything(text, 'full', locale);
    expect(full.bytes).toBeLessThan(90_000);
    expect(full.text).toBeLessThanOrEqual(12_000);
    expect(full.attachment).toBeLessThan(16_000);
    expect(full.blocks).toBeLessThanOrEqual(90);
    expect(everything(text, 'short', locale).bytes).toBeLessThan(8_000);
    expect(everything(text, 'bare', locale).bytes).toBeLessThan(4_000);
  };

  test('is that of one post, whatever 100 kB stand in each place', () => {
    fc.assert(fc.property(hugeHostile, fc.constantFrom(...locales), expectOnePost), {
      numRuns: 30,
    });
  });

  test.each(floods)('of %j is under every limit', (unit) => {
    const text = unit.repeat(Math.ceil(1_000 / unit.length));
    for (const locale of locales) expectOnePost(text, locale);
  });
});

// Hostile text against the model: nothing of it is obeyed, and all of it can be read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { en } from '../../../src/core/message/locales/en.ts';
import { th } from '../../../src/core/message/locales/th.ts';
import { cutMiddle, neutralText } from '../../../src/kit/text.ts';
import {
  begun,
  code as codeOf,
  fence as fenceOf,
  plain as plainOf,
  sealed,
  strongCode as strongCodeOf,
  withoutHashtags,
  words,
} from '../../../src/sinks/mattermost/escape.ts';
import { sources } from '../../../src/sources/index.ts';
import {
  activeIn,
  readable,
  syntaxIn,
  undisguised,
} from '../../contract/syntaxes/mattermost-model.ts';
import { readers } from '../../contract/syntaxes/mattermost-parsers.ts';
import { anyHostile, hugeHostile } from '../../hostile/markdown.ts';
import { hostileStrings } from '../../support/events.ts';

/** As core gives them: neutral, without blanks around them. */
const given = (text: string, multiline = false) => neutralText(text.trim(), { multiline }).trim();
const asWords = (text: string) => begun(words(given(text)));
const code = (text: string) => codeOf(given(text));
const fence = (text: string) => fenceOf(given(text, true));
const plain = (text: string) => plainOf(given(text));
const strongCode = (text: string) => strongCodeOf(given(text));
const kinds = { code, fence, words: asWords } as const;

/**
 * As the reader of the raw value would see it: neutral, and with our look-alikes and defanging read
 * back.
 */
function expectation(text: string, multiline: boolean): string {
  return undisguised(given(text, multiline).replaceAll('\u2424', '⏎'));
}

describe.each(Object.entries(kinds))('%s', (name, made) => {
  test('of hostile text holds nothing that is obeyed', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        expect(syntaxIn(sealed(made(text)), name)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of hostile text holds nothing that is obeyed when it was cut', () => {
    fc.assert(
      fc.property(anyHostile, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const cut = cutMiddle(neutralText(text, { multiline: name === 'fence' }), max);
        expect(syntaxIn(sealed(made(cut)), name)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of hostile text side by side holds nothing that is obeyed', () => {
    fc.assert(
      fc.property(anyHostile, anyHostile, (one, other) => {
        const parts = [code(one), made === fence ? '' : made(other)];
        const text = parts.filter((part) => part !== '').join(' · ');
        expect(syntaxIn(sealed(text), name)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 60)), text]))(
    'shows %s as text',
    (_, text) => {
      expect(syntaxIn(sealed(made(cutMiddle(text, 500))), name)).toEqual([]);
    },
  );

  test('of nothing to see is nothing', () => {
    for (const text of ['', ' \n\t', '\u00A0']) expect(made(text)).toBe('');
  });

  test('takes 100 kB in milliseconds', () => {
    fc.assert(
      fc.property(hugeHostile, (text) => {
        // In µs of this process alone, whatever runs beside it.
        const before = process.cpuUsage();
        const shown = sealed(withoutHashtags(made(text)));
        expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
        expect(shown.length).toBeLessThanOrEqual(12 * text.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a value in code', () => {
  test('can be read as it was', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        const shown = code(text);
        expect(shown === '' ? '' : readable(shown)).toBe(expectation(text, false));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a path', 'C:\\Users\\_x_\\*.lnk\\', '`C:\\Users\\_x_\\*.lnk\\`'],
    ['a user of a domain', 'somchai@corp.example', '`somchai@corp.example`'],
    ['back-ticks', '``x`', '`ˋˋxˋ`'],
    ['an announcement', '<!channel>', '`‹!channel>`'],
    ['the name of a channel', '~board /home/~u', '`∼board /home/∼u`'],
    ['a tilde that names nothing', 'C:\\PROGRA~1 ~$a.docx ~/x', '`C:\\PROGRA~1 ~$a.docx ~/x`'],
    ['an address', 'IEX http://evil.example:80/a.ps1', '`IEX hxxp://evil[.]example:80/a.ps1`'],
    ['an address in capitals', 'HTTPS://EVIL.EXAMPLE', '`HXXPS://EVIL[.]EXAMPLE`'],
    ['another scheme', 'ftp://evil.example/x.y', '`ftp[:]//evil[.]example/x.y`'],
    ['a defanged address', 'hxxp://evil[.]example', '`hxxp://evil[.]example`'],
    ['an address without a scheme', 'www.evil.example/a.b', '`www[.]evil[.]example/a.b`'],
    ['a redirection', 'sort <in.txt >out.txt', '`sort <in.txt >out.txt`'],
    ['the sign for a line break', 'a\u2424b', '`a⏎b`'],
    ['a line break', 'a\r\nb', '`a⏎b`'],
    ['Thai', 'บริษัท ตัวอย่าง จำกัด', '`บริษัท ตัวอย่าง จำกัด`'],
  ])('shows %s', (_, text, shown) => {
    expect(code(text)).toBe(shown);
  });
});

describe('a script in a fence', () => {
  test('can be read as it was', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        const shown = fence(text);
        expect(shown === '' ? '' : readable(shown)).toBe(expectation(text, true));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps its lines, and its own fences do not end it', () => {
    expect(fence('a\r\n```\n\tb')).toBe('```\na\nˋˋˋ\n\tb\n```');
  });
});

describe('words', () => {
  test('can be read as they were', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        expect(undisguised(readable(asWords(text)))).toBe(expectation(text, false));
      }),
      { numRuns: 2_000 },
    );
  });

  test('make nothing in any of the three parsers', () => {
    fc.assert(
      fc.property(anyHostile, anyHostile, (text, other) => {
        const line = `${asWords(text)} ${code('a@b.co')} ${asWords(other)}`;
        for (const read of Object.values(readers))
          expect(read(line).filter((one) => !one.startsWith('code'))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['an honest sentence', 'It came at 3 (again): nothing; see below, 5 % + 7 = a/b - c.'],
    ['a name with an underscore', 'START_FROM names it'],
    ['an ampersand', 'MITRE ATT&CK'],
  ])('of %s stay as they are', (_, text) => {
    expect(words(text)).toBe(text);
  });

  test.each([
    ['a mention', '@channel', '@\u200Bchannel'],
    ['a tag', '#tag', '\\#\u200Btag'],
    ['the name of a channel', '~town-square', '\\~\u200Btown-square'],
    ['a link', '[x](y)', '\\[x\\](y)'],
    ['a picture', '![x](y)', '\\!\\[x\\](y)'],
    ['emphasis', '*a* _b_ ~~c~~', '\\*a\\* \\_b\\_ \\~\u200B\\~\u200Bc\\~\u200B\\~\u200B'],
    ['code', '`a`', 'ˋaˋ'],
    ['a table', 'a | b', 'a \\| b'],
    ['a quote', '> a', '\\> a'],
    ['a formula', '$a$', '＄a＄'],
    ['an announcement', '<!channel>', '‹\\!channel\\>'],
    ['an entity', '&lt; &#64;', '&\u200Blt; &\u200B\\#\u200B64;'],
    ['an address', 'https://a.co', 'https:\u200B//a\\.co'],
    // Phones take the sign in the place of a back-tick for a letter of the host.
    ['an address behind a back-tick', '`id`.co/', 'ˋidˋ\\.co/'],
    ['an emoji', ':smile:', ':\u200Bsmile:\u200B'],
    ['the beginning of an e-mail address', '"a b', '"\u200Ba b'],
  ])('of %s do not act', (_, text, shown) => {
    expect(words(text)).toBe(shown);
  });

  test('of ours are never touched: labels, sentences, notices, the terms of products', () => {
    const said = [en, th].flatMap(({ labels, sentences, notices }) => [
      ...Object.values<string>(labels),
      // Values and code are parts of their own.
      ...[...Object.values<string>(sentences), ...Object.values<string>(notices)].flatMap((text) =>
        text.split(/\{\w+\}|`[^`]*`|[[\]]|\*\*/),
      ),
    ]);
    const terms = Object.values(sources).flatMap(({ product }) =>
      Object.values(product?.terms ?? {}).flatMap((kind) =>
        Object.values(kind).flatMap((term) => [term.en, term.th ?? '']),
      ),
    );
    expect(terms.length).toBeGreaterThan(20);
    for (const text of [...said, ...terms]) expect(words(text)).toBe(text);
  });
});

test('a link in the spelling of Slack is broken over the border of two values', () => {
  const parts = [code('<https://evil.example/'), code('a|b>c')];
  expect(syntaxIn(parts.join(' · '), 'both')).not.toEqual([]);
  expect(syntaxIn(sealed(parts.join(' · ')), 'both')).toEqual([]);
  expect(sealed(parts.join(' · '))).toContain('‹hxxps://evil[.]example/');
});

test('only `<` with both other signs of such a link behind it is changed', () => {
  for (const text of ['`a <b`', '`a <b> c`', '`a|b <c> d`', '`<` `|`', '`a>b|c` `<d`', '<|'])
    expect(sealed(text)).toBe(text);
  expect(sealed('`a <b` `c|d> <e`')).toBe('`a ‹b` `c|d> <e`');
});

test('only what the server takes for a hashtag is changed, and visibly', () => {
  expect(withoutHashtags('`C#.exe` `a#b` `#1` `x/#evil`')).toBe('`C#.exe` `a#b` `#1` `x/#evil`');
  expect(withoutHashtags('`#evil` (##evil)')).toBe('`＃evil` (＃＃evil)');
});

describe('a value that is read from right to left', () => {
  const values = ['מחשב', 'خادم-7', 'PC-א', '\u{10A00}\u{1E900}'];

  test.each(values)(
    '%s keeps its place before a neighbour, and is copied without what keeps it there',
    (value) => {
      expect(code(value)).toBe(`\`${value}\`\u200E`);
      expect(plain(value)).toBe(`${value}\u200E`);
    },
  );

  test('is the only kind with a mark behind it, which no value can bring', () => {
    for (const value of ['PC-7', 'บริษัท', '端末', '5', '\u200E']) {
      for (const made of [code, plain]) expect(made(value)).not.toContain('\u200E');
    }
  });
});

test('code adds nothing invisible, so that a value that needs no change is copied as it is', () => {
  const invisible = (text: string) => text.match(/\p{Cf}/gu)?.length ?? 0;
  fc.assert(
    fc.property(anyHostile, (text) => {
      const shown = withoutHashtags(sealed(code(text))).replace(/`\u200E$/, '`');
      expect(invisible(shown)).toBeLessThanOrEqual(
        invisible(neutralText(text, { multiline: false })),
      );
    }),
    { numRuns: 1_000 },
  );
});

test.each(['x-d', 'X-D :)', '(x-d)', ':-) ;) <3'])('%s is no emoticon', (text) => {
  expect(Object.values(readers).flatMap((read) => read(words(text)))).toEqual([]);
});

test('plain text mentions nobody', () => {
  fc.assert(
    fc.property(anyHostile, (text) => {
      expect(activeIn({ attachments: [{ fallback: plainOf(given(text)) }] })).toEqual([]);
    }),
  );
});

test('in a place that clients put into `**`, a value has none', () => {
  expect(strongCode('a**@channel')).toBe('`a∗∗@channel`');
  fc.assert(
    fc.property(anyHostile, (text) => {
      for (const read of Object.values(readers)) {
        const others = read(`**${strongCode(text)}**`).filter((one) => !/^(code|strong)/.test(one));
        expect(others).toEqual(strongCode(text) === '' ? read('****') : []);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('the text of a post gets no hashtags out of code', () => {
  fc.assert(
    fc.property(anyHostile, (text) => {
      expect(activeIn({ text: withoutHashtags(sealed(code(text))) })).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

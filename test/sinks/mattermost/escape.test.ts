// Hostile text against the model: nothing of it is obeyed, and all of it can be read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePointLength, neutralText } from '../../../src/kit/text.ts';
import {
  code,
  fence,
  plain,
  prose,
  sealed,
  withoutHashtags,
} from '../../../src/sinks/mattermost/escape.ts';
import { hostileStrings } from '../../support/events.ts';
import { anyHostile, hugeHostile } from './hostile.ts';
import { activeIn, readable, syntaxIn, undisguised } from './model.ts';
import { readers } from './parsers.ts';

const kinds = { code, fence, prose } as const;

/**
 * As the reader of the raw value would see it: neutral, and with our look-alikes and defanging read
 * back.
 */
function expectation(text: string, multiline: boolean): string {
  return undisguised(
    neutralText(text.trim(), { multiline }).replaceAll('\u2424', '\\u{2424}').trim(),
  );
}

describe.each(Object.entries(kinds))('%s', (name, made) => {
  test('of hostile text holds nothing that is obeyed', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        const shown = made(text, 500);
        if (shown !== undefined) expect(syntaxIn(sealed(shown), name)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of hostile text holds nothing that is obeyed when it was cut', () => {
    fc.assert(
      fc.property(anyHostile, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const shown = made(text, max);
        if (shown === undefined) return;
        expect(syntaxIn(sealed(shown), name)).toEqual([]);
        expect(codePointLength(shown)).toBeLessThanOrEqual(max + 8);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of hostile text side by side holds nothing that is obeyed', () => {
    fc.assert(
      fc.property(anyHostile, anyHostile, (one, other) => {
        const parts = [code(one, 100), made === fence ? undefined : made(other, 100)];
        const text = parts.filter((part) => part !== undefined).join(' · ');
        expect(syntaxIn(sealed(text), name)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 60)), text]))(
    'shows %s as text',
    (_, text) => {
      const shown = made(text, 500);
      if (shown !== undefined) expect(syntaxIn(sealed(shown), name)).toEqual([]);
    },
  );

  test('of nothing to see is nothing', () => {
    for (const text of [undefined, null, '', ' \n\t', '\u00A0'])
      expect(made(text, 100)).toBeUndefined();
  });

  test('takes 100 kB in milliseconds', () => {
    fc.assert(
      fc.property(hugeHostile, (text) => {
        // In µs of this process alone, whatever runs beside it.
        const before = process.cpuUsage();
        const shown = made(text, 3_000);
        expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
        if (shown !== undefined) expect(codePointLength(shown)).toBeLessThanOrEqual(3_008);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a value in code', () => {
  test('can be read as it was', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        const shown = code(text, 10_000);
        expect(shown === undefined ? '' : readable(shown)).toBe(expectation(text, false));
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
    ['the sign for a line break', 'a\u2424b', '`a\\u{2424}b`'],
    ['a line break', 'a\r\nb', '`a⏎b`'],
    ['Thai', 'บริษัท ตัวอย่าง จำกัด', '`บริษัท ตัวอย่าง จำกัด`'],
  ])('shows %s', (_, text, shown) => {
    expect(code(text, 100)).toBe(shown);
  });
});

describe('a script in a fence', () => {
  test('can be read as it was', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        const shown = fence(text, 10_000);
        expect(shown === undefined ? '' : readable(shown)).toBe(expectation(text, true));
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps its lines, and its own fences do not end it', () => {
    expect(fence('a\r\n```\n\tb', 100)).toBe('```\na\nˋˋˋ\n\tb\n```');
  });
});

describe('running text', () => {
  test('can be read as it was', () => {
    fc.assert(
      fc.property(anyHostile, (text) => {
        const shown = prose(text, 10_000);
        expect(shown === undefined ? '' : readable(shown)).toBe(expectation(text, false));
      }),
      { numRuns: 2_000 },
    );
  });

  test('of an honest kind is hardly touched', () => {
    const text = 'A file was written that behaves like known ransomware, v5.2 (test).';
    expect(prose(text, 200)).toBe(
      'A file was written that behaves like known ransomware, v5\\.2 \\(test\\).',
    );
  });
});

test('a link in the spelling of Slack is broken over the border of two values', () => {
  const parts = [code('<https://evil.example/', 50), code('a|b>c', 50)];
  expect(syntaxIn(parts.join(' · '), 'both')).not.toEqual([]);
  expect(syntaxIn(sealed(parts.join(' · ')), 'both')).toEqual([]);
  expect(sealed(parts.join(' · '))).toContain('‹hxxps://evil[.]example/');
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
      expect(code(value, 100)).toBe(`\`${value}\`\u200E`);
      expect([prose(value, 100), plain(value, 100)]).toEqual([`${value}\u200E`, `${value}\u200E`]);
      expect(prose(value.repeat(100), 90)).toMatch(/\u200E$/);
    },
  );

  test('is the only kind with a mark behind it, which no value can bring', () => {
    for (const value of ['PC-7', 'บริษัท', '端末', '5', '\u200E']) {
      for (const made of [code, prose, plain]) expect(made(value, 100)).not.toContain('\u200E');
    }
  });
});

test('code adds nothing invisible, so that a value that needs no change is copied as it is', () => {
  const invisible = (text: string) => text.match(/\p{Cf}/gu)?.length ?? 0;
  fc.assert(
    fc.property(anyHostile, (text) => {
      const shown = withoutHashtags(sealed(code(text, 1_000) ?? '')).replace(/`\u200E$/, '`');
      expect(invisible(shown)).toBeLessThanOrEqual(
        invisible(neutralText(text, { multiline: false })),
      );
    }),
    { numRuns: 1_000 },
  );
});

test.each(['x-d', 'X-D :)', '(x-d)'])('%s in running text is no emoticon', (text) => {
  expect(Object.values(readers).flatMap((read) => read(prose(text, 100)!))).toEqual([]);
});

test('plain text mentions nobody', () => {
  fc.assert(
    fc.property(anyHostile, (text) => {
      expect(activeIn({ attachments: [{ fallback: plain(text, 100) ?? '' }] })).toEqual([]);
    }),
  );
});

test('the text of a post gets no hashtags out of code', () => {
  fc.assert(
    fc.property(anyHostile, (text) => {
      expect(activeIn({ text: withoutHashtags(sealed(code(text, 300) ?? '')) })).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

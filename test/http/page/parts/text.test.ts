// Texts on the page: what others wrote is inert, and nothing is said by colour alone.
import { expect, test } from 'vitest';
import {
  SeverityMark,
  StateMark,
  span,
  TheirBlock,
  Theirs,
  Time,
} from '../../../../src/http/page/parts/text.tsx';
import { words } from '../../../../src/http/page/words/index.ts';

const drawn = async (element: unknown) => String(await (element as Promise<string>));

test.each([
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['a"b\'c', 'a&quot;b&#39;c'],
  ['\u202Egnp.exe', '\\u{202E}gnp.exe'],
  ['line\nbreak', 'line⏎break'],
])('%j is shown as %s', async (text, shown) => {
  expect(await drawn(Theirs({ text }))).toBe(`<bdi class="theirs">${shown}</bdi>`);
});

test.each([null, undefined, ''])('%s is a dash', async (text) => {
  expect(await drawn(Theirs({ text }))).toBe('<span class="none">–</span>');
});

test('several lines stay lines, and are inert', async () => {
  expect(await drawn(TheirBlock({ text: '<b>\n\u202E' }))).toContain('&lt;b&gt;\n\\u{202E}');
});

test('a time is UTC until the script knows the zone of the viewer', async () => {
  expect(await drawn(Time({ at: '2026-02-03T01:19:32.505Z' }))).toBe(
    '<time datetime="2026-02-03T01:19:32.505Z">2026-02-03 01:19:32 UTC</time>',
  );
  expect(await drawn(Time({ at: null }))).toContain('–');
});

test('each severity has a word and a shape of its own', async () => {
  const all = await Promise.all(
    ([0, 1, 2, 3, 4, 5] as const).map((severity) =>
      drawn(SeverityMark({ severity, words: words.en })),
    ),
  );
  expect(new Set(all.map((html) => html.replace(/class="[^"]*"/, ''))).size).toBe(6);
  expect(all[5]).toContain('Critical');
});

test('a state is a word', async () => {
  expect(await drawn(StateMark({ state: 'dead', words: words.en }))).toBe(
    '<span class="state bad">Dead</span>',
  );
});

test.each([
  [-1, '0 s'],
  [59.4, '59 s'],
  [60, '1 min'],
  [3599, '60 min'],
  [7200, '2 h'],
  [200_000, '2 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

// Hostile strings: atoms of the syntaxes of all sinks glued at random, texts that touch a value at
// its edge, invisible characters, letters that are read from right to left, heaps of marks, words
// without end, Thai, and atoms cut through their middle as a limit would cut them.
import fc from 'fast-check';
import { gluedBits } from './markdown.ts';

const ofSlack = [
  ...['<!channel>', '<!here>', '<@U012AB3CD>', '<#C012AB3CD|x>', '<!subteam^S012AB3CD>'],
  ...['<!date^1392734382^{date}|x>', '<https://evil.example|x>', '<mailto:a@evil.example|x>'],
  ...['&lt;!channel&gt;', '&amp;lt;', '&', ';', '>', '>>>', '*', '_', '~', '`', '```', '|', '^'],
  ...['@here', '@channel', '#general', ':fire:', ':+1:', '•', ' *bold* ', ' _thin_ ', ' ~gone~ '],
];
const ofHtml = [
  ...[
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '</td>',
  ],
  ...['</code>', '</pre>', '</body>', '<!--', '-->', '<![CDATA[', ']]>', '<style>', '</style>'],
  ...[
    '<a href="https://evil.example">',
    '"',
    "'",
    '" onmouseover="alert(1)',
    '&#x3c;',
    '&#60;b&#62;',
  ],
  ...[
    '&lt;b&gt;',
    '&quot;',
    '&NewLine;',
    'javascript:alert(1)',
    'data:text/html,x',
    '<base href=//e>',
  ],
];
const ofMail = [
  ...[
    '\r\nBcc: a@evil.example',
    '\nSubject: x',
    '\r\n\r\nbody',
    '\r\n.\r\nQUIT',
    '=?utf-8?q?=0d=0a?=',
  ],
  ...[
    '=?utf-8?b?DQpCY2M6IGE=?=',
    '=20',
    '=\r\n',
    '--boundary',
    'From ',
    '.',
    ' \t',
    'mailto:a@e.example',
  ],
];
const ofData = [
  ...['","text":"@channel","x":"', '\\', '\\"', '\\u0000', '\\n', '{"a":1}', '[', ']', '{', '}'],
  ...['{{ event.user }}', '{% raw %}', '{{', '}}', '%s', '%00', '$(id)', '`id`', "'; --"],
  ...['\u001b[2J', '\u001b]0;x\u0007', '\u009b31m', '\b\b', '\r', '\u0000', '__proto__', 'NaN'],
];
const ofEyes = [
  ...['\u202E', '\u202A', '\u2066', '\u2069', '\u200E', '\u200F', '\u061C', '\u200B', '\u200C'],
  ...['\u200D', '\u2060', '\uFEFF', '\u00AD', '\u034F', '\u115F', '\u3164', '\u2800', '\uFE0F'],
  ...[
    '\u{E0041}',
    '\u{1D173}',
    '\uFFF9',
    '\uFFFE',
    '\uD83D',
    '\uDE00',
    '\u0085',
    '\u2028',
    '\u2029',
  ],
  ...[
    '\u0301'.repeat(12),
    'e\u0301\u0302\u0303',
    '\u20DD',
    'שלום',
    'مرحبا',
    'א1',
    '١٢٣',
    'क्ष',
    '👩🏽‍💻',
  ],
  ...['ไฟล์', 'ก้ำ', 'ใบแจ้งหนี้.exe', 'ทดสอบ ', 'ๆ', '\u0E33', '\u0E48'.repeat(9), '文件', '＠channel'],
  ...['：fire：', '＜!here＞', 'ﬀ', 'İ', 'ß', '𝓪𝓫', '\u00A0', '\u3000', '\u1680', '\u205F'],
];
/** What goes on from or into what stands beside a value. */
const edges = [
  'a',
  'Z',
  '0',
  '.',
  '/',
  ':',
  '@',
  '-',
  '_',
  ' ',
  '(',
  ')',
  '.co/',
  'x-d',
  ':)',
  '\n',
];
const keywords = ['zqkeyword', ' zqkeyword ', 'channel', 'here', 'all'];

const atoms = [...ofSlack, ...ofHtml, ...ofMail, ...ofData, ...ofEyes, ...edges, ...keywords];
const atom = fc.constantFrom(...atoms);

const glued = fc.array(atom, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
/** An atom whose head or tail a limit took. */
const cut = fc
  .tuple(fc.oneof(glued, gluedBits), fc.nat({ max: 40 }), fc.nat({ max: 40 }))
  .map(([text, head, tail]) => text.slice(head % (text.length + 1), text.length - (tail % 8)));
/** Longer than what any sink shows of a value, so that it is cut by core as well. */
const long = fc
  .tuple(fc.array(atom, { minLength: 1, maxLength: 3 }), fc.integer({ min: 10, max: 120 }))
  .map(([parts, times]) => parts.join('').repeat(times).slice(0, 1_200));
const mixed = fc.array(fc.oneof(atom, gluedBits), { minLength: 2, maxLength: 5 });

export const hostileString = fc.oneof(
  { weight: 8, arbitrary: glued },
  { weight: 5, arbitrary: gluedBits },
  { weight: 3, arbitrary: mixed.map((parts) => parts.join('').slice(0, 500)) },
  { weight: 3, arbitrary: cut },
  { weight: 1, arbitrary: long },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);

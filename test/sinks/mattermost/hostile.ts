// Generators of hostile text for Mattermost: bits of every syntax it knows, glued at random, and huge strings.
import fc from 'fast-check';

const bits = [
  '@channel', '@all', '@here', '@somchai', '＠channel', '﹫here', '@', '＠', '<!channel>', '<!here>', '<!all>', '<!', '<@U012AB3CD>', '<@',
  '<', '>', '|', '<https://evil.example|x>', '[', ']', '(', ')', '](', '![a](https://evil.example/p.png)', '[a](https://evil.example)', '[a]: https://evil.example',
  'https://evil.example/a', 'HTTP://EVIL.EXAMPLE', 'ftp://evil.example', 'mattermost://evil', 'mailto:a@evil.example', 'tel:123', 'javascript:alert(1)', 'www.evil.example', 'www2.evil.example/',
  'evil.example/', 'a@evil.example', '://', '`', '``', '```', '\n```\n', '~~~', '\n~~~\n', '\\', '\\\\', '\\`', '\\@', '*', '**', '_', '__', '~~', '***', '~town-square', '~', '#', '##', '# ', '#tag', '\n# ', '>', '> ', '\n> ',
  '- ', '-', '---', '\n---\n', '===', '\n===\n', '1. ', '1.', '1) ', '+ ', '|', '\n|---|\n', '|a|b|', ':', ':smile:', ':-)', '$', '$x$', '$$', '&', '&#64;', '&commat;', '&lt;', ';', '!', '"', "'",
  '\n', '\r\n', '\n\n', '\u2424', '\u2424\u2424', '\u2028', '\u0085', '\t', ' ', '    ', '\u00A0', '\u3000', '\0', '\u0007', '\u001b[31m', '\u202E', '\u2066', '\u200B', '\u200D', '\uFEFF', '\u00AD', '\uFE0F', '\u{E0041}',
  '\uD83D', '\uDE00', '😀', '👩🏽‍💻', 'e\u0301', 'ก้ำ', 'א', 'a', 'Z', '0', 'x.exe', 'C:\\Users\\', '/etc/', 'channel', 'here', 'all', 'hxxp://evil[.]example', '…', '⏎', '{', '}', '=', '+', '.', ',',
];

/** Up to some 300 characters of glued bits. */
export const gluedBits = fc
  .array(fc.constantFrom(...bits), { minLength: 1, maxLength: 40 })
  .map((parts) => parts.join(''));

export const anyHostile = fc.oneof(
  { weight: 6, arbitrary: gluedBits },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

/** One bit or three, repeated to 100,000 characters. */
export const hugeHostile = fc
  .array(fc.constantFrom(...bits), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('').repeat(Math.ceil(100_000 / parts.join('').length)));

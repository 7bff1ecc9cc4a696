// The one place that masks secrets: in logs, errors, kept answers, and what commands print. It
// finds a secret in any usual encoding: percent, JSON and HTML escapes, base64 at any alignment,
// hex, and in any case.

export type Mask = (text: string) => string;

const masked = '[secret]';
/**
 * Masking every "ab" would make texts unreadable and hide nothing that could not be guessed.
 */
export const secretLengthMin = 4;
/**
 * Words that people write as a secret while it does not matter. An attacker tries these first, so a
 * sentence that uses one as a word gives nothing away, and masking it would make the sentence
 * unreadable. Where such a word is a value, it is masked like any other secret.
 */
const ordinaryWords = new Set(
  (
    'access admin anonymous basic bearer changeme connector console credential database default demo empty event events example ' +
    'expired false guest hello hook hooks invalid local login missing null none password placeholder postgres private public refused ' +
    'revoked root sample secret service sink sinks something source sources string test tests testing tocsin token true undefined ' +
    'unknown user username value webhook wrong your'
  ).split(' '),
);
/**
 * Words that the addresses of webhooks have before their secret. Whoever reads one learns nothing,
 * and masking it would spoil every other address that has it.
 */
const pathWords = new Set('integrations messages services triggers webhooks workflows'.split(' '));
/**
 * Shorter parts of a path or a query are words such as `hooks`, and shorter pieces of base64 or hex
 * appear in words by chance.
 */
const partLengthMin = 8;
/** How many levels of escapes are undone: a URL in JSON in HTML has three. */
const nestingMax = 3;

/**
 * A function that replaces every secret in a text by `[secret]`. If a secret is a URL, then its
 * user and password, path, longer path segments and query values are secrets too. Values under 4
 * characters are not masked, nor is an ordinary word within a sentence.
 */
export function createMask(secrets: readonly string[]): Mask {
  const needles = [...new Set(secrets.flatMap(partsOf).flatMap(formsOf).map(folded))];
  if (needles.length === 0) return (text) => text;
  const lengthMin = Math.min(...needles.map(({ length }) => length));
  return (text) => (text.length < lengthMin ? text : replaced(text, rangesIn(text, needles)));
}

/** Whether a secret is long enough to be masked; an empty one needs no mask. */
export function isMaskable(secret: string): boolean {
  return secret.trim() === '' || secret.length >= secretLengthMin;
}

function partsOf(secret: string): string[] {
  const whole = [secret, decoded(secret)];
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(secret) || !URL.canParse(secret))
    return whole.filter(isLongEnough);
  const url = new URL(secret);
  const [user, password] = [decoded(url.username), decoded(url.password)];
  const credentials = password === '' ? [] : [password, `${user}:${password}`];
  if (!url.protocol.startsWith('http')) return [...whole, ...credentials].filter(isLongEnough);
  // In a URL without a password, the user is a token.
  if (password === '') credentials.push(user);
  const parts = [
    url.href,
    url.pathname + url.search,
    url.pathname,
    ...url.pathname.split('/').filter((word) => !pathWords.has(word)),
    ...url.searchParams.values(),
  ].flatMap((part) => [part, decoded(part)]);
  return [
    ...whole,
    ...credentials,
    ...parts.filter(({ length }) => length >= partLengthMin),
  ].filter(isLongEnough);
}

function isLongEnough({ length }: string): boolean {
  return length >= secretLengthMin;
}

/** The forms in which a secret may appear in a text whose escapes are undone. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const pieces = [0, 1, 2].flatMap((before) => {
    const piece = base64Piece(bytes, before);
    return [piece, piece.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const long = [...pieces, bytes.toString('hex')].filter(({ length }) => length >= partLengthMin);
  return [...unescapedForms(secret), secret.replaceAll(' ', '+'), ...long];
}

/**
 * A secret may itself hold what looks like an escape. It is then found in the text in its unescaped
 * form.
 */
function unescapedForms(secret: string): string[] {
  const forms = [secret];
  let view: View | undefined = { text: secret };
  for (let depth = 0; depth < nestingMax && view !== undefined; depth += 1) {
    view = unescaped({ text: view.text });
    if (view !== undefined && isLongEnough(view.text)) forms.push(view.text);
  }
  return forms;
}

/**
 * The characters of base64 that depend on the secret alone.
 * @param before how many bytes (modulo 3) precede the secret in the encoded text
 */
function base64Piece(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray %
  }
}

/** In lower case, for ASCII letters only, so that every character keeps its index. */
function folded(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

type Range = readonly [from: number, to: number];

/**
 * A text and, for each of its characters and for its end, the index in the original text. Without
 * `starts`, it is the original.
 */
interface View {
  readonly text: string;
  readonly starts?: readonly number[];
}

function rangesIn(original: string, needles: readonly string[]): Range[] {
  const ranges: Range[] = [];
  let view: View | undefined = { text: original };
  for (let depth = 0; view !== undefined && depth <= nestingMax; depth += 1) {
    const { text, starts }: View = view;
    const haystack = folded(text);
    for (const needle of needles) {
      for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
        const end = at + needle.length;
        if (ordinaryWords.has(needle) && isProse(haystack, at, end)) continue;
        ranges.push(starts === undefined ? [at, end] : [starts[at]!, starts[end]!]);
      }
    }
    view = unescaped(view);
  }
  return ranges;
}

/**
 * Whether a word is part of a longer name, or stands between blanks and punctuation as in a
 * sentence, and is not a value: `key: wrong`, `"wrong"`.
 */
function isProse(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 3), from);
  const after = text.slice(to, to + 2);
  if (/[a-z_]$/.test(before) || /^[a-z_]/.test(after)) return true;
  return (
    /(^|[\s(\x60"])$/.test(before) &&
    !/[:=]["\s]*$/.test(before) &&
    /^([\s),;:\x60]|\.|$)/.test(after)
  );
}

function replaced(text: string, ranges: Range[]): string {
  if (ranges.length === 0) return text;
  let result = '';
  let at = -1;
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    if (from > at) result += text.slice(Math.max(at, 0), from) + masked;
    at = Math.max(at, to);
  }
  return result + text.slice(at);
}

const escapes = new RegExp(
  [
    '(?<percent>(?:%[0-9a-f]{2})+)',
    '\\\\u(?<unit>[0-9a-f]{4})',
    '\\\\x(?<byte>[0-9a-f]{2})',
    '\\\\(?<escaped>["\\\\/bfnrt])',
    '&#(?<decimal>\\d{1,7});?',
    '&#x(?<hex>[0-9a-f]{1,6});?',
    '&(?<name>amp|lt|gt|quot|apos|sol|equals|plus|colon|commat);',
  ].join('|'),
  'gi',
);
const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  sol: '/',
  equals: '=',
  plus: '+',
  colon: ':',
  commat: '@',
};
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Undoes one level of escapes; undefined if there are none. */
function unescaped({ text, starts }: View): View | undefined {
  if (!/[%\\&]/.test(text)) return undefined;
  const startOf = (at: number) => (starts === undefined ? at : starts[at]!);
  const parts: string[] = [];
  const places: number[] = [];
  let at = 0;
  const copy = (to: number) => {
    parts.push(text.slice(at, to));
    for (; at < to; at += 1) places.push(startOf(at));
  };
  for (const match of text.matchAll(escapes)) {
    const characters = charactersOf(match.groups!);
    if (characters === undefined) continue;
    copy(match.index);
    for (const { text: one, offset } of characters) {
      parts.push(one);
      for (let unit = 0; unit < one.length; unit += 1) places.push(startOf(match.index + offset));
    }
    at = match.index + match[0].length;
  }
  if (at === 0) return undefined;
  copy(text.length);
  places.push(startOf(text.length));
  return { text: parts.join(''), starts: places };
}

interface Character {
  readonly text: string;
  /** Index from the beginning of its escape. */
  readonly offset: number;
}

function charactersOf(groups: Record<string, string | undefined>): Character[] | undefined {
  const { percent, unit, byte, escaped, decimal, hex, name } = groups;
  if (percent !== undefined) return charactersOfBytes(percent);
  const code = unit ?? byte ?? hex;
  if (code !== undefined) return characterOf(Number.parseInt(code, 16));
  if (decimal !== undefined) return characterOf(Number(decimal));
  if (escaped !== undefined) return [{ text: controls[escaped] ?? escaped, offset: 0 }];
  return [{ text: names[name!.toLowerCase()]!, offset: 0 }];
}

function characterOf(code: number): Character[] | undefined {
  return code > 0x10ffff ? undefined : [{ text: String.fromCodePoint(code), offset: 0 }];
}

/** The characters of `%41%C3%A9`, with the offset of each. */
function charactersOfBytes(percent: string): Character[] {
  const bytes = Buffer.from(percent.replaceAll('%', ''), 'hex');
  const characters: Character[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    characters.push({ text: bytes.subarray(at, at + length).toString('utf8'), offset: at * 3 });
    at += length;
  }
  return characters;
}
